/** A Postgres of its own, without the work that comes and goes by itself. */
import pg from 'pg';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { registerProjects } from '../../src/store/projects.ts';
import { rowsOf } from '../../test/support/inventory-rows.ts';
import { startOwnPostgres } from '../../test/support/replica-postgres.ts';

export interface BenchPostgres {
  readonly url: string;
  readonly db: Database;
  /** Empties all that looks write. */
  readonly empty: () => Promise<void>;
  /** As it would be after a while, by itself. */
  readonly vacuum: () => Promise<void>;
  readonly close: () => Promise<void>;
}

/** A statement by itself: our own pool puts each into a transaction, in which Postgres refuses to vacuum. */
export async function vacuum(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('vacuum analyze');
  await client.end();
}

/** Measures with a Postgres of its own, and ends it. */
export async function withPostgres<Found>(work: (postgres: BenchPostgres) => Promise<Found>): Promise<Found> {
  const postgres = await startPostgres();
  try {
    return await work(postgres);
  } finally {
    await postgres.close();
  }
}

async function startPostgres(): Promise<BenchPostgres> {
  const postgres = await startOwnPostgres({ settings: ['autovacuum=off', 'max_wal_size=8GB'] });
  const { db, close } = openDatabase({ url: postgres.url, applicationName: 'bench', maxConnections: 4 });
  const { url } = postgres;
  const empty = async () => {
    await rowsOf(
      db,
      'truncate cph.projects, cph.images, cph.image_events, cph.image_status_transitions, cph.sync_runs',
    );
    await registerProjects(db, [{ project_id: 'p1', region: 'ap-southeast-3', name: null }]);
  };
  await empty();
  return {
    url,
    db,
    empty,
    vacuum: () => vacuum(url),
    close: async () => {
      await close();
      await postgres.close();
    },
  };
}
