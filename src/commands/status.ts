import { type AttentionItem, readAttention } from '../answers/attention.ts';
import type { Health } from '../answers/health.ts';
import { type ProjectItem, readProjects } from '../answers/projects.ts';
import { type Trust, trustIn } from '../answers/trust.ts';
import { type DatabaseConfig, loadDatabaseConfig } from '../config/config.ts';
import { readAlerts } from '../delivery/alerts.ts';
import type { ToldAlert } from '../store/alerts.ts';
import {
  type LeftOpen,
  type RestlessFields,
  readLeftOpen,
  readProjectStatus,
  readRestlessFields,
  readSinkStatus,
  type SinkStatus,
} from '../store/status.ts';
import { restlessText } from '../sync/trouble.ts';
import { type Output, paint, printJson } from '../terminal/output.ts';
import { printTable } from '../terminal/table.ts';
import { paragraph, printable, printTotal } from '../terminal/text.ts';
import { countText, durationText, sizeText } from '../terminal/units.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { projectColumns, sinkColumns, sinkTrouble } from './status-tables.ts';
import { type Store, withStore } from './store.ts';

interface StatusOptions {
  readonly json?: boolean;
}

interface Status {
  readonly trust: Trust;
  /** What needs a person, worst first; of images, the first ones. */
  readonly attention: { readonly items: readonly AttentionItem[]; readonly total: number };
  readonly projects: readonly (ProjectItem & { readonly stale: boolean | null })[];
  readonly restless: readonly RestlessFields[];
  readonly left_open: readonly LeftOpen[];
  readonly alerts: readonly ToldAlert[];
  /** Those in trouble first. */
  readonly sinks: readonly SinkStatus[];
}

/**
 * Prints how far the inventory can be relied on, what needs a person and what to do about it, and whether
 * sinks know of it. Ends with `attention` where anything does.
 */
export async function status(options: StatusOptions, context: CommandContext): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const work = (store: Store) => readStatus(store, config, context.now());
  const found = await withStore(config, { migrate: false, signal: context.stop, work });
  if (options.json) printJson(context.out, statusDocument(found));
  else printStatus(context.out, found, context.now());
  return needsSomebody(found) ? EXIT.attention : EXIT.done;
}

async function readStatus({ db }: Store, { baselineAlerts }: DatabaseConfig, now: Date): Promise<Status> {
  const [attention, items, kept, restless, left_open, alerts, sinks] = await Promise.all([
    readAttention(db, { now, baselineAlerts }),
    readProjects(db),
    readProjectStatus(db),
    readRestlessFields(db),
    readLeftOpen(db),
    readAlerts(db, { now, baselineAlerts }),
    readSinkStatus(db),
  ]);
  const staleOf = new Map(kept.map(({ project_id, stale }) => [project_id, stale]));
  const projects = items.map((item) => ({ ...item, stale: staleOf.get(item.project_id) ?? null }));
  const troubled = sinks.toSorted((a, b) => Number(sinkTrouble(b) !== '') - Number(sinkTrouble(a) !== ''));
  return { trust: trustIn(items), attention, projects, restless, left_open, alerts, sinks: troubled };
}

function statusDocument({ attention, alerts, ...others }: Status) {
  const told = alerts.map(({ labels, annotations, starts_at }) => ({ labels, annotations, starts_at }));
  return { ...others, attention: attention.items, attention_total: attention.total, alerts: told };
}

/** An alert, a project that cannot be relied on, or a sink that does not deliver. */
function needsSomebody({ attention, alerts, projects, sinks }: Status): boolean {
  const doubtful = (health: Health) => health !== 'fresh';
  return (
    attention.total > 0 ||
    alerts.length > 0 ||
    projects.some(({ health, unconfigured_since }) => !unconfigured_since && doubtful(health)) ||
    sinks.some((sink) => !sink.unconfigured_since && sinkTrouble(sink) !== '')
  );
}

function printStatus(out: Output, found: Status, now: Date): void {
  const { trust, projects, restless, left_open, sinks } = found;
  out.write(paragraph(out, paint(out, trust.state === 'fresh' ? 'green' : ['red', 'bold'], trust.sentence)));
  printAttention(out, found, now);
  heading(out, 'Projects');
  printTable(out, projectColumns(projects, now), {
    rows: projects,
    empty: 'No project was ever swept into this database.',
  });
  if (projects.length > 0) printTotal(out, totalText(projects));
  for (const { project_name, project_id, last_error } of projects) {
    if (last_error === null) continue;
    const text = `${project_name ?? project_id}: ${printable(last_error)}`;
    out.write(paragraph(out, paint(out, 'red', text), { hang: 2 }));
  }
  const nameOf = (id: string) => projects.find((one) => one.project_id === id)?.project_name ?? id;
  for (const { project_id, error_message } of left_open)
    out.write(paragraph(out, `${nameOf(project_id)}: ${printable(error_message)}`, { hang: 2 }));
  for (const { project_id, fields } of restless) {
    for (const field of fields)
      out.write(paragraph(out, `${nameOf(project_id)}: ${printable(restlessText(field))}`));
  }
  heading(out, 'Sinks');
  printTable(out, sinkColumns(now), {
    rows: sinks,
    empty: 'No sink is configured; events can be read by SQL.',
  });
}

/** Images of one kind that a terminal is told of: the rest of the answer has to stay in sight. */
const MOST_IMAGES = 10;

/** What is wrong, worst first, each with how long it has been so and what to do. */
function printAttention(out: Output, found: Status, now: Date): void {
  const { items, total } = found.attention;
  heading(out, 'Attention');
  const nothing = needsSomebody(found) ? 'No alert is open; what is wrong is below.' : 'Nothing needs you.';
  if (total === 0) out.write(`${paint(out, 'dim', nothing)}\n`);
  const shown = out.isTTY ? firstImages(items) : items;
  for (const { alert, since, summary, do: command } of shown) {
    const elapsed = durationText(now.getTime() - since.getTime());
    if (!out.isTTY) {
      out.write(`${[alert, elapsed, printable(summary), command].join('\t')}\n`);
      continue;
    }
    out.write(
      paragraph(out, `${paint(out, 'red', alert)} for ${elapsed}: ${printable(summary)}`, { hang: 2 }),
    );
    out.write(paragraph(out, `  ${paint(out, 'dim', `try ${command}`)}`, { hang: 4 }));
  }
  if (total > shown.length) {
    const more = `… and ${countText(total - shown.length, 'more image')}: cph-inventory query failed, query stuck`;
    out.write(paragraph(out, more, { hang: 2 }));
  }
}

function firstImages(items: readonly AttentionItem[]): AttentionItem[] {
  const told = new Map<string, number>();
  return items.filter((item) => {
    const nth = (told.get(item.alert) ?? 0) + 1;
    told.set(item.alert, nth);
    return nth <= MOST_IMAGES || !('image_id' in item);
  });
}

function totalText(projects: readonly ProjectItem[]): string {
  const images = projects.flatMap((project) => Object.values(project.images));
  const bytes = projects.reduce((sum, project) => sum + project.bytes, 0);
  const count = images.reduce((sum, one) => sum + one, 0);
  return `${countText(projects.length, 'project')}, ${countText(count, 'image')}, ${sizeText(bytes)}`;
}

function heading(out: Output, text: string): void {
  out.write(out.isTTY ? `\n${paint(out, 'bold', text)}\n` : `# ${text}\n`);
}
