/** How the answer to a ready question is laid out: whole and as it is where it is piped, for people on a terminal. */
import type { ColumnKind, Query } from '../queries/query.ts';
import type { AnswerRow } from '../queries/run.ts';
import type { Output } from '../terminal/output.ts';
import type { Column } from '../terminal/table.ts';
import { durationText, instantText, sizeText, statusColour } from '../terminal/units.ts';
import { leastWidth } from './choose-projects.ts';

interface Shown {
  readonly out: Output;
  readonly rows: readonly AnswerRow[];
  /** What projects are called, by id. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * On a terminal, projects are called by their names, ids come last, and columns that no row has a value for are left
 * out. Where there is too little room, ids go first, then what the question can spare.
 */
export function columnsOf(question: Query, { out, rows, names }: Shown): Column<AnswerRow>[] {
  const all = Object.entries(question.columns);
  if (!out.isTTY) return all.map(columnOf);
  const read = all.flatMap(([name, kind]): Column<AnswerRow>[] => {
    if (name === 'project_id') return [projectColumn(rows, names)];
    if (name === 'project_name' || isSecondary(question, name)) return [];
    return [{ ...columnOf([name, kind]), ...roomOf(question, name) }];
  });
  const ids = all
    .filter(([name]) => isSecondary(question, name))
    .map((column, i) => ({ ...columnOf(column), rank: ID_RANK + i }));
  return [...read, ...ids].filter(({ value }) => rows.some((row) => value(row) !== ''));
}

/** Above it go ids, below it what a question can spare. */
const ID_RANK = 20;

/** An id beside a name: to be copied, and not to be read. */
function isSecondary({ columns }: Query, name: string): boolean {
  return name === 'image_id' && columns.image_name !== undefined;
}

/** What a column may give up where there is no room. */
function roomOf({ spare = [] }: Query, name: string): Pick<Column<AnswerRow>, 'rank' | 'least'> {
  if (name === 'image_name') return { least: 16 };
  const place = spare.indexOf(name);
  return place < 0 ? {} : { rank: ID_RANK - 1 - place };
}

function projectColumn(rows: readonly AnswerRow[], called: Shown['names']): Column<AnswerRow> {
  const idOf = (row: AnswerRow) => String(row.project_id ?? '');
  // Each once: rows may be more than a call takes arguments.
  const ids = Array.from(new Set(rows.map(idOf)));
  const least = leastWidth(ids.map((id) => ({ id, name: called.get(id) ?? null })));
  return { title: 'PROJECT', value: (row) => called.get(idOf(row)) ?? idOf(row), least };
}

const NUMBERS: readonly ColumnKind[] = ['number', 'percent', 'bytes', 'duration'];

function columnOf([name, kind]: [string, ColumnKind]): Column<AnswerRow> {
  return {
    title: name.replaceAll('_', ' ').toUpperCase(),
    value: (row) => (row[name] === null || row[name] === undefined ? '' : SHOWN[kind](row[name])),
    ...(kind === 'status' ? { colour: (row: AnswerRow) => statusColour(String(row[name])) } : {}),
    ...(NUMBERS.includes(kind) ? { align: 'right' as const } : {}),
  };
}

const SHOWN: Readonly<Record<ColumnKind, (value: unknown) => string>> = {
  text: String,
  status: String,
  number: String,
  percent: (value) => `${value} %`,
  bytes: (value) => sizeText(Number(value)),
  time: (value) => (value instanceof Date ? instantText(value) : String(value)),
  day: String,
  duration: (value) => durationText(Number(value) * 1000),
  flag: (value) => (value === true ? 'yes' : 'no'),
  list: (value) => (Array.isArray(value) ? value.join(' ') : JSON.stringify(value)),
};
