/**
 * Measures 8 and 9: what a command costs to start beside `node` that does nothing, and what long lists cost beside psql
 * that prints the same. The program is that of dist/: `npm run build` first.
 */
import { join } from 'node:path';
import { startApi } from './lib/api.ts';
import { childCost } from './lib/child.ts';
import { byTurns, type Figure, type Spread, spreadOf } from './lib/figure.ts';
import { storeByHand } from './lib/floor.ts';
import { withPostgres } from './lib/postgres.ts';
import { imagesOf } from './lib/sweeps.ts';
import { listAll } from './listing.ts';

const PROGRAM = [process.execPath, join(import.meta.dirname, '..', 'dist', 'cli.js')];
const NODE = [process.execPath, '-e', '0'];
const GOALS = { '--help': 7, status: 10, images: 10 } as const;
const LONG_GOAL = 4;
const LONG_GOAL_MB = 150;

const IMAGES =
  'select i.*, p.name from cph.images i join cph.projects p using (project_id) where removed_at is null order by image_name, project_id, image_id';
const LISTS = [
  { args: ['images'], same: ['-c', IMAGES] },
  { args: ['images', '--json'], same: ['-At', '-c', `select to_jsonb(i) from (${IMAGES}) i`] },
  {
    args: ['events'],
    same: ['-At', '-c', 'select to_jsonb(e) from (select * from cph.image_events order by seq) e'],
  },
] as const;

export async function figures(sizes: readonly number[]): Promise<Figure[]> {
  return await withPostgres(async (postgres) => {
    const found = await starts(postgres.url);
    for (const size of sizes) {
      const api = await startApi(size);
      const images = imagesOf(api.project, await listAll(api.project));
      await api.close();
      await postgres.empty();
      await storeByHand(postgres.db, images);
      await postgres.vacuum();
      for (const list of LISTS) found.push(...(await longList(postgres.url, list, size)));
    }
    return found;
  });
}

async function starts(url: string): Promise<Figure[]> {
  const found: Figure[] = [];
  for (const [args, goal] of Object.entries(GOALS)) {
    const { ours, node } = await byTurns({
      node: async () => (await childCost(NODE)).cpu,
      ours: async () => (await childCost([...PROGRAM, args], { DATABASE_URL: url })).cpu,
    });
    const against = { what: 'node -e 0', spread: node };
    found.push({ measure: '8', name: args, size: null, unit: 'ms of CPU', ours, against, goal });
  }
  return found;
}

async function longList(
  url: string,
  { args, same }: (typeof LISTS)[number],
  size: number,
): Promise<Figure[]> {
  const rss: number[] = [];
  const { ours, psql } = await byTurns({
    psql: async () => (await childCost(['psql', '-X', url, ...same])).cpu,
    ours: async () => {
      const cost = await childCost([...PROGRAM, ...args], { DATABASE_URL: url });
      rss.push(cost.rss);
      return cost.cpu;
    },
  });
  const common = { measure: '9', size } as const;
  const name = args.join(' ');
  const memory: Spread = spreadOf(rss);
  return [
    {
      ...common,
      name,
      unit: 'ms of CPU',
      ours,
      against: { what: 'psql with the same select', spread: psql },
      goal: LONG_GOAL,
    },
    {
      ...common,
      name: `${name}, most memory`,
      unit: 'MB',
      ours: memory,
      against: null,
      goal: LONG_GOAL_MB,
    },
  ];
}
