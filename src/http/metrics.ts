import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { Database } from '../store/database.ts';
import { RUN_STATUSES } from '../store/schema.ts';
import type { RunReport } from '../sync/run.ts';
import { programVersion } from '../version.ts';
import { tableMetrics } from './table-metrics.ts';

/** What one attempt at a request came to. */
interface ApiAttempt {
  readonly endpoint: string;
  readonly outcome: string;
  readonly seconds: number;
}

/**
 * Counts what this process does, and tells Prometheus of that and of what the tables say. There is one for
 * the whole life of the process, whatever is reloaded; see {@link createMetrics}.
 */
export interface Metrics {
  /**
   * Makes a project's counters exist at zero, so that the first failure is an increase and not a beginning.
   */
  readonly expectProject: (project_id: string) => void;
  readonly countRun: (report: RunReport) => void;
  readonly countAttempt: (project_id: string, attempt: ApiAttempt) => void;
  readonly countDelivery: (delivery: { sink: string; outcome: string; count: number }) => void;
  /** The page, in the Prometheus text format. Without the database, what only it knows is left out. */
  readonly page: (db: Database, configured: Configured) => Promise<string>;
  readonly contentType: string;
}

interface Configured {
  /** Whether images that had failed before their project was first read completely are alerts too. */
  readonly baselineAlerts: boolean;
  /** Where people reach the page of the daemon; alerts of Prometheus lead there. */
  readonly publicUrl?: URL | null;
}

/** Gauges of the default set that end like counters, for which Prometheus' own check refuses the page. */
const MISNAMED = [
  'nodejs_active_handles_total',
  'nodejs_active_requests_total',
  'nodejs_active_resources_total',
];

/**
 * Call it once in a process. The default metrics watch the event loop and the garbage collector, and
 * prom-client never ends that. With one set for every reload, 300 reloads made the process 66 MiB larger and
 * an idle second 60 % dearer.
 */
export function createMetrics(): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
  const { counters, tables, tellPage } = registerMetrics(registry);
  return {
    expectProject: (project_id) => {
      for (const kind of ['sweep', 'watch']) {
        for (const status of RUN_STATUSES) counters.runs.inc({ project_id, kind, status }, 0);
      }
      for (const result of ['usable', 'failed']) counters.builds.inc({ project_id, result }, 0);
    },
    countRun: (report) => countRun(counters, report),
    countAttempt: (project_id, { endpoint, outcome, seconds }) => {
      counters.requests.inc({ project_id, endpoint, outcome });
      counters.requestDuration.observe({ endpoint }, seconds);
    },
    countDelivery: ({ sink, outcome, count }) => counters.deliveries.inc({ sink, outcome }, count),
    page: async (db, configured) => {
      tellPage(configured.publicUrl ?? null);
      await tables.refresh(db, configured);
      return await registry.metrics();
    },
    contentType: registry.contentType,
  };
}

/** Puts all metrics that are ours into `registry`. */
export function registerMetrics(registry: Registry) {
  tellBuild(registry);
  const tellPage = pageTeller(registry);
  return { counters: createCounters(registry), tables: tableMetrics(registry), tellPage };
}

function tellBuild(registry: Registry): void {
  const info = new Gauge({
    name: 'cph_build_info',
    help: 'Always 1; its labels say which version of the program runs, and on which Node.js.',
    labelNames: ['version', 'node'],
    registers: [registry],
  });
  info.set({ version: programVersion(), node: process.versions.node }, 1);
}

function pageTeller(registry: Registry) {
  const info = new Gauge({
    name: 'cph_page_info',
    help: 'Always 1; its label says where people reach the page. Absent without CPH_PUBLIC_URL.',
    labelNames: ['url'],
    registers: [registry],
  });
  return (url: URL | null) => {
    info.reset();
    if (url) info.set({ url: url.href.replace(/\/*$/, '/') }, 1);
  };
}

function createCounters(registry: Registry) {
  const registers = [registry];
  const counter = <const Labels extends string>(name: string, help: string, labelNames: Labels[]) =>
    new Counter({ name, help, labelNames, registers });
  return {
    runs: counter('cph_sync_runs_total', 'Looks that ended, by how.', ['project_id', 'kind', 'status']),
    duration: new Histogram({
      name: 'cph_sync_duration_seconds',
      help: 'How long looks took, from the first request to the commit.',
      labelNames: ['kind'],
      buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 600],
      registers,
    }),
    requests: counter('cph_api_requests_total', 'Requests sent to the API, retries included.', [
      'project_id',
      'endpoint',
      'outcome',
    ]),
    requestDuration: new Histogram({
      name: 'cph_api_request_duration_seconds',
      help: 'How long the API took to answer.',
      labelNames: ['endpoint'],
      buckets: [0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    drift: counter('cph_listing_drift_total', 'Listings that contradicted themselves and were read again.', [
      'project_id',
      'kind',
    ]),
    builds: counter('cph_image_builds_total', 'Builds of images that were watched to their end, by result.', [
      'project_id',
      'result',
    ]),
    buildDuration: new Histogram({
      name: 'cph_image_build_seconds',
      help: 'How long builds were seen as creating.',
      labelNames: ['project_id', 'result'],
      buckets: [15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14_400],
      registers,
    }),
    events: counter('cph_events_total', 'Events written to the log.', ['type']),
    deliveries: counter(
      'cph_sink_deliveries_total',
      'Events or alerts handed to a sink, by what came of it.',
      ['sink', 'outcome'],
    ),
  };
}

function countRun(counters: ReturnType<typeof createCounters>, report: RunReport): void {
  const { project_id, kind, status, started_at, finished_at } = report;
  counters.runs.inc({ project_id, kind, status });
  counters.duration.observe({ kind }, seconds(started_at, finished_at));
  for (const { result, began } of report.builds) {
    counters.builds.inc({ project_id, result });
    counters.buildDuration.observe({ project_id, result }, Math.max(0, seconds(began, finished_at)));
  }
  for (const drift of report.listings.flatMap((listing) => listing.drift))
    counters.drift.inc({ project_id, kind: drift });
  for (const type of ['created', 'updated', 'status_changed', 'removed', 'restored'] as const) {
    counters.events.inc({ type: `cph.image.${type}` }, report[type]);
  }
}

function seconds(from: Date, to: Date): number {
  return (to.getTime() - from.getTime()) / 1000;
}
