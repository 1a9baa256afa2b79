import { projectsMeant } from '../answers/project.ts';
import { loadDatabaseConfig } from '../config/config.ts';
import { approveRemovals, type HeldImage, readHeld } from '../store/approvals.ts';
import type { Database } from '../store/database.ts';
import { readProjectNames } from '../store/projects.ts';
import { printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { paragraph } from '../terminal/text.ts';
import { durationText } from '../terminal/units.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { consent } from './consent.ts';
import { type Store, withStore } from './store.ts';

interface ApproveOptions {
  /** Approve without asking. */
  readonly yes?: boolean;
  /** Print what is held as a document. Nothing is approved without `yes`. */
  readonly json?: boolean;
}

/**
 * Shows what the last sweep of a project held, and lets it go through at the next one. Asks first where there
 * is somebody to ask.
 */
export async function approve(
  project: string,
  options: ApproveOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const work = ({ db }: Store) => approveHeld(db, project, { options, context });
  return await withStore(config, { migrate: false, signal: context.stop, work });
}

async function approveHeld(
  db: Database,
  project: string,
  { options, context }: { options: ApproveOptions; context: CommandContext },
): Promise<ExitCode> {
  const project_id = await projectNamed(db, project);
  const held = await readHeld(db, project_id);
  const name = (await readProjectNames(db)).get(project_id);
  const whose = { project_id, called: name ? `${name} (${project_id})` : project_id };
  const approved = (await agrees(held.images.length, whose, { options, context }, () =>
    show(held, options, context),
  ))
    ? await approveRemovals(db, project_id, held.images)
    : 0;
  if (options.json) printJson(context.out, { project_id, ...held, approved });
  else context.out.write(paragraph(context.out, outcome(approved, held.images.length, whose.called)));
  return EXIT.done;
}

/** A name may be that of several projects, and an approval is for one. */
async function projectNamed(db: Database, project: string): Promise<string> {
  const [project_id = project, ...others] = await projectsMeant(db, project);
  if (others.length === 0) return project_id;
  throw new CommandError(
    `Several projects have the name ${JSON.stringify(project)}. Give the id of one: ${[project_id, ...others].join(', ')}.`,
    EXIT.usage,
  );
}

interface Whose {
  readonly project_id: string;
  /** Its name before its id: who lets removals go through has to see whose. */
  readonly called: string;
}

async function agrees(
  count: number,
  { project_id, called }: Whose,
  { options, context }: { options: ApproveOptions; context: CommandContext },
  showHeld: () => void,
): Promise<boolean> {
  if (count === 0) return false;
  showHeld();
  return await consent(options, context, {
    question: `Let these ${count} removals of ${called} go through?`,
    refusal: `Nothing was approved: there is no terminal to ask on. Say \`cph-inventory approve ${project_id} --yes\`.`,
  });
}

function show(
  { listings, images }: { listings: readonly string[]; images: readonly HeldImage[] },
  { json }: ApproveOptions,
  { out, now }: CommandContext,
): void {
  if (json) return;
  printTable(out, columns(now()), { rows: images, empty: '' });
  out.write(
    paragraph(out, `Held because too many are missing from: ${listings.join(', ') || 'the project'}.`),
  );
}

function columns(now: Date): readonly Column<HeldImage>[] {
  return [
    { title: 'NAME', value: (row) => row.image_name ?? '(no name)', least: 16 },
    { title: 'STATUS', value: (row) => row.status ?? '' },
    { title: 'MISSING FROM', value: (row) => row.missing_from.join(', '), rank: 1 },
    { title: 'IMAGE', value: (row) => row.image_id, rank: 2 },
    {
      title: 'MISSING FOR',
      value: ({ missing_since: since }) => (since ? durationText(now.getTime() - since.getTime()) : ''),
      align: 'right',
    },
  ];
}

function outcome(approved: number, held: number, called: string): string {
  if (held === 0) return `Nothing is held for project ${called}.`;
  if (approved === 0) return 'Nothing was approved.';
  return `${approved} removals approved for project ${called}; the next complete sweep confirms and makes them.`;
}
