/**
 * Checks what guards the inventory, and the tests that watch over it: takes each guard out of a copy of the code and
 * requires that random histories then break a law, or that the test which is named for it fails. A guard nobody would
 * miss is not guarded.
 *
 *   tsx scripts/check-guards.ts brake   checks only guards with this word in their name
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { GUARDS } from './guards/catalogue.ts';
import type { Guard, Patch } from './guards/guard.ts';

const ROOT = resolve(import.meta.dirname, '..');
const COPIED = ['src', 'test', 'docs', 'migrations', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
const HISTORIES_FILE = 'property/trusted-listing.one-page.test.ts';
/** Several times what any of the guards takes to be missed. */
const HISTORIES = 500;
const SEED = 1;
/** One runs the code, one the database. */
const AT_ONCE = 2;

/** A copy of the code with the patches in it. Throws when the text of one is not there, or there more than once. */
async function patchedCopy(patches: readonly Patch[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-guards-'));
  for (const name of COPIED) await cp(join(ROOT, name), join(folder, name), { recursive: true });
  await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const { file, find, replace } of patches) {
    const path = join(folder, file);
    const parts = (await readFile(path, 'utf8')).split(find);
    if (parts.length !== 2)
      throw new Error(`${file}: found ${parts.length - 1} times, must be once: ${find}`);
    await writeFile(path, parts.join(replace));
  }
  return folder;
}

interface Outcome {
  /** A law was broken, or a test failed. */
  readonly missed: boolean;
  /** What it came to, in words. */
  readonly end: string;
}

/** Runs one test file in a copy. Throws when it ends in another way than by passing, or by a test that fails. */
async function runIn(folder: string, file: string): Promise<Outcome> {
  const child = spawn(join('node_modules', '.bin', 'vitest'), ['run', join('test', file), '--no-color'], {
    cwd: folder,
    env: {
      ...process.env,
      HISTORIES: String(HISTORIES),
      HISTORY_SEED: String(SEED),
      HISTORY_SHRINK: 'off',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve, reject) =>
    child.on('error', reject).on('close', resolve),
  );
  const [code, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  const output = stdout + stderr;
  if (code === 0) return { missed: false, end: `${file} passes` };
  const end = file === HISTORIES_FILE ? brokenLawIn(output) : failedTestIn(output);
  if (!end) throw new Error(`${file} could not be run:\n${output.slice(-4000)}`);
  return { missed: true, end };
}

function brokenLawIn(output: string): string | null {
  const failure = /Property failed after (\d+) tests/.exec(output);
  const law = /^\s*(?:Caused by: )?Error: (\w+): /m.exec(output);
  return failure && law && `history ${failure[1]} breaks ${law[1]}`;
}

function failedTestIn(output: string): string | null {
  const failed = /^ FAIL {2}\S+ > (.+)$/m.exec(output);
  return failed && `"${failed[1]}" fails`;
}

async function runWithout(patches: readonly Patch[], file: string): Promise<Outcome> {
  const folder = await patchedCopy(patches);
  try {
    return await runIn(folder, file);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As many at a time as {@link AT_ONCE}; says on a line each what came of it. Returns how many are missed by nobody. */
async function checkAll(guards: readonly Guard[]): Promise<number> {
  const waiting = [...guards];
  let unmissed = 0;
  const work = async () => {
    for (let guard = waiting.shift(); guard; guard = waiting.shift()) {
      const { missed, end } = await runWithout(guard.patches, guard.missedBy ?? HISTORIES_FILE);
      if (!missed) unmissed += 1;
      process.stdout.write(`${missed ? 'missed' : 'MISSED BY NOBODY'}: ${guard.name} (${end})\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return unmissed;
}

const [word = ''] = process.argv.slice(2);
const guards = GUARDS.filter(({ name }) => name.includes(word));
for (const file of new Set(guards.map(({ missedBy }) => missedBy ?? HISTORIES_FILE))) {
  const untouched = await runWithout([], file);
  if (untouched.missed) throw new Error(`with every guard in place, ${untouched.end}; see npm test`);
}
const unmissed = await checkAll(guards);
process.stdout.write(`${guards.length} guards, ${unmissed} missed by nobody\n`);
process.exitCode = unmissed === 0 ? 0 : 1;
