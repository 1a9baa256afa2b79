import { loadConfig } from '../config/config.ts';
import { connectProjects } from '../daemon/sync-project.ts';
import type { ImageChange } from '../inventory/diff.ts';
import type { Database } from '../store/database.ts';
import { type Plan, type PlannedRemoval, planSweep } from '../sync/plan.ts';
import type { SyncProject } from '../sync/project.ts';
import { countRecords } from '../sync/run.ts';
import { errorCode, errorText } from '../sync/trouble.ts';
import { type Colour, type Output, paint, printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { paragraph, printable } from '../terminal/text.ts';
import { sideBySide } from '../waiting/side-by-side.ts';
import { chooseProjects, projectLabel } from './choose-projects.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { closing, type Store, withStore } from './store.ts';

interface PlanOptions {
  readonly project?: string;
  readonly detailedExitcode?: boolean;
  readonly json?: boolean;
}

/** Prints what a sweep would change now, and changes nothing. */
export async function plan(options: PlanOptions, context: CommandContext): Promise<ExitCode> {
  const config = loadConfig(context.surroundings);
  const chosen = chooseProjects(config.projects, options.project);
  const work = ({ db }: Store) =>
    closing(connectProjects(chosen, { now: context.now, proxies: config.proxies }), ({ projects }) =>
      planAll(db, projects, context),
    );
  const plans = await withStore(config, { migrate: false, signal: context.stop, work });
  if (options.json) printJson(context.out, plans.map(planDocument));
  else for (const one of plans) printPlan(context.out, one, projectLabel(chosen, one.project_id));
  return exitCodeOf(plans, options.detailedExitcode ?? false);
}

/** A project that cannot be read; the others are planned all the same. */
interface Unread {
  readonly project_id: string;
  readonly status: 'failed';
  readonly error: unknown;
}

async function planAll(
  db: Database,
  projects: readonly SyncProject[],
  { now, stop: signal }: CommandContext,
): Promise<(Plan | Unread)[]> {
  return await sideBySide(projects, async (project): Promise<Plan | Unread> => {
    const { project_id } = project;
    const failed = (error: unknown): Unread => {
      signal.throwIfAborted();
      return { project_id, status: 'failed', error };
    };
    return await planSweep(db, project, { now, signal }).catch(failed);
  });
}

function planDocument(one: Plan | Unread) {
  const { project_id, status, error } = one;
  const trouble = { error_code: errorCode(error), error_message: error === null ? null : errorText(error) };
  if (!('diff' in one)) return { project_id, status, ...trouble };
  const { requests, diff, held_removals, held_listings, snapshot } = one;
  return {
    project_id,
    status,
    requests,
    ...countRecords(snapshot),
    held_removals,
    held_listings,
    removals: one.removals,
    ...trouble,
    changes: diff.changes.map(({ type, image_id, before, after, changes, transition }) => {
      return { type, image_id, transition, changes, before, after };
    }),
    missing: diff.marks.filter((mark) => mark.missing).map((mark) => mark.image_id),
  };
}

function printPlan(out: Output, one: Plan | Unread, name: string): void {
  out.write(`${paint(out, 'bold', `Project ${name}`)}\n`);
  if (!('diff' in one)) {
    out.write(paragraph(out, `It cannot be read: ${printable(errorText(one.error))}`));
    return;
  }
  const { diff, status, held_removals, held_listings, error, removals } = one;
  const rows = [
    ...diff.changes.filter(({ after }) => after !== null).map(changeRow),
    ...removals.map(removalRow),
  ];
  printTable(out, COLUMNS, { rows, empty: 'Nothing would change.' });
  if (held_removals > 0) {
    const held = `${held_removals} images are gone upstream, too many of ${held_listings.join(', ')}: they would be held.`;
    out.write(paragraph(out, held));
  }
  if (status === 'partial')
    out.write(paragraph(out, 'The listing is not complete: nothing would be removed.'));
  if (error !== null) out.write(paragraph(out, printable(errorText(error))));
}

interface PlanRow {
  readonly what: string;
  readonly colour: Colour | null;
  readonly image_id: string;
  readonly name: string;
  readonly details: string;
}

const COLUMNS: readonly Column<PlanRow>[] = [
  { title: 'WOULD BE', value: (row) => row.what, colour: (row) => row.colour },
  { title: 'NAME', value: (row) => row.name || '(no name)', least: 16 },
  { title: 'DETAILS', value: (row) => row.details, least: 16 },
  { title: 'IMAGE', value: (row) => row.image_id, rank: 1 },
];

const COLOURS: Readonly<Record<ImageChange['type'], Colour>> = {
  'cph.image.created': 'green',
  'cph.image.restored': 'green',
  'cph.image.updated': 'yellow',
  'cph.image.status_changed': 'yellow',
  'cph.image.removed': 'red',
};

function changeRow({ type, image_id, before, after, changes, transition }: ImageChange): PlanRow {
  const from = transition?.from ? `${transition.from} → ` : '';
  const status = transition ? [from + transition.to] : [];
  const fields = Object.keys(changes).filter((field) => field !== 'status' && field !== 'status_code');
  return {
    what: type.replace('cph.image.', '').replace('_', ' '),
    colour: COLOURS[type],
    image_id,
    name: (after ?? before)?.image_name ?? '',
    details: [...status, ...fields].join(', '),
  };
}

const WHEN: Readonly<Record<PlannedRemoval['when'], Pick<PlanRow, 'what' | 'colour'> & { next: string }>> = {
  now: { what: 'removed', colour: 'red', next: '' },
  later: { what: 'missing', colour: 'dim', next: 'removed once a later sweep has confirmed it, ' },
  held: { what: 'missing', colour: 'dim', next: 'held until a person approves, ' },
};

function removalRow({ image_id, image_name, missing_since, when }: PlannedRemoval): PlanRow {
  const { what, colour, next } = WHEN[when];
  const since = missing_since ? `missing since ${missing_since.toISOString()}` : 'not missing before';
  return { what, colour, image_id, name: image_name ?? '', details: next + since };
}

function exitCodeOf(plans: readonly (Plan | Unread)[], detailed: boolean): ExitCode {
  const read = plans.flatMap((one) => ('diff' in one ? [one] : []));
  if (read.length < plans.length) return EXIT.failed;
  const unclear = plans.some(({ status }) => status !== 'succeeded');
  const changes = read.some(({ diff }) => diff.changes.length > 0 || diff.marks.some((mark) => mark.missing));
  return unclear || (detailed && changes) ? EXIT.attention : EXIT.done;
}
