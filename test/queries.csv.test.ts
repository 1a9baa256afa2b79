import { describe, expect, test } from 'vitest';
import { csvOf } from '../src/queries/csv.ts';

const cell = (value: unknown) => csvOf(['a'], [{ a: value }]).slice('a\r\n'.length, -'\r\n'.length);

describe('a cell', () => {
  test.each([
    ['=1+1', "'=1+1"],
    ['+1', "'+1"],
    ['-1', "'-1"],
    ['@SUM(A1)', "'@SUM(A1)"],
    ['\t=1', "'\t=1"],
    ['\r=1', `"'\r=1"`],
    ['\n=1', `"'\n=1"`],
    [' =1', "' =1"],
    ['\u200b=1', "'\u200b=1"],
    ['\ufeff=1', "'\ufeff=1"],
    ['＝1+1', "'＝1+1"],
    ['＋1', "'＋1"],
    ['－1', "'－1"],
    ['＠SUM(A1)', "'＠SUM(A1)"],
    ['=1,"x"', `"'=1,""x"""`],
  ])('%j cannot be a formula', (text, safe) => {
    expect(cell(text)).toBe(safe);
  });

  test.each([
    ['a=1', 'a=1'],
    ['2026-08-01', '2026-08-01'],
    ["it's", "it's"],
    ['a, b', '"a, b"'],
    ['say "x"', '"say ""x"""'],
    ['two\nlines', '"two\nlines"'],
    ['云手机镜像', '云手机镜像'],
    [-1.5, '-1.5'],
    [null, ''],
    [undefined, ''],
    ['', ''],
    [true, 'true'],
    [new Date(0), '1970-01-01T00:00:00.000Z'],
    [['=a', 'b'], '"[""=a"",""b""]"'],
  ])('%j is as it is', (value, text) => {
    expect(cell(value)).toBe(text);
  });
});

test('rows stand under their titles, each on a line that ends as RFC 4180 says', () => {
  const rows = [{ a: 1, b: 'x' }, { b: 'y' }];
  expect(csvOf(['a', 'b'], rows)).toBe('a,b\r\n1,x\r\n,y\r\n');
});
