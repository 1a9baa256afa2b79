/** Counting what a piece of work asks of Postgres. */
import pg from 'pg';
import { onTestFinished, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';

export interface Counted {
  readonly db: Database;
  /** How many statements were made that read or write; what begins and ends their transactions is sent along. */
  readonly statements: () => number;
}

/** One connection to a test's database, whose statements are counted. */
export function counted(url: string): Counted {
  const { db, close } = openDatabase({
    url: url,
    applicationName: 'costs',
    maxConnections: 1,
  });
  onTestFinished(close);
  let statements = 0;
  const query = pg.Client.prototype.query;
  const spy = vi.spyOn(pg.Client.prototype, 'query').mockImplementation(function (
    this: pg.Client,
    ...args: unknown[]
  ) {
    const [given] = args as [string | { text?: string }];
    const text = typeof given === 'string' ? given : (given.text ?? '');
    if (!/^\s*(begin|commit|rollback|set local|select pg_stat|set transaction)/i.test(text)) statements += 1;
    return Reflect.apply(query, this, args);
  });
  onTestFinished(() => spy.mockRestore());
  return { db, statements: () => statements };
}
