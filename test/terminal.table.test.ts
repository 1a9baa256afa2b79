import { stripVTControlCharacters } from 'node:util';
import { describe, expect, test } from 'vitest';
import { openOutput, paint } from '../src/terminal/output.ts';
import { type Column, openTable, printTable } from '../src/terminal/table.ts';
import { cutMiddle, paragraph, printable, widthOf } from '../src/terminal/text.ts';
import { durationText, sizeText } from '../src/terminal/units.ts';

interface Row {
  readonly name: string;
  readonly status: string;
  readonly id: string;
  readonly size: string;
}

const COLUMNS: readonly Column<Row>[] = [
  { title: 'NAME', value: (row) => row.name, least: 12 },
  { title: 'STATUS', value: (row) => row.status, colour: () => 'red' },
  { title: 'ID', value: (row) => row.id, rank: 2 },
  { title: 'SIZE', value: (row) => row.size, rank: 1, align: 'right' },
];

const row = (name: string): Row => ({
  name,
  status: 'failed',
  id: '7e01b81939b6537edad5934affebbb22',
  size: '1.31 GB',
});
const NAMES = [
  'nightly',
  '云手机镜像-测试-夜间构建-2026-11-29-华南区域',
  'family 👨‍👩‍👧‍👦 and flag 🇩🇰 with a long long tail',
  'e\u0301'.repeat(40),
  'صورة الهاتف السحابي للإنتاج والاختبار الليلي',
  'tab\tnewline\nescape\u001b[31m red\u001b[2J',
  'in\u202evisible\u200b\u2066\ufeff',
  '',
];

/** What is printed, line by line. */
function lines(width: number, { rows, env = {} }: { rows: readonly Row[]; env?: Record<string, string> }) {
  let text = '';
  const stream = { write: (part: string) => (text += part), isTTY: width > 0, columns: width };
  printTable(openOutput(stream, env), COLUMNS, { rows, empty: 'There is none.' });
  return text.split('\n').slice(0, -1);
}

describe('a table on a terminal', () => {
  const rows = NAMES.map(row);

  test('is no wider than it, and has one line for each row, whatever the width and the names', () => {
    for (let width = 20; width <= 300; width += width < 60 ? 1 : 16) {
      const printed = lines(width, { rows });
      expect(printed).toHaveLength(rows.length + 1);
      for (const line of printed) expect(widthOf(line)).toBeLessThanOrEqual(width);
    }
  });

  test('keeps its columns straight behind wide characters, emoji and marks without width', () => {
    for (const width of [40, 80, 200]) {
      const printed = lines(width, { rows, env: { NO_COLOR: '1' } });
      const starts = printed.slice(1).map((line) => widthOf(line.slice(0, line.indexOf('failed'))));
      expect(new Set(starts)).toEqual(new Set([printed[0]?.indexOf('STATUS')]));
    }
  });

  test('leaves out the columns that matter least before it cuts a name short, and shows ids whole or not at all', () => {
    const titles = (width: number) => lines(width, { rows, env: { NO_COLOR: '1' } })[0]?.split(/ +/);
    expect(titles(120)).toEqual(['NAME', 'STATUS', 'ID', 'SIZE']);
    expect(titles(50)).toEqual(['NAME', 'STATUS', 'SIZE']);
    expect(titles(28)).toEqual(['NAME', 'STATUS']);
  });

  test('shows everything where there is room', () => {
    expect(lines(120, { rows: [row('nightly')], env: { NO_COLOR: '1' } })).toEqual([
      'NAME     STATUS  ID                                   SIZE',
      'nightly  failed  7e01b81939b6537edad5934affebbb22  1.31 GB',
    ]);
  });

  test('cuts later rows to the widths of the first', () => {
    let text = '';
    const stream = { write: (part: string) => (text += part), isTTY: true, columns: 80 };
    const print = openTable(openOutput(stream, { NO_COLOR: '1' }), COLUMNS, [row('twelve chars')]);
    print([row('twelve chars')]);
    print([row('a name that is much longer than the first one')]);
    expect(text.split('\n')[2]).toMatch(/^a name…t one {2}failed/);
  });

  test('says in a sentence that there is nothing', () => {
    expect(lines(80, { rows: [], env: { NO_COLOR: '1' } })).toEqual(['There is none.']);
  });

  test('takes 130,000 rows', () => {
    expect(lines(80, { rows: Array.from({ length: 130_000 }, (_, i) => row(`image ${i}`)) })).toHaveLength(
      130_001,
    );
  });
});

describe('a table in a pipe', () => {
  test('has every column, whole values set apart by tabs, and no colour', () => {
    const long = 'a name '.repeat(40);
    expect(lines(0, { rows: [row(long)], env: { COLUMNS: '40' } })).toEqual([
      'NAME\tSTATUS\tID\tSIZE',
      `${long}\tfailed\t7e01b81939b6537edad5934affebbb22\t1.31 GB`,
    ]);
  });
});

describe('colour and width', () => {
  const ESCAPE = '\u001b[31mfailed\u001b[39m';
  test.each([
    ['on a terminal', 80, {}, true],
    ['with NO_COLOR', 80, { NO_COLOR: '1' }, false],
    ['with an empty NO_COLOR, which counts as not set', 80, { NO_COLOR: '' }, true],
    ['on a dumb terminal', 80, { TERM: 'dumb' }, false],
    ['in a pipe', 0, {}, false],
    ['in a pipe with FORCE_COLOR', 0, { FORCE_COLOR: '1' }, true],
    ['with FORCE_COLOR=0', 80, { FORCE_COLOR: '0' }, false],
    ['with FORCE_COLOR and NO_COLOR', 80, { FORCE_COLOR: '1', NO_COLOR: '1' }, true],
  ])('%s', (_, width, env, coloured) => {
    expect(
      lines(width, { rows: [row('nightly')], env })
        .join('\n')
        .includes(ESCAPE),
    ).toBe(coloured);
  });

  test.each([
    [120, undefined, 120],
    [120, '60', 60],
    [40, '200', 40],
    [0, undefined, 80],
    [undefined, '100', 80],
    [120, 'wide', 120],
    [120, '0', 120],
  ])('of a terminal of %s columns and COLUMNS=%s: %s', (columns, COLUMNS, expected) => {
    const stream = { write: () => undefined, isTTY: true, columns };
    expect(openOutput(stream, { COLUMNS }).columns).toBe(expected);
  });
});

describe('text of others', () => {
  test.each([
    ['tab\tand\nnewline', 'tab�and�newline'],
    ['\u001b[31mred\u001b]0;title\u0007', 'red'],
    ['abc\u202etxt.exe', 'abc�txt.exe'],
    ['a\u200bb\u2060c\ufeffd\u00ade', 'a�b�c�d�e'],
    ['\u200b\u200b\u200b', '�'],
    ['a\u200db', 'a�b'],
    ['👩\u200d💻 and ❤\ufe0f', '👩\u200d💻 and ❤\ufe0f'],
    ['👩🏽\u200d🚒', '👩🏽\u200d🚒'],
    ['a\ufe0f', 'a�'],
    ['\u{e0041}\u{e0042}', '�'],
    ['lone \ud800 half', 'lone � half'],
    ['line\u2028separator', 'line�separator'],
    ['云手机 e\u0301 صورة', '云手机 e\u0301 صورة'],
  ])('%j is shown as %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test.each([
    ['nightly-build-7', 9, 'nigh…ld-7'],
    ['云手机镜像', 5, '云…像'],
    ['云手机镜像', 4, '云…'],
    ['e\u0301'.repeat(5), 3, 'e\u0301…e\u0301'],
    ['abc', 3, 'abc'],
    ['abc', 1, '…'],
    ['abc', 0, ''],
  ])('%j cut to %i columns is %j', (text, width, cut) => {
    expect(cutMiddle(text, width)).toBe(cut);
    expect(widthOf(cut)).toBeLessThanOrEqual(width);
  });

  test('a paragraph breaks between words and keeps an address whole', () => {
    const out = openOutput({ write: () => undefined, isTTY: true, columns: 30 }, {});
    expect(
      paragraph(out, 'cannot reach https://iam.ap-southeast-1.myhuaweicloud.com:443 at all', { hang: 2 }),
    ).toBe('cannot reach\n  https://iam.ap-southeast-1.myhuaweicloud.com:443\n  at all\n');
  });
});

describe('numbers', () => {
  test.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.00 kB'],
    [999_600_000, '1.00 GB'],
    [1_310_000_000, '1.31 GB'],
    [65e15, '65.0 PB'],
    [5e18, '5000 PB'],
  ])('%i bytes are %s', (bytes, text) => {
    expect(sizeText(bytes)).toBe(text);
  });

  test.each([
    [-5, '0.0 s'],
    [4200, '4.2 s'],
    [59_700, '1 min'],
    [200_000, '3 min 20 s'],
    [3_599_700, '1 h'],
    [273_600_000, '3 d 4 h'],
  ])('%i ms are %s', (ms, text) => {
    expect(durationText(ms)).toBe(text);
  });
});

describe('a table whose columns have no room', () => {
  const wide: readonly Column<Row>[] = COLUMNS.map(({ rank: _, ...column }) => column);
  const shownAt = (columns: number, env: Record<string, string> = {}) => {
    let text = '';
    const stream = { write: (part: string) => (text += part), isTTY: true, columns };
    const rows = [row('nightly'), { ...row('weekly'), size: '' }];
    printTable(openOutput(stream, env), wide, { rows, empty: '' });
    return text;
  };

  test('is printed as records, with ids whole and nothing for what is empty', () => {
    expect(shownAt(44, { NO_COLOR: '1' })).toBe(
      [
        'NAME    nightly',
        'STATUS  failed',
        'ID      7e01b81939b6537edad5934affebbb22',
        'SIZE    1.31 GB',
        '',
        'NAME    weekly',
        'STATUS  failed',
        'ID      7e01b81939b6537edad5934affebbb22',
        '',
      ].join('\n'),
    );
    expect(shownAt(80, { NO_COLOR: '1' })).toMatch(/^NAME +STATUS +ID +SIZE\n/);
  });

  test('ends no line in a blank, coloured or not', () => {
    for (const env of [{ NO_COLOR: '1' }, { FORCE_COLOR: '1' }]) {
      expect(stripVTControlCharacters(shownAt(24, env))).not.toMatch(/ \n/);
      const out = openOutput({ write: () => undefined, isTTY: true, columns: 20 }, env);
      const text = styled(out, 'the first eight images of all there are');
      const told = stripVTControlCharacters(paragraph(out, text, { hang: 2 }));
      expect(told).not.toMatch(/ \n|\n {3}/);
    }
  });
});

const styled = (out: Parameters<typeof paint>[0], text: string) => paint(out, 'dim', text);
