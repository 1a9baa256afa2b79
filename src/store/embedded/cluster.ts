import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import {
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { join } from 'node:path';
import { type Account, chooseAccount, spawnPostgres } from './account.ts';
import { locateBinaries, type PostgresBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';

/** A Postgres data directory that is ours to start a server on. */
export interface Cluster {
  readonly data: string;
  readonly password: string;
  readonly account: Account | null;
  readonly binaries: PostgresBinaries;
}

const STAGING = 'postgres.new-';

/**
 * The cluster `<dataDir>/postgres`, made when there is none. Two programs may call this at the same moment: each makes
 * its own beside the final place, and the rename decides whose it is.
 *
 * @throws EmbeddedPostgresError when the directory is another user's, of another Postgres major, or cannot be made
 */
export async function openCluster(dataDir: string, signal: AbortSignal): Promise<Cluster> {
  const binaries = await locateBinaries();
  try {
    return await findOrMake(dataDir, binaries, signal);
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
  binaries: PostgresBinaries,
  signal: AbortSignal,
): Promise<Cluster> {
  await mkdir(dataDir, { recursive: true });
  const parent = await realpath(dataDir);
  const home = join(parent, 'postgres');
  const owner = await ownerOf(home);
  const account = await chooseAccount(owner);
  const ours = process.getuid?.();
  // Root, 0, becomes whoever owns it.
  if (owner && ours && owner.uid !== ours) throw foreign(home, owner);
  if (await isFree(home)) await initialise(home, { parent, account, binaries, signal });
  await requireMajor(home, binaries.major);
  return {
    data: join(home, 'data'),
    password: await readFile(join(home, 'password'), 'utf8'),
    account,
    binaries,
  };
}

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

interface Initialisation {
  readonly parent: string;
  readonly account: Account | null;
  readonly binaries: PostgresBinaries;
  readonly signal: AbortSignal;
}

async function initialise(
  home: string,
  { parent, account, binaries, signal }: Initialisation,
): Promise<void> {
  const staging = await mkdtemp(join(parent, STAGING));
  try {
    const password = join(staging, 'password');
    await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
    if (account) await Promise.all([staging, password].map((path) => chown(path, account.uid, account.gid)));
    await runInitdb(staging, { account, binaries, signal });
    await rename(staging, home);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Whoever is first removes what the others have begun: having failed for that reason is not a failure.
    if (isCluster(home)) return;
    throw error;
  }
  await removeStaging(parent);
}

async function runInitdb(staging: string, { account, binaries, signal }: Omit<Initialisation, 'parent'>) {
  signal.throwIfAborted();
  const child = await spawnPostgres(account, {
    program: binaries.initdb,
    args: [
      `--pgdata=${join(staging, 'data')}`,
      '--username=postgres',
      `--pwfile=${join(staging, 'password')}`,
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ],
  });
  const stop = () => child.kill();
  signal.addEventListener('abort', stop);
  let output = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  const [code] = await once(child, 'close').finally(() => signal.removeEventListener('abort', stop));
  signal.throwIfAborted();
  if (code === 0) return;
  throw new EmbeddedPostgresError('Cannot make a database: initdb failed. Mend it, or set DATABASE_URL.', {
    output,
  });
}

/** What programs killed during initdb left behind: some 40 MB each. */
async function removeStaging(parent: string): Promise<void> {
  const left = (await readdir(parent)).filter((name) => name.startsWith(STAGING));
  // One that is still being written to may refuse to go; its own program removes it.
  await Promise.allSettled(left.map((name) => rm(join(parent, name), { recursive: true, force: true })));
}
