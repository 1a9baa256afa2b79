/**
 * Runs a daemon under all kinds of unrest and says what that leaves behind in its process:
 *
 *     npm run soak                 15 minutes
 *     npx tsx scripts/soak.ts 2    so many minutes
 *
 * It looks every second, 50 scrapes are in flight, it reloads and its database goes away in each minute, and its requests
 * go through a proxy. Ends with 1 when memory after a collection, what keeps the process busy, or connections grow.
 */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import { startEmbeddedPostgres } from '../src/store/embedded/embedded.ts';
import { buildProgram } from '../test/support/built-program.ts';
import { startLossyProxy } from '../test/support/lossy-proxy.ts';

const MINUTES = Number(process.argv[2] ?? 15);
const SAMPLES = Math.max(6, MINUTES * 2);
const SCRAPES = 50;
const LEEWAY_MIB = 15;
/** Pools and agents breathe. */
const LEEWAY_RESOURCES = 20;

/** In the daemon: on SIGUSR2, collects what can be collected and notes what is left. */
const PROBE = `
import { writeFileSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');
process.on('SIGUSR2', () => {
  gc();
  gc();
  const { rss, heapUsed } = process.memoryUsage();
  const resources = process.getActiveResourcesInfo().length;
  writeFileSync(process.env.SOAK_NOTE, JSON.stringify({ rss: rss / 2 ** 20, heap: heapUsed / 2 ** 20, resources }));
});`;

interface Sample {
  readonly minute: number;
  readonly rss: number;
  readonly heap: number;
  readonly resources: number;
  readonly connections: number;
  readonly sweeps: number;
  readonly scrapes: number;
}

/** Sends on what comes without TLS. */
async function forwarding() {
  const server = createServer((incoming, outgoing) => {
    const { method = 'GET', headers } = incoming;
    const sent = request(incoming.url ?? '', { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    sent.on('error', () => outgoing.destroy());
    incoming.pipe(sent);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`, server };
}

async function soak(): Promise<Sample[]> {
  const program = await buildProgram();
  const folder = join(tmpdir(), `cph-soak-${process.pid}`);
  await mkdir(folder, { recursive: true });
  const postgres = await startEmbeddedPostgres({
    dataDir: join(folder, 'data'),
    signal: new AbortController().signal,
  });
  const database = await startLossyProxy(postgres.url);
  const world = createWorld({ seed: 1, start: new Date(), projects: ['p1', 'p2', 'p3'], images: 50 });
  const cloud = await startSimulator({ world });
  const proxy = await forwarding();
  const [probe, note, file] = ['probe.mjs', 'note.json', 'soak.json'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ];
  await writeFile(probe, PROBE);
  await writeFile(file, configOf(cloud.url));
  const env = {
    DATABASE_URL: database.url,
    HTTP_PROXY: proxy.url,
    NODE_OPTIONS: `--import ${probe}`,
    SOAK_NOTE: note,
  };
  const running = program.start(['start', '--config', file], env);
  const url = () =>
    running
      .stderr()
      .match(/http:\/\/127[\d.:]+(?=")/g)
      ?.at(-1);
  let over = false;
  let scrapes = 0;
  const scrape = async () => {
    while (!over) {
      const answer = await fetch(`${url()}/metrics`).catch(() => null);
      if (answer?.ok) scrapes += 1;
      await answer?.text().catch(() => '');
      if (!answer) await sleep(100);
    }
  };
  const scraping = Array.from({ length: SCRAPES }, scrape);
  const client = new pg.Client({ connectionString: postgres.url });
  await client.connect();
  const sample = async (minute: number): Promise<Sample> => {
    await rm(note, { force: true });
    running.child.kill('SIGUSR2');
    let left = '';
    while (left === '') {
      await sleep(100);
      left = await readFile(note, 'utf8').catch(() => '');
    }
    const { rows } = await client.query(`select
      (select count(*)::int from pg_stat_activity where application_name like 'cph-inventory%') as connections,
      (select coalesce(sum(looks), 0)::int from cph.sync_runs where kind = 'sweep' and status = 'succeeded') as sweeps`);
    return { minute, ...JSON.parse(left), ...rows[0], scrapes };
  };
  const samples: Sample[] = [];
  try {
    const every = (MINUTES * 60_000) / SAMPLES;
    await sleep(Math.min(20_000, every));
    for (let index = 1; index <= SAMPLES; index += 1) {
      // Once a minute, or in each sample of a short run: a reload, and a database that is away for two seconds.
      if (index % Math.max(1, Math.round(SAMPLES / MINUTES)) === 0 || MINUTES < 1) {
        running.child.kill('SIGHUP');
        await sleep(every / 4);
        database.refuse();
        await sleep(2_000);
        database.accept();
      }
      await sleep(every / 2);
      const taken = await sample((index * every) / 60_000);
      samples.push(taken);
      process.stdout.write(`${JSON.stringify(taken)}\n`);
    }
  } finally {
    over = true;
    running.child.kill('SIGTERM');
    await Promise.all([running.ended, ...scraping]);
    await client.end();
    await Promise.all([cloud.close(), database.close()]);
    proxy.server.closeAllConnections();
    proxy.server.close();
    await postgres.close();
    await program.remove();
    await rm(folder, { recursive: true, force: true });
  }
  return samples;
}

const configOf = (url: string) =>
  JSON.stringify({
    schedule: { sync: '* * * * * *', watch: '* * * * * *' },
    http: { port: 0 },
    credentials: { all: { token: 'simulated-token-1' } },
    defaults: { region: 'ap-southeast-1', credentials: 'all', endpoint: url, limits: { rate_limit: 200 } },
    projects: ['p1', 'p2', 'p3'].map((project_id) => ({ project_id })),
    sinks: [{ kind: 'alertmanager', name: 'nobody', url: 'http://127.0.0.1:1' }],
  });

/** Grown is what is at its lowest in the last third above its highest in the first. */
function faultsOf(samples: readonly Sample[]): string[] {
  const third = Math.ceil(samples.length / 3);
  const grown = (name: 'rss' | 'heap' | 'resources' | 'connections', leeway: number) => {
    const values = samples.map((one) => one[name]);
    const more = Math.min(...values.slice(-third)) - Math.max(...values.slice(0, third));
    return more > leeway ? [`${name} grew by ${more.toFixed(1)}`] : [];
  };
  const idle = (samples.at(-1)?.sweeps ?? 0) > (samples[0]?.sweeps ?? 0) ? [] : ['nothing was swept'];
  return [
    ...grown('rss', LEEWAY_MIB),
    ...grown('heap', LEEWAY_MIB),
    ...grown('resources', LEEWAY_RESOURCES),
    ...grown('connections', 4),
    ...idle,
  ];
}

const faults = faultsOf(await soak());
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`${faults.length > 0 ? 'FAILED' : 'everything stays as it is'}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
