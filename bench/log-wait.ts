/**
 * Measure 13: how long a change of one project waits while all images of another are created, beside a bare COPY of as
 * many events. The log has one order, and whoever appends waits for who is before.
 */
import type { SyncProject } from '../src/sync/project.ts';
import { rowsOf } from '../test/support/inventory-rows.ts';
import { startApi } from './lib/api.ts';
import { byTurns, type Figure } from './lib/figure.ts';
import { type BenchPostgres, withPostgres } from './lib/postgres.ts';
import { changed, type Listed, sweepListed } from './lib/sweeps.ts';
import { listAll } from './listing.ts';

const GOAL = 1.5;

export async function figures(sizes: readonly number[]): Promise<Figure[]> {
  return await withPostgres(async (postgres) => {
    const found: Figure[] = [];
    for (const size of sizes) found.push(await waitFigure(postgres, size));
    return found;
  });
}

async function waitFigure(postgres: BenchPostgres, size: number): Promise<Figure> {
  const [large, small] = [await startApi(size), await startApi(10)];
  const [many, few] = [await listAll(large.project), await listAll(small.project)];
  await Promise.all([large.close(), small.close()]);
  const { ours, copy } = await byTurns({
    ours: () => longestWait(postgres, { project: large.project, many, few }),
    copy: () => bareCopy(postgres),
  });
  const against = { what: 'COPY of the same events', spread: copy };
  const name = 'longest wait of another project while all are created';
  return { measure: '13', name, size, unit: 'ms', ours, against, goal: GOAL };
}

/** Of a project in which one of ten images changes again and again, until the other is through. */
async function longestWait(
  { db, empty }: BenchPostgres,
  { project, many, few }: { project: SyncProject; many: Listed; few: Listed },
): Promise<number> {
  await empty();
  await rowsOf(db, `insert into cph.projects (project_id, region) values ('p2', 'ap-southeast-3')`);
  const other = { ...project, project_id: 'p2' };
  await sweepListed(db, other, few);
  let through = false;
  const large = sweepListed(db, project, many).finally(() => {
    through = true;
  });
  let longest = 0;
  for (let turn = 0; !through; turn += 1) {
    const began = performance.now();
    await sweepListed(db, other, changed(few, 0.1, `AOSP ${turn}`));
    longest = Math.max(longest, performance.now() - began);
  }
  await large;
  return longest;
}

/** Of the events that are there, into a table with the same columns, indexes and checks. */
async function bareCopy({ db }: BenchPostgres): Promise<number> {
  const file = `(select current_setting('data_directory') || '/events.copy')`;
  const [{ path } = {}] = await rowsOf(db, `select ${file} as path`);
  await rowsOf(db, `copy (select * from cph.image_events where project_id = 'p1') to '${path}'`);
  await rowsOf(db, 'create table public.copied (like cph.image_events including all)');
  const began = performance.now();
  await rowsOf(db, `copy public.copied from '${path}'`);
  const took = performance.now() - began;
  await rowsOf(db, 'drop table public.copied');
  return took;
}
