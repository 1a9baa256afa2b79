/** What a server shows of the inventory, for tests: of this database, at no address that people know. */
import type { Site } from '../../src/http/server.ts';
import type { Database } from '../../src/store/database.ts';

export function siteOf(db: Database, said: Partial<Omit<Site, 'db'>> = {}): Site {
  const onError = (error: unknown) => {
    throw error;
  };
  return { db, now: () => new Date(), publicUrl: null, baselineAlerts: false, onError, ...said };
}

/** For servers of which nothing is asked that a database knows. */
export const NO_SITE = siteOf({} as Database, { onError: () => undefined });
