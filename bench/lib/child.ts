/** What a program costs from its start to its end, as the kernel counts it. Takes Debian's package `time`. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface ChildCost {
  /** Processor time in milliseconds, with what starts it: about 2 ms. */
  readonly cpu: number;
  /** The most memory it held, in MB. */
  readonly rss: number;
}

/** Runs `command` with its output thrown away. Rejects with what it wrote to stderr unless it ends with 0, or with 3: somebody should look. */
export async function childCost(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<ChildCost> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-bench-'));
  const told = join(folder, 'cost');
  try {
    const script =
      'TIMEFORMAT="%3U %3S"; { time /usr/bin/time -q -f %M -o "$0.memory" -- "$@" >/dev/null 2>"$0.stderr"; } 2>"$0"; code=$?; cat "$0.stderr" >&2; [ $code = 0 ] || [ $code = 3 ]';
    const options = { env: { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...env } };
    await promisify(execFile)('bash', ['-c', script, told, ...command], options);
    const [user = 0, system = 0] = (await readFile(told, 'utf8')).split(' ').map(Number);
    const kilobytes = Number(await readFile(`${told}.memory`, 'utf8'));
    return { cpu: (user + system) * 1000, rss: kilobytes / 1024 };
  } finally {
    await rm(folder, { recursive: true });
  }
}
