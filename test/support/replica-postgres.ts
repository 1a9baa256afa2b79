/** A Postgres of one's own, to be crashed: the one that tests share is for all of them. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded.ts';
import { runningServer } from '../../src/store/embedded-pidfile.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';

export interface OwnPostgres {
  /** Migrated; stays the same over a crash. */
  readonly url: string;
  /** Ends all its processes without a checkpoint, and resolves when it has recovered. */
  readonly crash: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export async function startOwnPostgres(): Promise<OwnPostgres> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cph-inventory-replicas-'));
  const data = join(dataDir, 'postgres', 'data');
  let server: EmbeddedPostgres = await startEmbeddedPostgres({ dataDir });
  const { url } = server;
  await migrateDatabase({ url });
  return {
    url,
    crash: async () => {
      const running = await runningServer(data);
      if (running) process.kill(running.pid, 'SIGQUIT');
      while (await runningServer(data)) await sleep(20);
      server = await startEmbeddedPostgres({ dataDir });
      if (server.url !== url) throw new Error('Postgres came back on another port');
    },
    close: async () => {
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
