/** What `check` found, for a person: short where all is well, whole sentences where it is not. */
import { type Colour, type Output, paint } from '../terminal/output.ts';
import { printTable } from '../terminal/table.ts';
import { padText, paragraph, printable } from '../terminal/text.ts';
import { countText } from '../terminal/units.ts';
import type { Checked } from './check.ts';

const COLOURS: Readonly<Record<Checked['result'], Colour>> = {
  ok: 'green',
  note: 'yellow',
  failed: 'red',
  skipped: 'dim',
};
const RESULT_WIDTH = 9;

/** On a terminal in paragraphs, since advice that is cut is none; elsewhere a table with whole values. */
export function printChecked(
  out: Output,
  results: readonly Checked[],
  nameOf: (project_id: string) => string,
): void {
  const rows = summed(results);
  if (!out.isTTY) {
    printTable(out, COLUMNS, { rows, empty: '' });
    return;
  }
  for (const { result, what, project_id, details } of rows) {
    const about = aboutOf({ what, project: project_id === null ? null : nameOf(project_id) });
    const label = paint(out, COLOURS[result], padText(result, RESULT_WIDTH).trimEnd());
    const blanks = ' '.repeat(RESULT_WIDTH - result.length);
    const text = `${label}${blanks}${printable(about)}: ${printable(details)}`;
    out.write(paragraph(out, text, { hang: RESULT_WIDTH }));
  }
}

function aboutOf({ what, project }: { what: string; project: string | null }): string {
  if (project === null) return what;
  return what === WHOLE ? `${what} ${project}` : `${project}, ${what}`;
}

/** What a row is about that stands for a project in which all is well. */
const WHOLE = 'project';

const COLUMNS = [
  {
    title: 'RESULT',
    value: ({ result }: Checked) => result,
    colour: ({ result }: Checked) => COLOURS[result],
  },
  { title: 'CHECK', value: ({ what }: Checked) => what },
  { title: 'PROJECT', value: ({ project_id }: Checked) => project_id ?? '' },
  { title: 'DETAILS', value: ({ details }: Checked) => details },
];

/**
 * A row for each project in which all is well. Of any other what is not well, and what is wrong with several
 * listings once.
 */
function summed(results: readonly Checked[]): Checked[] {
  return grouped(results, ({ project_id }, n) => project_id ?? `row ${n}`).flatMap((rows) =>
    rows[0]?.project_id === null ? rows : summedProject(rows),
  );
}

function summedProject(rows: readonly Checked[]): Checked[] {
  const [credential, ...listings] = rows;
  if (!credential) return [];
  const groups = grouped(listings, ({ result, details }) => `${result} ${causeOf(details)}`);
  const told = groups.map((group) => asOne(group, listings.length));
  const trouble = [credential, ...told].filter(({ result }) => result === 'failed' || result === 'skipped');
  const notes = told.filter(({ result }) => result === 'note');
  if (trouble.length > 0) return [credential, ...told];
  const ok = listings.filter(({ result }) => result === 'ok').length;
  const details = [
    `${credential.what} accepted`,
    `${countText(ok, 'listing')} readable`,
    ...notes.map(({ what, details }) => `${what} ${details}`),
  ];
  return [{ ...credential, what: WHOLE, details: details.join('; ') }];
}

/** Rows with the same key, in the order in which keys come first. */
function grouped(rows: readonly Checked[], keyOf: (row: Checked, n: number) => string): Checked[][] {
  const groups = new Map<string, Checked[]>();
  for (const [n, row] of rows.entries()) {
    const key = keyOf(row, n);
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return [...groups.values()];
}

/** Listings with the same cause, as one row. */
function asOne(group: readonly Checked[], all: number): Checked {
  const [first] = group;
  if (!first) throw new Error('a group has a row');
  const names = group.map(({ what }) => what);
  return { ...first, what: names.length === all && all > 1 ? `all ${all} listings` : names.join(', ') };
}

/** Without the endpoint and the name of a timeout, which differ between listings that fail for the same reason. */
const causeOf = (details: string) =>
  details.replace(/^cloud-phone\/(?:phone-)?images: /, '').replace(/ \((?:TimeoutError|UND_ERR_\w+)\)/, '');
