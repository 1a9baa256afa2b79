import { setTimeout as sleep } from 'node:timers/promises';
import { type Config, loadConfig } from '../config/config.ts';
import { startDaemon } from '../daemon/daemon.ts';
import { createLog } from '../daemon/log.ts';
import { replicaName } from '../daemon/replica-name.ts';
import { startServing } from '../daemon/serving.ts';
import { openProjects } from '../daemon/sync-project.ts';
import { createMetrics } from '../http/metrics.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { createWorld } from '../simulator/world.ts';
import { countByStatus, readChanges } from '../store/reports.ts';
import type { RunReport } from '../sync/run.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { makeDemoFolder } from './demo-folder.ts';
import { type DemoView, demoView } from './demo-view.ts';
import { psqlCommand } from './psql.ts';
import { type Store, withStore } from './store.ts';
import { untilAborted } from './until-aborted.ts';

interface DemoOptions {
  /** Milliseconds after which it ends by itself. */
  readonly for?: number;
}

const SEED = 7;
const IMAGES = 24;
/**
 * World seconds in a second. Something happens every second or two, and an image takes seconds to be created.
 */
const SPEED = 240;
/** Events read at once. A sweep of the demo's world brings a few dozen at most. */
const PAGE = 1000;

/**
 * Shows everything there is: a simulated cloud with a life of its own, a Postgres of its own in a temporary
 * folder, the daemon with fast schedules and its page. Prints each change as the daemon sees it.
 */
export async function demo(options: DemoOptions, context: CommandContext): Promise<ExitCode> {
  const folder = await makeDemoFolder();
  const world = createWorld({ seed: SEED, images: IMAGES, start: context.now(), life: { speed: SPEED } });
  const cloud = await startSimulator({ world, now: context.now });
  try {
    const config = demoConfig(cloud, { dataDir: folder.path, project_id: world.project_id });
    const work = (store: Store) => watchDaemon(options, context, { config, store });
    await withStore(config, { migrate: true, signal: context.stop, work });
  } finally {
    await cloud.close();
    await folder.remove();
  }
  return EXIT.done;
}

function demoConfig(
  cloud: Simulator,
  { dataDir, project_id }: { dataDir: string; project_id: string },
): Config {
  const env = {
    HW_REGION_NAME: 'ap-southeast-1',
    HW_PROJECT_ID: project_id,
    HW_AUTH_TOKEN: cloud.token,
    CPH_ENDPOINT: cloud.url,
    CPH_DATA_DIR: dataDir,
    CPH_SYNC_CRON: '*/4 * * * * *',
    CPH_WATCH_CRON: '* * * * * *',
    CPH_HTTP_PORT: '0',
  };
  const noFiles = () => {
    throw new Error('the demo has no files');
  };
  return loadConfig({ env, files: { stamp: noFiles, read: noFiles } });
}

async function watchDaemon(
  options: DemoOptions,
  context: CommandContext,
  { config, store }: { config: Config; store: Store },
): Promise<void> {
  const { now } = context;
  const open = await openProjects(store.db, config.projects, context);
  const log = createLog({ level: 'error', projects: () => config.projects }, context.err);
  const metrics = createMetrics();
  for (const { projectId } of config.projects) metrics.expectProject(projectId);
  const serving = await startServing(config, { ...store, log, now, metrics, scheduled: () => true });
  const view = demoView(context.out, { started: now(), now });
  view.welcome({ psql: psqlCommand(context.out, store, config.dataDir), page: serving.url() });
  const follow = follower(store, view);
  const onRun = (report: RunReport) => {
    metrics.countRun(report);
    follow.onRun(report);
  };
  const schedules = { ...config, ...store, ...open, replica: replicaName(), log, now, onRun };
  const daemon = startDaemon(schedules);
  await untilOver(context.stop, options.for);
  await daemon.stop(config.shutdownTimeoutMs / 2);
  await follow.caughtUp();
  view.goodbye();
  await serving.stop();
  await open.close();
}

/**
 * Shows what each run wrote, in the order of the log. Runs end faster than they can be shown, so they queue.
 */
function follower(store: Store, view: DemoView) {
  let shown = 0;
  let queue: Promise<void> = Promise.resolve();
  const show = async (report: RunReport) => {
    const changes = await readChanges(store.db, { after: shown, limit: PAGE });
    view.changes(changes);
    shown = changes.at(-1)?.event.seq ?? shown;
    view.status(report, await countByStatus(store.db, report.project_id));
  };
  return {
    onRun: (report: RunReport) => {
      queue = queue.then(() => show(report));
    },
    caughtUp: () => queue,
  };
}

async function untilOver(stop: AbortSignal, ms: number | undefined): Promise<void> {
  if (ms === undefined) await untilAborted(stop);
  else await sleep(ms, undefined, { signal: stop }).catch(() => undefined);
}
