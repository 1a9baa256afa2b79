/**
 * Measures 2 and 3: what the database's part of a sweep costs, ours and Postgres' processor time together,
 * beside SQL that one would write by hand. That writes no events where only some images changed.
 */

import type { SyncProject } from '../src/sync/project.ts';
import { startApi } from './lib/api.ts';
import { totalCpu } from './lib/cpu.ts';
import { byTurns, type Figure } from './lib/figure.ts';
import { storeByHand, upsertDistinct } from './lib/floor.ts';
import { type BenchPostgres, withPostgres } from './lib/postgres.ts';
import { changed, imagesOf, type Listed, sweepListed } from './lib/sweeps.ts';
import { listAll } from './listing.ts';

const SHARE = 0.01;

export async function figures(sizes: readonly number[]): Promise<Figure[]> {
  return await withPostgres(async (postgres) => {
    const found: Figure[] = [];
    for (const size of sizes) {
      const api = await startApi(size);
      const listed = await listAll(api.project);
      await api.close();
      const bench = { postgres, project: api.project, listed, size };
      found.push(await firstSweep(bench), await changedSweep(bench));
    }
    return found;
  });
}

interface Bench {
  readonly postgres: BenchPostgres;
  readonly project: SyncProject;
  readonly listed: Listed;
  readonly size: number;
}

async function firstSweep({ postgres, project, listed, size }: Bench): Promise<Figure> {
  const { db, empty } = postgres;
  const images = imagesOf(project, listed);
  const { ours, floor } = await byTurns({
    floor: async () => {
      await empty();
      return await totalCpu(db, () => storeByHand(db, images));
    },
    ours: async () => {
      await empty();
      return await totalCpu(db, () => sweepListed(db, project, listed));
    },
  });
  const against = { what: 'COPY into staging and insert … select of the same rows', spread: floor };
  return {
    measure: '2',
    name: 'first sweep, database part',
    size,
    unit: 'ms of CPU',
    ours,
    against,
    goal: 1.7,
  };
}

/** Both change other images each time, in a table of their own state. */
async function changedSweep({ postgres, project, listed, size }: Bench): Promise<Figure> {
  const { db, empty } = postgres;
  await empty();
  await sweepListed(db, project, listed);
  await postgres.vacuum();
  let turn = 0;
  const next = () => {
    turn += 1;
    return changed(listed, SHARE, `AOSP ${turn}`);
  };
  const { ours, upsert } = await byTurns({
    upsert: async () => {
      const images = imagesOf(project, next());
      const cpu = await totalCpu(db, () => upsertDistinct(db, images));
      await sweepListed(db, project, changed(listed, SHARE, `AOSP ${turn} again`));
      await postgres.vacuum();
      return cpu;
    },
    ours: async () => {
      const records = next();
      const cpu = await totalCpu(db, () => sweepListed(db, project, records));
      await postgres.vacuum();
      return cpu;
    },
  });
  const against = { what: 'upsert of everything where distinct, without events', spread: upsert };
  return {
    measure: '3',
    name: 'sweep in which 1 % changed, database part',
    size,
    unit: 'ms of CPU',
    ours,
    against,
    goal: 1.2,
  };
}
