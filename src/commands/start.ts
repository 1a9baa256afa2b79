import { type Config, loadConfig } from '../config/config.ts';
import { ConfigError } from '../config/fault.ts';
import { createLog, type Log } from '../daemon/log.ts';
import { startParts } from '../daemon/parts.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { openStore, type Store } from './store.ts';

/** Of the time a stop may take, what is under way gets to finish by itself; the rest is for rolling it back. */
const GRACE_SHARE = 0.6;

/** Runs the daemon until it is told to stop, and returns once nothing of it runs any more. */
export async function start(context: CommandContext): Promise<ExitCode> {
  const config = loadConfig(context.surroundings);
  const log = createLog({ level: config.logLevel });
  for (const warning of config.warnings) log.warn(warning);
  const store = await openStore(config, { migrate: true, signal: context.stop, maxConnections: 12 });
  try {
    for (const tag of store.migrated) log.info({ migration: tag }, 'migrated');
    // Its password is for this machine alone; still, it goes to whoever started us and not into the log.
    if (store.embedded) context.out.write(`embedded Postgres: psql '${store.url}'\n`);
    await runUntilStopped(config, { store, log, context });
  } finally {
    await store.close();
  }
  log.info('stopped');
  return EXIT.done;
}

interface Running {
  readonly store: Store;
  readonly log: Log;
  readonly context: CommandContext;
}

/** A reload is a stop and a start of everything but the process and its database: there is one way to begin, not two. */
async function runUntilStopped(first: Config, running: Running): Promise<void> {
  const { log, context } = running;
  let config = first;
  while (!context.stop.aborted) {
    const parts = await startParts(config, { ...running.store, log, now: context.now });
    const next = await nextConfig(running);
    const stopWithinMs = config.shutdownTimeoutMs;
    if (next === null) context.exitWithin(stopWithinMs);
    log.info(next === null ? 'stopping' : 'reloading');
    await parts.stop(stopWithinMs * GRACE_SHARE);
    config = next ?? config;
  }
}

/** The configuration to go on with, once SIGHUP asks for one that can be used; null when it is time to stop. */
async function nextConfig({ log, context }: Running): Promise<Config | null> {
  for (;;) {
    await context.stopOrReload();
    if (context.stop.aborted) return null;
    try {
      const config = loadConfig(context.surroundings);
      for (const warning of config.warnings) log.warn(warning);
      return config;
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      log.error(`the configuration was not reloaded, the old one stays: ${error.message}`);
    }
  }
}
