/** A real Prometheus that scrapes one target, for tests of what dashboards ask it. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { freePort } from './pgbouncer.ts';
import { until } from './until.ts';

export const HAS_PROMETHEUS = spawnSync('prometheus', ['--version']).error === undefined;

export interface Prometheus {
  /** The samples an expression gives now. Throws with Prometheus' words when it does not take it. */
  readonly query: (expression: string) => Promise<readonly { metric: Readonly<Record<string, string>> }[]>;
  readonly stop: () => Promise<void>;
}

/** Scrapes `target` (`host:port`) every second, and resolves once it has been scraped a few times. */
export async function startPrometheus(target: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-prometheus-'));
  const config = join(folder, 'prometheus.yml');
  const job = { job_name: 'cph-inventory', static_configs: [{ targets: [target] }] };
  await writeFile(config, JSON.stringify({ global: { scrape_interval: '1s' }, scrape_configs: [job] }));
  const address = `127.0.0.1:${await freePort()}`;
  const args = [
    `--config.file=${config}`,
    `--storage.tsdb.path=${folder}`,
    `--web.listen-address=${address}`,
  ];
  const child = spawn('prometheus', args, { stdio: 'ignore' });
  const query = (expression: string) => ask(address, expression);
  const scrapes = 'count_over_time(cph_database_up[1m]) >= 3';
  await until(async () => (await query(scrapes).catch(() => [])).length > 0);
  return { query, stop: () => stop(child, folder) };
}

const sample = z.object({ metric: z.record(z.string(), z.string()) });
const answered = z.object({
  error: z.string().optional(),
  data: z.object({ result: z.array(sample) }).optional(),
});

async function ask(address: string, expression: string) {
  const url = `http://${address}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const response = await fetch(url);
  const { data, error } = answered.parse(await response.json());
  if (!data) throw new Error(`${expression}: ${error}`);
  return data.result;
}

async function stop(child: ChildProcess, folder: string): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
  await rm(folder, { recursive: true });
}
