/** In which order, and on which terms, servers are tried. */
import pg from 'pg';
import type { Address, Endpoint, Session } from '../../database-url/address.ts';
import type { Failure } from './server-connection.ts';
import { HandshakeError } from './tls.ts';

/** `offered`: encrypted if the server can. */
type Encryption = 'none' | 'offered' | 'needed';

export interface Attempt {
  readonly endpoint: Endpoint;
  readonly encryption: Encryption;
  readonly session: Session;
  /** Whether it is worth while after what the attempt before it failed with; always without. */
  readonly after?: (failure: Error | undefined) => boolean;
}

/** The server is another one than was asked for. */
export class Mismatch extends Error {
  override readonly name = 'Mismatch';
}

export function attemptsOf({ endpoints, shuffled, session, tls }: Address): Attempt[] {
  const order = shuffled ? shuffle(endpoints) : endpoints;
  const sessions: Session[] = session === 'prefer-standby' ? ['standby', 'any'] : [session];
  return sessions.flatMap((wanted) =>
    order.flatMap((endpoint) =>
      waysOf(endpoint, tls.mode).map((way) => ({ endpoint, session: wanted, ...way })),
    ),
  );
}

type Way = Pick<Attempt, 'encryption' | 'after'>;

function waysOf({ host }: Endpoint, mode: Address['tls']['mode']): Way[] {
  // Nobody listens in on a unix socket, and Postgres speaks no TLS there.
  if (mode === 'disable' || host.startsWith('/')) return [{ encryption: 'none' }];
  if (mode === 'allow') return [{ encryption: 'none' }, { encryption: 'needed', after: isDenied }];
  if (mode === 'prefer')
    return [{ encryption: 'offered' }, { encryption: 'none', after: isEncryptionAtFault }];
  return [{ encryption: 'needed' }];
}

/** pg_hba.conf lets nobody in like this. A wrong password is another error, and is not offered twice. */
function isDenied(failure: Error | undefined): boolean {
  return failure instanceof pg.DatabaseError && failure.code === '28000';
}

function isEncryptionAtFault(failure: Error | undefined): boolean {
  return isDenied(failure) || failure instanceof HandshakeError;
}

/** What to say when no server would have us: the only failure, or the last one with those of all hosts. */
export function refusalOf(failures: readonly Failure[]): Error {
  const last = failures.at(-1)?.error ?? new Error('no server was tried');
  const hosts = new Map(failures.map(({ endpoint: { host, port }, error }) => [`${host}:${port}`, error]));
  if (hosts.size < 2 || last instanceof pg.DatabaseError) return last;
  const text = [...hosts].map(([host, error]) => `${host}: ${reasonOf(error)}`).join('; ');
  const code = 'code' in last ? { code: last.code } : {};
  return Object.assign(new Error(text, { cause: last }), code);
}

/** One host may have several addresses, and each an error of its own. */
function reasonOf(error: Error): string {
  return error.message || ('code' in error ? String(error.code) : error.name);
}

function shuffle<Item>(items: readonly Item[]): Item[] {
  return items
    .map((item) => ({ item, place: Math.random() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
