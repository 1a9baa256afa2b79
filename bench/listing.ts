/** Measure 1: a listing beside the same requests with nothing but fetching and parsing. */
import { Agent } from 'undici';
import type { SyncProject } from '../src/sync/project.ts';
import { type BenchApi, startApi } from './lib/api.ts';
import { ownCpu } from './lib/cpu.ts';
import { byTurns, type Figure } from './lib/figure.ts';

const GOAL = 3;
/** As many as the daemon has in flight of one listing. */
const IN_FLIGHT = 4;

export async function figures(sizes: readonly number[]): Promise<Figure[]> {
  const found: Figure[] = [];
  for (const size of sizes) found.push(await listingFigure(size));
  return found;
}

async function listingFigure(size: number): Promise<Figure> {
  const api = await startApi(size);
  const agent = new Agent();
  try {
    const paths = await pathsOf(api);
    const { listed, bare } = await byTurns({
      bare: () => ownCpu(() => fetchAll(agent, api, paths)),
      listed: () => ownCpu(() => listAll(api.project)),
    });
    const against = { what: 'undici and JSON.parse of the same pages', spread: bare };
    return { measure: '1', name: 'listing', size, unit: 'ms of CPU', ours: listed, against, goal: GOAL };
  } finally {
    await agent.close();
    await api.close();
  }
}

/** Everything one sweep asks the API. */
export async function listAll({ listings }: SyncProject) {
  const scope = {
    signal: new AbortController().signal,
    trace: { requests: 0, requestIds: new Set<string>() },
  };
  return await Promise.all(listings.map((listing) => listing.list(scope)));
}

/** What a listing asks for, once it has learned how the API pages. */
async function pathsOf({ project }: BenchApi): Promise<string[]> {
  await listAll(project);
  const paths: string[] = [];
  const { request } = Agent.prototype;
  Agent.prototype.request = function noted(this: Agent, ...[options, ...others]: Parameters<typeof request>) {
    paths.push(String(options.path));
    return Reflect.apply(request, this, [options, ...others]);
  } as typeof request;
  await listAll(project);
  Agent.prototype.request = request;
  return paths;
}

/** Keeps what it parsed until the end, as a listing does. */
async function fetchAll(agent: Agent, { env }: BenchApi, paths: readonly string[]): Promise<unknown[]> {
  const pages: unknown[] = [];
  const waiting = [...paths];
  const headers = { 'x-auth-token': env.HW_AUTH_TOKEN ?? '' };
  const work = async () => {
    for (let path = waiting.shift(); path; path = waiting.shift()) {
      const { body } = await agent.request({ origin: env.CPH_ENDPOINT ?? '', path, method: 'GET', headers });
      pages.push(JSON.parse(await body.text()));
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, work));
  return pages;
}
