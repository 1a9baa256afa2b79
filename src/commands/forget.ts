import { loadDatabaseConfig } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import {
  type Belongings,
  forget as forgetRows,
  PROJECT,
  type RowCount,
  readBelongings,
  SINK,
} from '../store/forget.ts';
import { printJson } from '../terminal/output.ts';
import { printTable } from '../terminal/table.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { consent } from './consent.ts';
import { type Store, withStore } from './store.ts';

interface ForgetOptions {
  /** The sink to delete, where no project is named. */
  readonly sink?: string;
  /** Delete without asking. */
  readonly yes?: boolean;
  /** Print what goes as a document. Nothing is deleted without `yes`. */
  readonly json?: boolean;
}

/** What is to be deleted. */
interface Subject {
  readonly kind: typeof PROJECT;
  readonly id: string;
  /** As a sentence calls it. */
  readonly called: string;
  /** The rest of the command line that means it. */
  readonly words: string;
  /** As a document names it. */
  readonly named: Readonly<Record<string, string>>;
}

/**
 * Shows how many rows a project or a sink has that is no longer configured, and deletes them for good. Asks
 * first where there is somebody to ask. Refuses what is configured or in somebody's hands.
 */
export async function forget(
  project_id: string | undefined,
  options: ForgetOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const subject = subjectOf(project_id, options.sink);
  const config = loadDatabaseConfig(context.surroundings);
  const work = ({ db }: Store) => forgetSubject(db, subject, { options, context });
  return await withStore(config, { migrate: false, signal: context.stop, work });
}

function subjectOf(project_id: string | undefined, sink: string | undefined): Subject {
  if ((project_id === undefined) === (sink === undefined))
    throw new CommandError('Say what to forget: PROJECT_ID or --sink NAME, one of them.', EXIT.usage);
  if (project_id !== undefined) {
    const called = `project ${project_id}`;
    return { kind: PROJECT, id: project_id, called, words: project_id, named: { project_id } };
  }
  const id = sink ?? '';
  return { kind: SINK, id, called: `sink ${id}`, words: `--sink ${id}`, named: { sink: id } };
}

async function forgetSubject(
  db: Database,
  subject: Subject,
  { options, context }: { options: ForgetOptions; context: CommandContext },
): Promise<ExitCode> {
  const { kind, id, called, words, named } = subject;
  const { rows } = idle(await readBelongings(db, kind, id), subject);
  if (!options.json) show(rows, context);
  const agreed = await consent(options, context, {
    question: `Delete ${called} and these rows for good?`,
    refusal: `Nothing was deleted: there is no terminal to ask on. Say \`cph-inventory forget ${words} --yes\`.`,
  });
  const gone = agreed ? idle(await forgetRows(db, kind, id), subject).rows : rows;
  if (options.json) printJson(context.out, { ...named, rows: byTable(gone), deleted: agreed });
  else context.out.write(agreed ? `Deleted ${called}.\n` : 'Nothing was deleted.\n');
  return EXIT.done;
}

/** Refuses what is not there, and what somebody works with. */
function idle(found: Belongings | null, { called, id }: Subject): Belongings {
  if (found === null)
    throw new CommandError(
      `There is no ${called.replace(id, JSON.stringify(id))} in this database.`,
      EXIT.usage,
    );
  if (found.in_use === null) return found;
  const reason =
    found.in_use === 'leased'
      ? 'a program is at work on it. Try again in a minute.'
      : 'it is configured. Take it out of the configuration and restart the daemon, which then says that it is no longer named.';
  throw new CommandError(`Nothing was deleted of ${called}: ${reason}`);
}

function show(rows: readonly RowCount[], { out }: CommandContext): void {
  printTable(
    out,
    [
      { title: 'TABLE', value: ({ table }: RowCount) => `cph.${table}` },
      { title: 'ROWS', value: (count: RowCount) => String(count.rows), align: 'right' },
    ],
    { rows, empty: '' },
  );
}

function byTable(rows: readonly RowCount[]): Record<string, number> {
  return Object.fromEntries(rows.map(({ table, rows: count }) => [table, count]));
}
