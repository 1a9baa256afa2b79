import { once } from 'node:events';
import { chmod, cp, lstat, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, spawnPostgres } from './account.ts';
import { binariesIn, type PostgresBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';

/**
 * Where root keeps programs for another account. Not below the data: its folder may be closed to the account
 * too.
 */
const CACHE = '/var/cache/cph-inventory';

/**
 * Programs that the account can run: those of npm, or a copy where only root can get at them (a checkout in
 * /root, a strict umask). The account gets no capability to reach them by: with one, the server could read
 * any file.
 *
 * @throws EmbeddedPostgresError when the account cannot run a copy either
 */
export async function reachableBinaries(
  account: Account | null,
  binaries: PostgresBinaries,
): Promise<PostgresBinaries> {
  if (!account || (await canRun(account, binaries))) return binaries;
  const copy = binariesIn(join(CACHE, `postgres-${binaries.version}`), binaries.version);
  const trouble = await copyOnce(binaries.folder, copy.folder).catch((error: Error) => error);
  if (await canRun(account, copy)) return copy;
  const why = trouble ? ` (${trouble.message})` : '';
  throw new EmbeddedPostgresError(
    `Postgres refuses to run as root, and the account with uid ${account.uid} can run its programs neither in ${binaries.folder} nor as a copy in ${copy.folder}${why}. Let others read and enter one of the folders, run as an ordinary user, or set DATABASE_URL.`,
    { cause: trouble },
  );
}

/**
 * Tried, because modes are not all that decides: a mount can forbid it, or what root may do in this
 * container.
 */
async function canRun(account: Account, { folder, postgres }: PostgresBinaries): Promise<boolean> {
  try {
    const child = spawnPostgres(account, { program: postgres, args: ['-V'], stderr: 'ignore' });
    const [code] = await once(child, 'close');
    const share = join(folder, 'share', 'postgresql');
    const [{ mode: folderMode }, { mode: fileMode }] = [
      await stat(share),
      await stat(join(share, 'postgres.bki')),
    ];
    return code === 0 && (folderMode & 0o005) === 0o005 && (fileMode & 0o004) === 0o004;
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
    if (code !== 'EPERM' && code !== 'EINVAL') return false;
    throw new EmbeddedPostgresError(
      `Postgres refuses to run as root, and root may not become another user (uid ${account.uid}) here: ${code}. Run as an ordinary user, or set DATABASE_URL.`,
      { cause },
    );
  }
}

async function copyOnce(from: string, to: string): Promise<undefined> {
  await mkdir(CACHE, { recursive: true });
  await chmod(CACHE, 0o755);
  await requireRootOnly(CACHE);
  if (await exists(to)) return requireRootOnly(to);
  const staging = await mkdtemp(join(CACHE, 'new-'));
  try {
    await cp(from, staging, { recursive: true, verbatimSymlinks: true });
    await openToAll(staging);
    await rename(staging, to);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Another program has copied them meanwhile.
    if (!(await exists(to))) throw error;
  }
}

const exists = (path: string) =>
  lstat(path).then(
    () => true,
    () => false,
  );

/** What others can write in is not run. */
async function requireRootOnly(path: string): Promise<undefined> {
  const found = await lstat(path);
  if (found.isDirectory() && found.uid === 0 && (found.mode & 0o022) === 0) return;
  throw new EmbeddedPostgresError(`${path} is not root's alone`);
}

async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await openToAll(path);
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644);
  }
}
