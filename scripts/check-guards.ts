/**
 * Checks what guards the inventory against false removals, and the test that watches over it: takes each guard out of a
 * copy of the code and requires that random histories then break a law. A guard nobody would miss is not guarded.
 */
import { spawn } from 'node:child_process';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { GUARDS, type Patch } from './guards.ts';

const ROOT = resolve(import.meta.dirname, '..');
const COPIED = ['src', 'test', 'migrations', 'package.json', 'tsconfig.json', 'vitest.config.ts'];
const PLAYED = 'test/property/trusted-listing.one-page.test.ts';
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

interface Played {
  /** A law was broken. */
  readonly broken: boolean;
  /** What it came to, in words. */
  readonly end: string;
}

/** Plays histories against a copy until a law is broken. Throws when they end in another way. */
async function play(folder: string): Promise<Played> {
  const child = spawn(join('node_modules', '.bin', 'vitest'), ['run', PLAYED, '--no-color'], {
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
  if (code === 0) return { broken: false, end: `${HISTORIES} histories break no law` };
  const failure = /Property failed after (\d+) tests/.exec(output);
  const law = /^\s*(?:Caused by: )?Error: (\w+): /m.exec(output);
  if (!failure || !law) throw new Error(`the histories could not be played:\n${output.slice(-4000)}`);
  return { broken: true, end: `history ${failure[1]} breaks ${law[1]}` };
}

async function playWithout(patches: readonly Patch[]): Promise<Played> {
  const folder = await patchedCopy(patches);
  try {
    return await play(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** As many at a time as {@link AT_ONCE}; says on a line each what came of it. Returns how many are missed by nobody. */
async function checkAll(): Promise<number> {
  const waiting = [...GUARDS];
  let unmissed = 0;
  const work = async () => {
    for (let guard = waiting.shift(); guard; guard = waiting.shift()) {
      const { broken, end } = await playWithout(guard.patches);
      if (!broken) unmissed += 1;
      process.stdout.write(`${broken ? 'missed' : 'MISSED BY NOBODY'}: ${guard.name} (${end})\n`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return unmissed;
}

const untouched = await playWithout([]);
if (untouched.broken) throw new Error(`with every guard in place, ${untouched.end}; see npm test`);
const unmissed = await checkAll();
process.stdout.write(`${GUARDS.length} guards, ${unmissed} missed by nobody\n`);
process.exitCode = unmissed === 0 ? 0 : 1;
