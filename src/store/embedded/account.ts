import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { EmbeddedPostgresError } from './error.ts';

/** Numeric ids of the user a Postgres program runs as. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

const SETPRIV = ['/usr/bin/setpriv', '/bin/setpriv'];

/**
 * The account to run Postgres as, or null for our own. Only root needs another, since Postgres refuses to run
 * as root: the owner of an existing cluster, else `postgres`, else `nobody`.
 */
export async function chooseAccount(owner: Account | undefined): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  // Elsewhere there is no /proc/self/fd to hand the account its directory by.
  if (platform() === 'linux') {
    const account = owner && owner.uid !== 0 ? owner : await unprivilegedAccount();
    if (account) return account;
  }
  throw new EmbeddedPostgresError(
    'Postgres refuses to run as root, and there is no account `postgres` or `nobody` to run it as. Run as an ordinary user, or set DATABASE_URL.',
  );
}

async function unprivilegedAccount(): Promise<Account | undefined> {
  const accounts = await readFile('/etc/passwd', 'utf8').catch(() => '');
  for (const name of ['postgres', 'nobody']) {
    const line = accounts.split('\n').find((one) => one.startsWith(`${name}:`));
    const [, , uid, gid] = line?.split(':') ?? [];
    if (uid && gid) return { uid: Number(uid), gid: Number(gid) };
  }
  return undefined;
}

interface PostgresCommand {
  readonly program: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Open files that it gets, from descriptor 3 on. */
  readonly files?: readonly number[];
  /** What becomes of what it says on stderr. */
  readonly stderr?: 'pipe' | 'ignore';
}

/**
 * Starts a program as `account`, in a session of its own: a Ctrl-C in the terminal reaches us and not the
 * server, which has to outlive our last transaction. Its environment is empty but for the locale, and it has
 * no capability.
 */
export function spawnPostgres(account: Account | null, command: PostgresCommand): ChildProcess {
  const [program, args] = account ? [command.program, command.args] : withoutCapabilities(command);
  // Leaving root for another user drops every capability, and node drops root's groups.
  return spawn(program, args, {
    ...account,
    // `/` because Postgres resolves its working directory, and the account may not be able to read ours.
    cwd: '/',
    detached: true,
    env: { LC_ALL: 'C', TZ: 'UTC', PATH: '/usr/local/bin:/usr/bin:/bin', ...command.env },
    stdio: ['ignore', 'ignore', command.stderr ?? 'pipe', ...(command.files ?? [])],
  });
}

/**
 * An ordinary user can be given capabilities that every program inherits (ambient ones, by systemd for one).
 */
function withoutCapabilities({ program, args }: PostgresCommand): [string, readonly string[]] {
  if (!hasAmbientCapabilities()) return [program, args];
  const setpriv = SETPRIV.find((path) => existsSync(path));
  if (setpriv) return [setpriv, ['--ambient-caps=-all', '--inh-caps=-all', '--', program, ...args]];
  throw new EmbeddedPostgresError(
    'This program runs with ambient capabilities, which Postgres must not get, and `setpriv` (package util-linux) is not installed to drop them. Install it, take the capabilities away, or set DATABASE_URL.',
  );
}

function hasAmbientCapabilities(): boolean {
  try {
    return /^CapAmb:\s*0*[1-9a-f]/m.test(readFileSync('/proc/self/status', 'utf8'));
  } catch {
    return false; // no /proc: not Linux, no capabilities
  }
}
