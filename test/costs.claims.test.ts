/** What a claim costs where there are many projects, and that it misses none. */
import { beforeEach, describe, expect, test } from 'vitest';
import { createClaims } from '../src/daemon/claims.ts';
import { counted } from './support/counted.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

describe('a claim among 3,000 projects of which none is due', () => {
  const HOUR_MS = 3_600_000;
  const tick = new Date('2026-01-01T12:00:00Z');
  const next = new Date(tick.getTime() + HOUR_MS);

  /** Projects that were all swept for the last tick, and a replica that has found so. */
  async function atRest() {
    const connection = counted(database.directUrl);
    await rowsOf(
      connection.db,
      `insert into cph.projects (project_id, region, sweep_tick, due_at)
       select md5(n::text), 'r', '${tick.toISOString()}', '${next.toISOString()}' from generate_series(1, 3000) n;
       analyze cph.projects`,
    );
    const ids = await rowsOf(connection.db, 'select project_id from cph.projects order by 1');
    const projects = new Map(ids.map(({ project_id }) => [String(project_id), null]));
    const claims = createClaims({ db: connection.db, replica: 'ours', projects, spreadMs: 0 });
    const claim = (now: Date, sweep = tick) => {
      const ticks = { sweep, watch: null };
      return claims.claim({
        ...{ ticks, now, started_at: now, limit: 8, failing_limit: 4, busy: [] },
        next: () => ({ sweep: new Date(sweep.getTime() + HOUR_MS), watch: null }),
      });
    };
    expect(await claim(new Date(tick.getTime() + 1_000))).toMatchObject({ claimed: [], others: false });
    return { ...connection, claims, claim };
  }

  test('asks an index', async () => {
    const { db, statements, claim } = await atRest();
    const read = `select seq_tup_read + idx_tup_fetch as rows, pg_stat_force_next_flush() from pg_stat_user_tables where relname = 'projects'`;
    const rows = async () => {
      await rowsOf(db, read);
      return Number((await rowsOf(db, read))[0]?.rows);
    };
    const before = await rows();
    const asked = statements();
    expect(await claim(new Date(tick.getTime() + 2_000))).toMatchObject({ claimed: [], others: false });
    expect(statements() - asked).toBe(1);
    expect((await rows()) - before).toBe(0);
  });

  test('finds what is due then, whoever else has more that is', async () => {
    const { db, claims, claim } = await atRest();
    await rowsOf(
      db,
      `insert into cph.projects (project_id, region) select 'of another ' || n, 'r' from generate_series(1, 300) n`,
    );
    expect(await claim(new Date(tick.getTime() + 2_000))).toMatchObject({ claimed: [] });
    const { claimed } = await claim(next, next);
    expect(claimed).toHaveLength(8);
    for (const { project_id, run } of claimed)
      claims.giveBack(
        { project_id, run_id: run.id, served: { sweep: next, watch: null } },
        { sweep: next, watch: null },
      );
    expect((await claim(next, next)).claimed).toHaveLength(8);
    const [given] = claimed;
    expect(
      await rowsOf(
        db,
        `select sweep_tick, due_at from cph.projects where project_id = '${given?.project_id}'`,
      ),
    ).toEqual([{ sweep_tick: next, due_at: new Date(next.getTime() + HOUR_MS) }]);
  });

  test('believes nothing that was noted after the clock was set back', async () => {
    const { db, claim } = await atRest();
    await rowsOf(db, 'update cph.projects set sweep_tick = null');
    const earlier = new Date(tick.getTime() - HOUR_MS);
    expect((await claim(new Date(tick.getTime() + 2_000))).claimed).toHaveLength(0);
    expect((await claim(earlier, earlier)).claimed).toHaveLength(8);
  });
});
