import { type Config, loadConfig } from '../config/config.ts';
import { ConfigError } from '../config/fault.ts';
import { loadConfigAside } from '../config/load-aside.ts';
import { createUpstreamMemory, type UpstreamMemory } from '../cph/upstream-memory.ts';
import { announce, logMoved } from '../daemon/announce.ts';
import { createLog, type Log } from '../daemon/log.ts';
import { watchMigrations } from '../daemon/migration-watch.ts';
import { type RunningParts, startParts } from '../daemon/parts.ts';
import { createMetrics, type Metrics } from '../http/metrics.ts';
import { errorText } from '../sync/trouble.ts';
import { type Alarm, createAlarm } from '../waiting/alarm.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { psqlCommand } from './psql.ts';
import { type Store, withStore } from './store.ts';

/** The share of a stop's time in which the work under way may finish. The rest is for rolling it back. */
const GRACE_SHARE = 0.6;
/** How soon a reload is tried again after the database was away. */
const RELOAD_AGAIN_MS = 5_000;

/** A daemon, whatever its configuration is at the moment. */
interface Daemon {
  readonly context: CommandContext;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Rings when there is something to do besides running. */
  readonly alarm: Alarm;
  /** SIGHUP asks for a reload. The reload waits while the database does not take it. */
  readonly reload: { state: 'none' | 'asked' | 'waiting' };
  /** Of the API: a reload is no reason to offer a rejected credential again. */
  readonly memory: UpstreamMemory;
  /** What it runs with. */
  config: Config;
}

/**
 * Runs the daemon until it is told to stop. Returns once nothing of it runs any more, within the time a stop
 * may take. SIGHUP makes it read its configuration again.
 *
 * @throws ConfigError, EmbeddedPostgresError
 * @throws MigrationError, also when a later version migrates the database meanwhile
 */
export async function start(context: CommandContext): Promise<ExitCode> {
  const alarm = createAlarm();
  const reload: Daemon['reload'] = { state: 'none' };
  // Comes before anything else: until somebody listens, SIGHUP ends the program.
  context.onReload(() => {
    reload.state = 'asked';
    alarm.ring();
  });
  const config = loadConfig(context.surroundings);
  const log = createLog({ level: config.logLevel, projects: () => daemon.config.projects }, context.err);
  const memory = createUpstreamMemory(context.now);
  const daemon: Daemon = { context, log, metrics: createMetrics(), alarm, reload, memory, config };
  for (const warning of config.warnings) log.warn(warning);
  const stopping = () => {
    log.info('stopping');
    context.exitWithin(daemon.config.shutdownTimeoutMs);
    alarm.ring();
  };
  if (context.stop.aborted) stopping();
  else context.stop.addEventListener('abort', stopping);
  try {
    const work = (store: Store) => runWith(store, daemon);
    await withStore(config, { migrate: true, signal: context.stop, maxConnections: 12, work });
  } catch (error) {
    // The stop came before everything had begun.
    if (error !== context.stop.reason) throw error;
  }
  log.info('stopped');
  return EXIT.done;
}

async function runWith(store: Store, daemon: Daemon): Promise<void> {
  const { config, context, log } = daemon;
  for (const tag of store.migrated) log.info({ migration: tag }, 'migrated');
  // The password is for this machine alone. It goes to whoever started us and not into the log.
  if (store.embedded)
    context.out.write(`embedded Postgres: ${psqlCommand(context.out, store, config.dataDir)}\n`);
  logMoved(log, await announce(config, { db: store.db, now: context.now }), config.projects);
  await runUntilStopped(daemon, store);
}

async function runUntilStopped(daemon: Daemon, store: Store): Promise<void> {
  const { context, alarm } = daemon;
  let parts = await startWith(daemon.config, { daemon, store });
  const migrations = watchMigrations(store.db, alarm.ring);
  try {
    while (!context.stop.aborted) {
      migrations.refuseNewer();
      if (daemon.reload.state !== 'none') parts = await reload(parts, { daemon, store });
      await alarm.sleep(daemon.reload.state === 'waiting' ? RELOAD_AGAIN_MS : Number.POSITIVE_INFINITY);
    }
  } finally {
    await Promise.all([migrations.stop(), stopParts(parts, daemon)]);
  }
}

interface Running {
  readonly daemon: Daemon;
  readonly store: Store;
}

const startWith = (config: Config, { daemon, store }: Running) =>
  startParts(config, {
    ...store,
    log: daemon.log,
    metrics: daemon.metrics,
    memory: daemon.memory,
    now: daemon.context.now,
  });

const stopParts = (parts: RunningParts, { config }: Daemon) =>
  parts.stop(config.shutdownTimeoutMs * GRACE_SHARE);

/**
 * Stops and starts everything but the process, its database and its counters, so that there is one way to
 * begin. Stops nothing before the configuration was read without a fault and the database knows what it
 * names.
 */
async function reload(parts: RunningParts, running: Running): Promise<RunningParts> {
  const { daemon, store } = running;
  const { log, context } = daemon;
  const tellsAgain = daemon.reload.state === 'waiting';
  daemon.reload.state = 'none';
  const next = await nextConfig(daemon, { store, quiet: tellsAgain });
  if (next === null) return parts;
  try {
    logMoved(log, await announce(next, { db: store.db, now: context.now }), next.projects);
  } catch (error) {
    daemon.reload.state = 'waiting';
    const reason = errorText(error);
    if (!tellsAgain) log.error(`the old configuration stays until the database takes the new one: ${reason}`);
    return parts;
  }
  if (context.stop.aborted) return parts;
  log.info('reloading');
  await stopParts(parts, daemon);
  if (context.stop.aborted) return parts;
  daemon.config = next;
  log.level = next.logLevel;
  return await startWith(next, running);
}

/**
 * The configuration to go on with. Null when it cannot be used, and the log then says why; also when the
 * daemon is stopped meanwhile.
 */
async function nextConfig(
  { log, context, config }: Daemon,
  { store, quiet }: { store: Store; quiet: boolean },
): Promise<Config | null> {
  try {
    const next = await loadConfigAside(context.surroundings, context.stop);
    for (const warning of quiet ? [] : next.warnings) log.warn(warning);
    if (!quiet && !isDatabaseOf(next, { store, dataDir: config.dataDir }))
      log.warn('the database has changed in the configuration; the old one stays in use until a restart');
    return next;
  } catch (error) {
    if (error === context.stop.reason) return null;
    if (!(error instanceof ConfigError)) throw error;
    log.error(`the configuration was not reloaded, the old one stays: ${error.message}`);
    return null;
  }
}

function isDatabaseOf(next: Config, { store, dataDir }: { store: Store; dataDir: string }): boolean {
  if (!store.embedded) return next.databaseUrl?.reveal() === store.url;
  return next.databaseUrl === null && next.dataDir === dataDir;
}
