import { expect, test } from 'vitest';
import { en } from '../src/page/words/en.ts';
import { zh } from '../src/page/words/zh.ts';

/** Every word by its path; what is made from values is called with some. */
function wordsOf(words: unknown, path = ''): [string, string][] {
  if (typeof words === 'string') return [[path, words]];
  if (typeof words === 'function') return [];
  return Object.entries(words as object).flatMap(([key, value]) =>
    wordsOf(value, path ? `${path}.${key}` : key),
  );
}

const ENGLISH = new Map(wordsOf(en));
const CHINESE = new Map(wordsOf(zh));

test('each language has every word, and no other', () => {
  expect([...CHINESE.keys()].toSorted()).toEqual([...ENGLISH.keys()].toSorted());
  for (const [path, word] of [...CHINESE, ...ENGLISH]) expect(word, path).not.toBe('');
});

test('no word was left in the other language', () => {
  const chinese = /\p{Script=Han}|[，。；：、]/u;
  // Signs and names are the same in both.
  const same = new Set(['none', 'images.csv', 'images.json', 'image.removedAt']);
  for (const [path, word] of CHINESE) if (!same.has(path)) expect(word, path).toMatch(chinese);
  for (const [path, word] of ENGLISH) expect(word, path).not.toMatch(chinese);
});
