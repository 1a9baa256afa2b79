import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { EmbeddedPostgresError } from './error.ts';

/** Numeric ids of the user a Postgres program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];
/** Bits of the capability masks in /proc/self/status (linux/capability.h). */
const DAC_OVERRIDE = 1n << 1n;
const DAC_READ_SEARCH = 1n << 2n;
const SETPCAP = 1n << 8n;

/**
 * The account to run Postgres as, or null for our own. Only root needs another, since Postgres refuses to run as
 * root: the owner of an existing cluster, else `postgres`, else `nobody`.
 */
export async function chooseAccount(owner: Account | undefined): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  if (owner && owner.uid !== 0) return owner;
  const accounts = await readFile('/etc/passwd', 'utf8');
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] =
      accounts
        .split('\n')
        .find((line) => line.startsWith(`${name}:`))
        ?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new EmbeddedPostgresError(
    'Postgres refuses to run as root, and there is no account `postgres` or `nobody` to run it as. Run as an ordinary user, or set DATABASE_URL.',
  );
}

/**
 * Starts a Postgres program as `account`, in a session of its own: a Ctrl-C in the terminal reaches us and not the
 * server, which has to outlive our last transaction. Its stderr is a pipe, its environment is empty but for the locale.
 */
export async function spawnPostgres(
  account: Account | null,
  command: PostgresCommand,
): Promise<ChildProcess> {
  const [program, args, ids] = await asAccount(account, command);
  return spawn(program, args, {
    ...ids,
    // `/` because Postgres resolves its working directory, and the account may not be able to read ours.
    cwd: '/',
    detached: true,
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin', ...command.env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
}

export interface PostgresCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

async function asAccount(
  account: Account | null,
  { program, args }: PostgresCommand,
): Promise<[string, string[], Partial<Account>]> {
  if (!account) return [program, [...args], {}];
  const setpriv = SETPRIV.find((path) => existsSync(path));
  const capability = setpriv && (await traversal(program));
  if (!setpriv || !capability) return [program, [...args], account];
  // The checkout or the data may be beneath a directory only root can enter (/root, a mktemp -d): the account keeps
  // one capability, to get past that. Without no_setuid_fixup, access(2) would disregard it, and Postgres finds its
  // own files by access(2).
  const kept = `-all,+${capability}`;
  const options = [
    `--reuid=${account.uid}`,
    `--regid=${account.gid}`,
    '--clear-groups',
    `--inh-caps=${kept}`,
    `--ambient-caps=${kept}`,
    '--securebits=+no_setuid_fixup',
  ];
  return [setpriv, [...options, '--', program, ...args], {}];
}

/**
 * The smallest capability with which another account reaches our files; containers often lack the one that only reads,
 * and a program installed under a strict umask can be executed with the other alone.
 */
async function traversal(program: string): Promise<'dac_read_search' | 'dac_override' | undefined> {
  const held = await effectiveCapabilities();
  if (!(held & SETPCAP)) return undefined;
  const executable = ((await stat(program)).mode & 0o005) === 0o005;
  if (executable && held & DAC_READ_SEARCH) return 'dac_read_search';
  return held & DAC_OVERRIDE ? 'dac_override' : undefined;
}

async function effectiveCapabilities(): Promise<bigint> {
  try {
    const status = await readFile('/proc/self/status', 'utf8');
    return BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`);
  } catch {
    return 0n; // no /proc: not Linux, no capabilities
  }
}
