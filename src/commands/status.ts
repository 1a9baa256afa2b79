import { type DatabaseConfig, loadDatabaseConfig } from '../config/config.ts';
import { readAlerts } from '../delivery/alerts.ts';
import type { ToldAlert } from '../store/alerts.ts';
import {
  type ProjectStatus,
  type RestlessFields,
  readProjectStatus,
  readRestlessFields,
  readSinkStatus,
  type SinkStatus,
} from '../store/status.ts';
import { restlessText } from '../sync/trouble.ts';
import { type Colour, type Output, paint, printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { printable } from '../terminal/text.ts';
import { durationText, runColour } from '../terminal/units.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';

interface StatusOptions {
  readonly json?: boolean;
}

interface Status {
  readonly projects: readonly ProjectStatus[];
  readonly restless: readonly RestlessFields[];
  readonly alerts: readonly ToldAlert[];
  readonly sinks: readonly SinkStatus[];
}

/** Prints how far the inventory can be relied on, what is wrong upstream, and whether sinks know of it. */
export async function status(options: StatusOptions, context: CommandContext): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const work = (store: Store) => readStatus(store, config, context.now());
  const found = await withStore(config, { migrate: false, signal: context.stop, work });
  if (options.json) printJson(context.out, statusDocument(found));
  else printStatus(context.out, found, context.now());
  return EXIT.done;
}

async function readStatus({ db }: Store, { baselineAlerts }: DatabaseConfig, now: Date): Promise<Status> {
  const [projects, restless, alerts, sinks] = await Promise.all([
    readProjectStatus(db),
    readRestlessFields(db),
    readAlerts(db, { now, baselineAlerts }),
    readSinkStatus(db),
  ]);
  return { projects, restless, alerts, sinks };
}

function statusDocument({ projects, restless, alerts, sinks }: Status) {
  const told = alerts.map(({ labels, annotations, starts_at }) => ({ labels, annotations, starts_at }));
  return { projects, restless, alerts: told, sinks };
}

function printStatus(out: Output, { projects, restless, alerts, sinks }: Status, now: Date): void {
  heading(out, 'Projects');
  printTable(out, projectColumns(now), {
    rows: projects,
    empty: 'No project was ever swept into this database.',
  });
  for (const { project_id, fields } of restless) {
    for (const field of fields) out.write(`${project_id}: ${printable(restlessText(field))}\n`);
  }
  heading(out, 'Alerts');
  printTable(out, alertColumns(now), { rows: alerts, empty: 'No alert is open.' });
  heading(out, 'Sinks');
  printTable(out, sinkColumns(now), {
    rows: sinks,
    empty: 'No sink is configured; events can be read by SQL.',
  });
}

function heading(out: Output, text: string): void {
  out.write(out.isTTY ? `\n${paint(out, 'bold', text)}\n` : `# ${text}\n`);
}

function projectColumns(now: Date): Column<ProjectStatus>[] {
  return [
    { title: 'PROJECT', value: (row) => row.project_id },
    { title: 'NAME', value: (row) => row.project_name ?? '' },
    { title: 'REGION', value: (row) => row.region },
    {
      title: 'COMPLETE',
      value: ({ last_complete_at: at }) => (at ? agoText(at, now) : 'never'),
      colour: (row) => completeColour(row),
    },
    {
      title: 'LAST RUN',
      value: (row) => (row.unconfigured_since ? NOT_CONFIGURED : (row.last_run_status ?? 'none')),
      colour: (row) => (row.unconfigured_since ? 'dim' : runColour(row.last_run_status)),
    },
    { title: 'FAILURES', value: (row) => String(row.consecutive_failures), align: 'right' },
    { title: 'HELD', value: (row) => String(row.held_removals), align: 'right' },
  ];
}

/** Stands in place of what is wrong. Nobody looks or delivers any more, so what is wrong is no news. */
const NOT_CONFIGURED = 'not configured';

function completeColour({ unconfigured_since, stale, last_complete_at }: ProjectStatus): Colour {
  if (unconfigured_since) return 'dim';
  return stale || !last_complete_at ? 'red' : 'green';
}

function agoText(at: Date, now: Date): string {
  return `${durationText(now.getTime() - at.getTime())} ago`;
}

function alertColumns(now: Date): Column<ToldAlert>[] {
  return [
    { title: 'ALERT', value: ({ labels }) => labels.alertname ?? '', colour: () => 'red' },
    {
      title: 'FOR',
      value: ({ starts_at }) => durationText(now.getTime() - starts_at.getTime()),
      align: 'right',
    },
    { title: 'SUMMARY', value: ({ annotations }) => annotations.summary ?? '' },
  ];
}

function sinkColumns(now: Date): Column<SinkStatus>[] {
  return [
    { title: 'SINK', value: (row) => row.name },
    { title: 'KIND', value: (row) => row.kind },
    { title: 'LAG', value: (row) => String(row.lag), align: 'right' },
    {
      title: 'DEAD LETTERS',
      value: (row) => String(row.dead_letters),
      colour: (row) => (row.dead_letters > 0 ? 'red' : null),
      align: 'right',
    },
    {
      title: 'DELIVERED',
      value: ({ last_delivered_at: at }) =>
        at ? `${durationText(now.getTime() - at.getTime())} ago` : 'never',
    },
    { title: 'TROUBLE', value: (row) => troubleText(row), colour: () => 'yellow' },
  ];
}

function troubleText({ attempts, last_error, unconfigured_since }: SinkStatus): string {
  if (unconfigured_since) return NOT_CONFIGURED;
  if (attempts === 0) return '';
  return `failed ${attempts} times: ${printable(last_error ?? 'no reason given')}`;
}
