import { expect, onTestFinished, test, vi } from 'vitest';
import { canonicalJson } from '../src/inventory/canonical.ts';
import { canonicalTime, statusOfCode } from '../src/inventory/image.ts';

test.each([
  ['2024-04-11T06:38:21Z', '2024-04-11T06:38:21Z'],
  ['2024-04-11 06:38:21', '2024-04-11T06:38:21Z'],
  ['2024-04-11T06:38', '2024-04-11T06:38:00Z'],
  ['2024-04-11T14:38:21+08:00', '2024-04-11T06:38:21Z'],
  ['2024-04-11T14:38:21+0800', '2024-04-11T06:38:21Z'],
  ['2024-04-11T06:38:21.120000Z', '2024-04-11T06:38:21.120Z'],
  ['2024-04-11T06:38:21.000Z', '2024-04-11T06:38:21Z'],
  ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00Z'],
])('the time %s is spelled %s wherever we run', (text, canonical) => {
  vi.stubEnv('TZ', 'Asia/Shanghai');
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(canonicalTime(text)).toBe(canonical);
});

test.each([
  ['a date without a time', '2024-04-11'],
  ['a month 13', '2024-13-01T00:00:00Z'],
  ['a number', '1712817501'],
  ['text around it', 'at 2024-04-11T06:38:21Z'],
  ['a moment before year 1 in UTC', '0001-01-01T00:00:00+08:00'],
  ['a moment after year 9999 in UTC', '9999-12-31T23:59:59-08:00'],
])('%s is no time', (_case, text) => {
  expect(canonicalTime(text)).toBeNull();
});

test('the codes 0, 1 and 2 have a status; every other is unknown', () => {
  expect([0, 1, 2].map(statusOfCode)).toEqual(['creating', 'usable', 'failed']);
  expect([3, 7, 10_000, -1, 0.5].map(statusOfCode)).toEqual(Array(5).fill('unknown'));
});

test('JSON text is the same whatever the order of keys, at every depth', () => {
  const one = { b: 1, a: [{ d: null, c: 'x' }, 2] };
  const same = { a: [{ c: 'x', d: null }, 2], b: 1 };
  expect(canonicalJson(one)).toBe('{"a":[{"c":"x","d":null},2],"b":1}');
  expect(canonicalJson(same)).toBe(canonicalJson(one));
});

test('JSON text keeps the order of lists', () => {
  expect(canonicalJson([2, 1])).not.toBe(canonicalJson([1, 2]));
});

test('a field that upstream named __proto__ stays a field', () => {
  const value: unknown = JSON.parse('{"z": 1, "__proto__": {"a": 2}}');
  expect(canonicalJson(value)).toBe('{"__proto__":{"a":2},"z":1}');
});
