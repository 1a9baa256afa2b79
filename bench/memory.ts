/**
 * Measure 4: the most memory that `sync` holds, of a project that it sees for the first time, of one in which nothing
 * changed, and of one in which 1 % of the images did. The program is that of dist/: `npm run build` first.
 */
import { join } from 'node:path';
import { type BenchApi, startApi } from './lib/api.ts';
import { childCost } from './lib/child.ts';
import { type Figure, spreadOf, TIMES } from './lib/figure.ts';
import { type BenchPostgres, withPostgres } from './lib/postgres.ts';

const SYNC = [process.execPath, join(import.meta.dirname, '..', 'dist', 'cli.js'), 'sync'];
const GOALS = { first: 300, quiet: 200, changed: 250 } as const;
type Kind = keyof typeof GOALS;

export async function figures(sizes: readonly number[]): Promise<Figure[]> {
  return await withPostgres(async (postgres) => {
    const found: Figure[] = [];
    for (const size of sizes) {
      const api = await startApi(size);
      found.push(...(await memoryOf(postgres, api, size)));
      await api.close();
    }
    return found;
  });
}

async function memoryOf(postgres: BenchPostgres, api: BenchApi, size: number): Promise<Figure[]> {
  const taken: Record<Kind, number[]> = { first: [], quiet: [], changed: [] };
  const sync = async (kind: Kind) => {
    const { rss } = await childCost(SYNC, { ...api.env, DATABASE_URL: postgres.url });
    taken[kind].push(rss);
  };
  for (let turn = 0; turn < TIMES; turn += 1) {
    await postgres.empty();
    await sync('first');
    await sync('quiet');
    await api.change(0.01);
    await sync('changed');
  }
  return (Object.keys(GOALS) as Kind[]).map((kind) => ({
    measure: '4',
    name: `most memory of a sync, ${kind}`,
    size,
    unit: 'MB',
    ours: spreadOf(taken[kind]),
    against: null,
    goal: GOALS[kind],
  }));
}
