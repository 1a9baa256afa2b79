/**
 * All measurements, in one table and in bench/results.json:
 *
 *     npm run bench [-- part …] [--sizes 1000,10000,100000]
 *
 * A part is a file of this folder with a function `figures`; where none is named, all are measured. Each figure is the
 * median of five after a round that warms up, with the least and the most, beside what it is held against,
 * measured by turns. A part that was not measured keeps its figures in the file.
 */
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { arch, cpus, platform, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Figure, Spread } from './lib/figure.ts';

interface Part {
  readonly figures: (sizes: readonly number[]) => Promise<Figure[]>;
}

interface Results {
  readonly machine: string;
  readonly parts: Readonly<
    Record<string, { readonly commit: string; readonly at: string; readonly figures: readonly Figure[] }>
  >;
}

const RESULTS = join(import.meta.dirname, 'results.json');
/** The compiler sees to it that each has what is asked of a part. */
const PARTS: Readonly<Record<string, () => Promise<Part>>> = {
  listing: () => import('./listing.ts'),
  sweeps: () => import('./sweeps.ts'),
  memory: () => import('./memory.ts'),
  commands: () => import('./commands.ts'),
  'log-wait': () => import('./log-wait.ts'),
};

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { sizes: { type: 'string', default: '1000,10000,100000' } },
});
const sizes = values.sizes.split(',').map(Number);
for (const name of positionals.length > 0 ? positionals : Object.keys(PARTS)) {
  const load = PARTS[name];
  if (!load) throw new Error(`no part is called ${name}; there are ${Object.keys(PARTS).join(', ')}`);
  const figures = await (await load()).figures(sizes);
  for (const figure of figures) process.stdout.write(`${lineOf(figure)}\n`);
  await keep(name, figures);
}

function lineOf({ measure, name, size, unit, ours, against, goal }: Figure): string {
  const ratio = against
    ? `${(ours.median / against.spread.median).toFixed(2)} x of ${spreadText(against.spread)} (${against.what})`
    : '';
  const aim = `at most ${goal}${against ? ' x' : ` ${unit}`}`;
  return `${measure.padEnd(3)} ${name}${size === null ? '' : `, ${size}`}: ${spreadText(ours)} ${unit} ${ratio}; ${aim}`;
}

function spreadText({ median, low, high }: Spread): string {
  const text = (value: number) => value.toFixed(value < 10 ? 1 : 0);
  return `${text(median)} [${text(low)}–${text(high)}]`;
}

async function keep(part: string, figures: readonly Figure[]): Promise<void> {
  const before: Results = JSON.parse(await readFile(RESULTS, 'utf8').catch(() => '{"parts":{}}'));
  const commit = execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim();
  const at = new Date().toISOString();
  const machine = `${cpus().length} processors (${cpus()[0]?.model.trim()}), ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${arch()}, Node ${process.version}`;
  const results: Results = { machine, parts: { ...before.parts, [part]: { commit, at, figures } } };
  await writeFile(RESULTS, `${JSON.stringify(results, null, 2)}\n`);
}
