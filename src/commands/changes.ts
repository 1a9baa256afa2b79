import { CHANGES_PARAMETERS, type ChangeItem, type ChangesAsked, readChanges } from '../answers/changes.ts';
import { loadDatabaseConfig } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { countProjects, readProjectNames } from '../store/projects.ts';
import { type Output, printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { printTotal } from '../terminal/text.ts';
import { countText, instantText, statusColour } from '../terminal/units.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';
import { takeOptions } from './take-options.ts';

export interface ChangesOptions {
  readonly since: string;
  readonly until?: string;
  readonly project?: string;
  readonly type?: string;
  readonly status?: string;
  readonly json?: boolean;
}

const PAGE = 1000;

/** Prints the net difference between two times, image by image, newest first. */
export async function changes(options: ChangesOptions, context: CommandContext): Promise<ExitCode> {
  const { json, ...others } = options;
  const asked = takeOptions(CHANGES_PARAMETERS, { ...others });
  const config = loadDatabaseConfig(context.surroundings);
  const work = async ({ db }: Store) => {
    const { rows, since, until } = await readAll(db, asked, context.now());
    if (json) return printJson(context.out, rows);
    const names = await readProjectNames(db);
    const several = asked.project === undefined && (await countProjects(db)) > 1;
    print(context.out, rows, { since, until, names, withProject: several || !context.out.isTTY });
  };
  await withStore(config, { migrate: false, signal: context.stop, work });
  return EXIT.done;
}

async function readAll(db: Database, asked: ChangesAsked, now: Date) {
  const rows: ChangeItem[] = [];
  let page = await readChanges(db, { ...asked, limit: PAGE }, now);
  const { since, until } = page;
  if (since > until) {
    throw new CommandError(
      `--since has to come before --until; got ${instantText(since)} and ${instantText(until)}`,
      EXIT.usage,
    );
  }
  for (;;) {
    for (const item of page.items) rows.push(item);
    if (page.next === null) return { rows, since, until };
    page = await readChanges(db, { ...asked, cursor: page.next, limit: PAGE }, now);
  }
}

interface Shown {
  readonly since: Date;
  readonly until: Date;
  /** What projects are called, by id. */
  readonly names: ReadonlyMap<string, string>;
  readonly withProject: boolean;
}

function print(out: Output, rows: readonly ChangeItem[], shown: Shown): void {
  const { since, until } = shown;
  const between = `between ${instantText(since)} and ${instantText(until)}`;
  printTable(out, columns(out, shown), { rows, empty: `Nothing changed ${between}.` });
  if (rows.length === 0) return;
  const kinds = (['created', 'updated', 'removed'] as const).flatMap((kind) => {
    const count = rows.filter(({ change }) => change === kind).length;
    return count > 0 ? [`${count.toLocaleString('en')} ${kind}`] : [];
  });
  printTotal(out, `${countText(rows.length, 'image')} ${between}: ${kinds.join(', ')}`);
}

const COLOURS = { created: 'green', updated: 'yellow', removed: 'red' } as const;

function columns({ isTTY }: Output, { names, withProject }: Shown): Column<ChangeItem>[] {
  const called = ({ project_id: id }: ChangeItem) => names.get(id) ?? id;
  return [
    { title: 'CHANGE', value: ({ change }) => change, colour: ({ change }) => COLOURS[change] },
    { title: 'NAME', value: ({ image_name }) => image_name ?? '(no name)', least: 16 },
    {
      title: 'STATUS',
      value: statusText,
      colour: ({ after }) => statusColour(after?.status ?? null),
      rank: 1,
    },
    ...(withProject && isTTY ? [{ title: 'PROJECT', value: called, least: 10, rank: 3 }] : []),
    { title: 'FIELDS', value: fieldsText, least: 12, rank: 4 },
    { title: 'AT', value: ({ changed_at }) => instantText(changed_at), rank: 2 },
    { title: 'IMAGE', value: ({ image_id }) => image_id, rank: 5 },
    ...(withProject
      ? [{ title: 'PROJECT ID', value: ({ project_id }: ChangeItem) => project_id, rank: 6 }]
      : []),
  ];
}

function statusText({ before, after, changes }: ChangeItem): string {
  if (!before || !after) return (after ?? before)?.status ?? '-';
  return changes.status ? `${before.status ?? '-'} → ${after.status ?? '-'}` : (after.status ?? '-');
}

function fieldsText({ changes }: ChangeItem): string {
  return Object.keys(changes)
    .filter((field) => field !== 'status' && field !== 'status_code')
    .join(', ');
}
