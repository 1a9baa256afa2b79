import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { UnusableInput } from '../src/simulator/checked-input.ts';
import { loadFaults } from '../src/simulator/faults.ts';

async function fileWith(text: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'faults-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'faults.json');
  await writeFile(file, text);
  return file;
}

async function messageFor(text: string): Promise<string> {
  const error: unknown = await loadFaults(await fileWith(text)).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(UnusableInput);
  return error instanceof Error ? error.message : '';
}

describe('a file of faults', () => {
  it('is read as it is written', async () => {
    const faults = [
      {
        when: {
          endpoint: 'images',
          query: { image_type: 'private' },
          seconds: { from: 10 },
          nth: { every: 3 },
        },
        effect: { kind: 'error', code: 'CPS.0003', retryAfter: { seconds: 2, form: 'date' } },
      },
      { effect: { kind: 'patch', row: -1, set: { image_size: 'large' }, unset: ['image_id'] } },
      { when: { nth: 2 }, effect: { kind: 'mutate', create: 1, remove: ['an-id'] } },
    ];
    expect(await loadFaults(await fileWith(JSON.stringify(faults)))).toEqual(faults);
  });

  it('is refused with everything that is wrong and where', async () => {
    const message = await messageFor(
      JSON.stringify([
        { effect: { kind: 'hang' }, when: { nth: 0 } },
        { effect: { kind: 'explode' } },
        { effect: { kind: 'delay', milliseconds: 'long' } },
        { effect: { kind: 'hang' }, wenn: {} },
      ]),
    );
    expect(message).toContain('faults.json: ');
    expect(message).toContain('[0].when.nth: ');
    expect(message).toContain('[1].effect.kind: ');
    expect(message).toContain('[2].effect.milliseconds: ');
    expect(message).toContain('[3]: ');
    expect(message).toContain('wenn');
  });

  it('is refused when it is no JSON, no list, or not there', async () => {
    expect(await messageFor('[{')).toContain('faults.json: ');
    expect(await messageFor('{}')).toContain('faults.json: ');
    await expect(loadFaults('/nowhere/faults.json')).rejects.toThrow(/nowhere\/faults\.json: ENOENT/);
  });
});
