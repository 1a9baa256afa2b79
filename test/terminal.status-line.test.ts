import { describe, expect, test } from 'vitest';
import { openOutput } from '../src/terminal/output.ts';
import { statusLine } from '../src/terminal/status-line.ts';
import { widthOf } from '../src/terminal/text.ts';
import { screenOf } from './support/screen.ts';

const LONG = '24 images: 2 creating, 20 usable, 2 failed | run 12 (watch): 3 requests, 12 ms';
const texts = (n: number) => [`${n} ${LONG}`, `${n} 24 images: 2 creating`, `${n} 24 images`];

describe('the status line', () => {
  test.each([10, 20, 40, 79, 80, 81, 200])('is one line below what was printed, at %i columns', (columns) => {
    const { out, rows } = screenOf(columns);
    const line = statusLine(out);
    for (const n of [1, 2, 3]) {
      line.show(texts(n));
      line.print(`event ${n}`);
    }
    line.show(texts(4));
    expect(rows().slice(0, 3)).toEqual(['event 1', 'event 2', 'event 3']);
    expect(rows()).toHaveLength(4);
    expect(rows()[3]).toMatch(/^4 24/);
    for (const row of rows()) expect(widthOf(row)).toBeLessThanOrEqual(columns);
  });

  test('says as much as there is room for', () => {
    const shown = [20, 40, 100].map((columns) => {
      const { out, rows } = screenOf(columns);
      statusLine(out).show(texts(1));
      return rows().join('');
    });
    expect(shown).toEqual([...texts(1)].reverse());
  });

  test('leaves nothing behind when the window becomes narrower or wider', () => {
    const { out, rows, resize } = screenOf(100);
    const line = statusLine(out);
    line.print('before');
    for (const columns of [30, 100, 20, 200]) {
      line.show(texts(columns));
      resize(columns);
      line.print(`at ${columns}`);
    }
    line.end();
    expect(rows()).toEqual(['before', 'at 30', 'at 100', 'at 20', 'at 200', '']);
  });

  test.each([
    ['a pipe', {}, false],
    ['a dumb terminal', { TERM: 'dumb' }, true],
  ])('is not there in %s', (_, env, isTTY) => {
    let text = '';
    const line = statusLine(openOutput({ write: (part) => (text += part), isTTY, columns: 80 }, env));
    line.show(texts(1));
    line.print('event');
    line.end();
    expect(text).toBe('event\n');
  });
});
