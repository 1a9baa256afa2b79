import { accessSync, constants, existsSync } from 'node:fs';
import { mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Account, chooseAccount } from './account.ts';
import { locateBinaries, type PostgresBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';
import { initialise } from './initialise.ts';
import { reachableBinaries } from './reachable-binaries.ts';

/**
 * A Postgres data directory that is ours to start a server on. Where we are root, only the data directory
 * itself is the account's. What is around it is closed to it, so that it cannot leave its directory by `..`
 * for places that only the folders above protect.
 */
export interface Cluster {
  /** The folder around the data directory, with the password and the locks. */
  readonly home: string;
  readonly data: string;
  readonly password: string;
  readonly account: Account | null;
  readonly binaries: PostgresBinaries;
}

/**
 * Whether there is an embedded database in a data folder, or something that only another user may see. Makes
 * nothing.
 */
export function hasCluster(dataDir: string): boolean {
  const home = homeIn(dataDir);
  try {
    accessSync(home, constants.X_OK);
    return isCluster(home);
  } catch {
    return existsSync(home);
  }
}

/** Where the password of the superuser is. */
export function passwordFile(dataDir: string): string {
  return join(homeIn(dataDir), 'password');
}

/**
 * The cluster `<dataDir>/postgres`, made when there is none. Two programs may call this at the same moment:
 * each makes its own beside the final place, and the rename decides whose it is.
 *
 * @throws EmbeddedPostgresError when the directory is another user's, of another Postgres major, or cannot be
 * made
 */
export async function openCluster(dataDir: string, signal: AbortSignal): Promise<Cluster> {
  const installed = await locateBinaries();
  try {
    return await findOrMake(dataDir, installed, signal);
  } catch (cause) {
    // Errors of the file system carry a word there, an abort carries a number.
    if (!(cause instanceof Error && 'code' in cause && typeof cause.code === 'string')) throw cause;
    throw new EmbeddedPostgresError(
      `Cannot keep a database in ${dataDir} (${cause.message}). Set CPH_DATA_DIR to a directory of your own, or DATABASE_URL.`,
      { cause },
    );
  }
}

async function findOrMake(
  dataDir: string,
  installed: PostgresBinaries,
  signal: AbortSignal,
): Promise<Cluster> {
  await makeFolder(dataDir);
  const parent = await realpath(dataDir);
  const home = homeIn(parent);
  const owner = await ownerOf(home);
  const ours = process.getuid?.();
  // Root, 0, becomes whoever owns it.
  if (owner && ours && owner.uid !== ours) throw foreign(home, owner);
  const data = join(home, 'data');
  const account = await chooseAccount((await ownerOf(data)) ?? owner);
  const binaries = await reachableBinaries(account, installed);
  if (await isFree(home)) await initialise(home, { parent, owner, account, binaries, signal });
  await requireMajor(home, binaries.major);
  return { home, data, password: await readPassword(home), account, binaries };
}

/**
 * Makes a folder, and those above it that are missing. Not by Node's own `recursive`, which never ends where an existing
 * folder takes none, as in /proc: a `sync` ran there for a quarter of an hour, and no signal stopped it.
 */
async function makeFolder(path: string): Promise<void> {
  const made = async () => {
    await mkdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
    });
  };
  const parent = dirname(path);
  await made().catch(async (error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT' || parent === path) throw error;
    await makeFolder(parent);
    await made();
  });
}

/** The folder can be another user's while we are root: nothing else is read in the password's place. */
async function readPassword(home: string): Promise<string> {
  const { O_RDONLY, O_NOFOLLOW } = constants;
  return await readFile(join(home, 'password'), { encoding: 'utf8', flag: O_RDONLY | O_NOFOLLOW });
}

/** Locked by every process of a server, as long as one of them lives. */
export const lockFile = (home: string) => join(home, 'lock');

/** Locked, together, by the programs that use the server. */
export const usersFile = (home: string) => join(home, 'users');

const homeIn = (dataDir: string) => join(dataDir, 'postgres');

function isCluster(home: string): boolean {
  return existsSync(join(home, 'data', 'PG_VERSION'));
}

/** Looked at in this order, since another program may put a whole cluster there at any moment. */
async function isFree(home: string): Promise<boolean> {
  const names = existsSync(home) ? await readdir(home) : [];
  if (isCluster(home)) return false;
  if (names.length === 0) return true;
  throw new EmbeddedPostgresError(
    `${home} holds something that is no Postgres database. Set CPH_DATA_DIR to another directory, or DATABASE_URL.`,
  );
}

async function ownerOf(home: string): Promise<Account | undefined> {
  if (!existsSync(home)) return undefined;
  const { uid, gid } = await stat(home);
  return { uid, gid };
}

function foreign(home: string, { uid }: Account): EmbeddedPostgresError {
  return new EmbeddedPostgresError(
    `${home} belongs to another user (uid ${uid}). Run as that user, or set CPH_DATA_DIR to a directory of your own, or DATABASE_URL.`,
  );
}

async function requireMajor(home: string, major: string): Promise<void> {
  const found = (await readFile(join(home, 'data', 'PG_VERSION'), 'utf8')).trim();
  if (found === major) return;
  throw new EmbeddedPostgresError(
    `${home} was made by Postgres ${found}, and the embedded Postgres is ${major}. Move the database over with pg_dump and pg_restore of version ${found}, or set CPH_DATA_DIR to a new directory.`,
  );
}
