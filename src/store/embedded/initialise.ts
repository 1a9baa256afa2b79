import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { chown, mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { type Account, spawnPostgres } from './account.ts';
import type { PostgresBinaries } from './binaries.ts';
import { EmbeddedPostgresError } from './error.ts';
import { handedPath, openFolder } from './folder.ts';

const STAGING = 'postgres.new-';

interface Initialisation {
  readonly parent: string;
  /** Who owns the place already. */
  readonly owner: Account | undefined;
  readonly account: Account | null;
  readonly binaries: PostgresBinaries;
  readonly signal: AbortSignal;
}

/**
 * Makes a cluster beside its final place and moves it there, or leaves that of another program that was
 * sooner. Of two files, `password` and `data`, only the second is the account's: see {@link Cluster}.
 *
 * @throws EmbeddedPostgresError when initdb fails, with what it says
 */
export async function initialise(home: string, options: Initialisation): Promise<void> {
  const { parent, owner, account } = options;
  requireUserName(account);
  const staging = await mkdtemp(join(parent, STAGING));
  try {
    const password = join(staging, 'password');
    await writeFile(password, randomBytes(24).toString('base64url'), { mode: 0o600 });
    await mkdir(join(staging, 'data'), { mode: 0o700 });
    // The password as well, while initdb reads it.
    if (account) await giveTo(account, [password, join(staging, 'data')]);
    await runInitdb(staging, options);
    if (account) await giveTo(owner ?? { uid: 0, gid: 0 }, [password, staging]);
    await rename(staging, home);
  } catch (error) {
    await rm(staging, { recursive: true, force: true });
    // Whoever is first removes what the others have begun: having failed for that reason is not a failure.
    if (existsSync(join(home, 'data', 'PG_VERSION'))) return;
    throw error;
  }
  await removeStaging(parent);
}

/** Only initdb wants one; a server runs without. */
function requireUserName(account: Account | null): void {
  if (account) return;
  try {
    userInfo();
  } catch (cause) {
    const uid = process.getuid?.();
    throw new EmbeddedPostgresError(
      `Cannot make a database: initdb runs only as a user with a name, and uid ${uid} has none. Give it one while the image is built or the container starts (echo 'cph:x:${uid}:0::/:/sbin/nologin' >> /etc/passwd), or set DATABASE_URL.`,
      { cause },
    );
  }
}

async function giveTo({ uid, gid }: Account, paths: readonly string[]): Promise<void> {
  await Promise.all(paths.map((path) => chown(path, uid, gid)));
}

async function runInitdb(
  staging: string,
  { account, binaries, signal }: Pick<Initialisation, 'account' | 'binaries' | 'signal'>,
): Promise<void> {
  signal.throwIfAborted();
  const [data, password] = [join(staging, 'data'), join(staging, 'password')];
  const files = account ? [openFolder(data), openSync(password, 'r')] : [];
  const child = spawnPostgres(account, {
    program: binaries.initdb,
    args: [
      `--pgdata=${account ? handedPath(3) : data}`,
      `--pwfile=${account ? handedPath(4) : password}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      '--encoding=UTF8',
      '--locale=C',
    ],
    files,
  });
  for (const file of files) closeSync(file);
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
