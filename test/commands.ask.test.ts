import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { askYesOrNo } from '../src/commands/ask.ts';

function asked(signal = new AbortController().signal) {
  const [input, output] = [new PassThrough(), new PassThrough({ encoding: 'utf8' })];
  return { input, output, answer: askYesOrNo('Go on?', { input, output, signal }) };
}

describe('a question', () => {
  test.each([
    ['y\n', true],
    ['Y\r\n', true],
    [' yes \n', true],
    ['\n', false],
    ['n\n', false],
    ['yesterday\n', false],
  ])('that is answered %j is answered %s', async (text, yes) => {
    const { input, output, answer } = asked();
    input.write(text);
    expect(await answer).toBe(yes);
    expect(output.read()).toBe('Go on? [y/N] ');
  });

  test('that nobody answers is answered no, and does not wait for ever', async () => {
    const { input, answer } = asked();
    input.end();
    expect(await answer).toBe(false);
  });

  test.each(['before', 'while'])(
    'ends with the reason when the program is stopped %s it is asked',
    async (when) => {
      const stopping = new AbortController();
      const reason = new Error('stopped');
      if (when === 'before') stopping.abort(reason);
      const { answer } = asked(stopping.signal);
      if (when === 'while') stopping.abort(reason);
      await expect(answer).rejects.toBe(reason);
    },
  );
});
