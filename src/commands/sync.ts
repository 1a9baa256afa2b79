import { loadConfig } from '../config/config.ts';
import type { ProjectConfig } from '../config/project.ts';
import { logMoved } from '../daemon/announce.ts';
import { withLease } from '../daemon/lease.ts';
import { createLog, type Log } from '../daemon/log.ts';
import { changeCount, logRun } from '../daemon/run-log.ts';
import { openProjects } from '../daemon/sync-project.ts';
import type { Database } from '../store/database.ts';
import type { SyncProject } from '../sync/project.ts';
import { type RunReport, StaleLook } from '../sync/run.ts';
import { sweepProject } from '../sync/sweep.ts';
import { errorCode, errorText, restlessText } from '../sync/trouble.ts';
import { type Output, printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { paragraph, printable } from '../terminal/text.ts';
import { durationText, runColour } from '../terminal/units.ts';
import { sideBySide } from '../waiting/side-by-side.ts';
import { chooseProjects, leastWidth, projectLabel } from './choose-projects.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { closing, type Store, withStore } from './store.ts';

interface SyncOptions {
  readonly project?: string;
  readonly json?: boolean;
}

/** Sweeps every project once, and prints how each went. */
export async function sync(options: SyncOptions, context: CommandContext): Promise<ExitCode> {
  const config = loadConfig(context.surroundings);
  const log = createLog({ level: config.logLevel, projects: () => config.projects }, context.err);
  for (const warning of config.warnings) log.warn(warning);
  const chosen = chooseProjects(config.projects, options.project);
  const work = async ({ db }: Store) =>
    closing(
      await openProjects(db, chosen, { now: context.now, proxies: config.proxies }),
      async ({ projects, moved }) => {
        logMoved(log, moved, chosen);
        const reports = await sweepAll(projects, { db, log, context });
        printReports(context.out, reports, { json: options.json ?? false, projects: chosen });
        return exitCodeOf(reports);
      },
    );
  return await withStore(config, { migrate: true, signal: context.stop, work });
}

async function sweepAll(
  projects: readonly SyncProject[],
  { db, log, context }: { db: Database; log: Log; context: CommandContext },
): Promise<RunReport[]> {
  return await sideBySide(projects, async (project) => {
    const work = () => sweepUntilFresh(db, project, context);
    const { now, stop: signal } = context;
    const report = await withLease(db, project.project_id, { now, signal, work });
    logRun(log, report);
    return report;
  });
}

/** A look that began while we waited for a lease in vain may win; then it is newer, and we look again. */
async function sweepUntilFresh(
  db: Database,
  project: SyncProject,
  context: CommandContext,
): Promise<RunReport> {
  const control = { now: context.now, signal: context.stop };
  for (let attempt = 1; ; attempt += 1) {
    const report = await sweepProject(db, project, control);
    if (!(report.error instanceof StaleLook) || attempt === 3) return report;
  }
}

function printReports(
  out: Output,
  reports: readonly RunReport[],
  { json, projects }: { json: boolean; projects: readonly ProjectConfig[] },
): void {
  if (json) {
    const documents = reports.map(({ error, ...report }) => ({
      ...report,
      error_code: errorCode(error),
      error_message: error === null ? null : errorText(error),
    }));
    printJson(out, documents);
    return;
  }
  printTable(out, columns(projects), { rows: reports, empty: 'No project is configured.' });
  for (const report of reports) {
    const name = projectLabel(projects, report.project_id);
    for (const line of explain(report, name)) out.write(paragraph(out, printable(line), { hang: 2 }));
  }
}

/** In the order of the counts: which go first where there is no room. */
const RANKS = [1, 2, 4, 2, 3, 6, 5, 7];

const columns = (projects: readonly ProjectConfig[]): Column<RunReport>[] => [
  {
    title: 'PROJECT',
    value: (report) => projectLabel(projects, report.project_id),
    least: leastWidth(projects.map(({ name, projectId: id }) => ({ name, id }))),
  },
  { title: 'STATUS', value: (report) => report.status, colour: ({ status }) => runColour(status) },
  ...(
    ['listed', 'created', 'updated', 'status_changed', 'removed', 'restored', 'rejected', 'requests'] as const
  ).map(
    (count, i): Column<RunReport> => ({
      title: count.replace('_', ' ').toUpperCase(),
      value: (report) => String(report[count]),
      align: 'right',
      rank: RANKS[i] ?? 0,
    }),
  ),
  {
    title: 'TOOK',
    value: (report) => durationText(report.finished_at.getTime() - report.started_at.getTime()),
    align: 'right',
  },
];

function quietText({ marked }: RunReport): string {
  return marked === 0
    ? 'nothing changed, no image was written.'
    : `nothing changed; images that went missing or came back into sight: ${marked}.`;
}

/** What a person should know of a sweep besides its numbers. */
function* explain(report: RunReport, called: string): Generator<string> {
  const { project_id, status, held_removals, rejected, error } = report;
  const name = `${called}: `;
  if (status === 'succeeded' && changeCount(report) === 0) yield name + quietText(report);
  if (held_removals > 0) {
    yield `${name}${held_removals} images are missing, too many of ${report.held_listings.join(', ')}; they are kept until someone approves.`;
    yield `${name}if they are meant to be gone, run: cph-inventory approve ${project_id}`;
  }
  if (rejected > 0)
    yield `${name}${rejected} records have no usable id; see rejections of run ${report.run_id}.`;
  if (report.unreadable_fields > 0)
    yield `${name}${report.unreadable_fields} fields could not be read and stay as they are known; see rejections of run ${report.run_id}.`;
  for (const field of report.restless_fields) yield name + restlessText(field);
  if (error !== null) yield `${name}${errorText(error)}`;
}

function exitCodeOf(reports: readonly RunReport[]): ExitCode {
  if (reports.some(({ status }) => status === 'failed' || status === 'abandoned')) return EXIT.failed;
  return reports.some(({ status }) => status !== 'succeeded') ? EXIT.attention : EXIT.done;
}
