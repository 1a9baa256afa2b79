import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { apiServer } from './support/api-server.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { setReachable, useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

describe('a database', () => {
  test('that is away is 503, without a word of SQL', async () => {
    const readers = openDatabase({
      // A PgBouncer would answer over a connection that it still has.
      url: database.directUrl,
      applicationName: 'cph-inventory readers',
      maxConnections: 1,
    });
    try {
      const { get } = await apiServer(readers.db);
      expect((await get('/api/now')).status).toBe(200);
      await setReachable(database, false);
      const answer = await get('/api/now');
      expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5']);
      expect(await answer.json()).toEqual({
        error: { message: 'the database cannot be read; see /readyz' },
      });
    } finally {
      await setReachable(database, true);
      await readers.close();
    }
  });

  test('for readers cannot be written, and ends what takes too long', async () => {
    const readers = openDatabase({
      url: database.url,
      applicationName: 'test',
      maxConnections: 1,
      readsForMs: 50,
    });
    try {
      await expect(readers.db.execute(sql`delete from cph.projects`)).rejects.toMatchObject({
        cause: { code: '25006' },
      });
      await expect(readers.db.execute(sql`select pg_sleep(60)`)).rejects.toMatchObject({
        cause: { code: '57014' },
      });
      await expect(
        readers.db.transaction(async (tx) => await tx.execute(sql`select pg_sleep(60)`)),
      ).rejects.toMatchObject({ cause: { code: '57014' } });
    } finally {
      await readers.close();
    }
  });

  test('that was not migrated is 503', async () => {
    const errors: unknown[] = [];
    const { json } = await apiServer(database.db, { onError: (error) => errors.push(error) });
    await rowsOf(database.db, 'alter schema cph rename to elsewhere');
    try {
      expect(await json('/api/images')).toEqual([
        503,
        { error: { message: 'the database is not migrated; see /readyz' } },
      ]);
      expect(errors).toEqual([]);
    } finally {
      await rowsOf(database.db, 'alter schema elsewhere rename to cph');
    }
  });
});
