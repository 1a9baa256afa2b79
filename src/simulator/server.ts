import { once, setMaxListeners } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createAccess, type KeyPair } from './access.ts';
import { type Edition, REFERENCE_EDITION } from './edition.ts';
import { createFaultSchedule } from './fault-schedule.ts';
import type { Fault } from './faults.ts';
import { createIam, type IamUser } from './iam.ts';
import type { LoggedRequest } from './request-log.ts';
import { respond, type Session } from './session.ts';
import { createTokens } from './tokens.ts';
import type { World } from './world.ts';

/** Tokens can be larger than Node's default of 16 KiB for all headers, in the request and in the answer. */
const MAX_HEADER_BYTES = 256 * 1024;
const DAY_MS = 24 * 3_600_000;

/** What the cloud accepts beside its tokens. These are constants, as they guard nothing. */
export const USER: IamUser = {
  name: 'simulated-user',
  password: 'simulated-password',
  domain: 'simulated-domain',
};

export const KEY_PAIR: KeyPair = { access: 'SIMULATEDACCESSKEY01', secret: 'simulated-secret-key' };

export const TEMPORARY_KEY_PAIR: KeyPair & { readonly securityToken: string } = {
  access: 'SIMULATEDACCESSKEY02',
  secret: 'simulated-temporary-secret-key',
  securityToken: 'simulated-security-token',
};

export interface SimulatorOptions {
  readonly world: World;
  /** A free one when left out. */
  readonly port?: number;
  /**
   * Drives the world: before each answer the world moves on to this time. Left out, the world's clock stands
   * still until it is told to move.
   */
  readonly now?: () => Date;
  /** Where it should differ from the reference pages. */
  readonly edition?: Partial<Edition>;
  readonly faults?: readonly Fault[];
  /**
   * The tokens that logins give: how long they are valid (24 hours by default) and the least length of their
   * text.
   */
  readonly tokens?: { readonly lifetimeMs?: number; readonly bytes?: number };
}

export interface Simulator {
  /** `http://127.0.0.1:…`, without a slash at the end. */
  readonly url: string;
  /** The base of IAM's endpoint, which the same server answers. */
  readonly authUrl: string;
  /** Accepted for every project, until revoked. */
  readonly token: string;
  readonly user: IamUser;
  readonly keyPair: KeyPair;
  readonly temporaryKeyPair: KeyPair & { readonly securityToken: string };
  /** Every request since the start, in order of arrival. */
  readonly requests: readonly LoggedRequest[];
  /** The faults in force. A fault pushed here counts requests from then on. */
  readonly faults: Fault[];
  /** The API works in another way from the next request on; what is left out stays as it is. */
  setEdition(changes: Partial<Edition>): void;
  /** Replaces all faults and starts their counts again. */
  setFaults(faults: readonly Fault[]): void;
  /** Another token like `token`. */
  issueToken(): string;
  /** Ends every token given out so far, `token` included. */
  revokeTokens(): void;
  /** Stops listening and cuts the connections that are left, whether answered or not. */
  close(): Promise<void>;
}

/** Serves the world's images as the CPH API and IAM, on 127.0.0.1. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const { world, port = 0, now = world.now, edition, faults = [] } = options;
  const tokens = createTokens({ lifetimeMs: DAY_MS, bytes: 0, ...options.tokens });
  const schedule = createFaultSchedule(faults);
  const closing = new AbortController();
  // Every answer that is kept back listens to it. Hundreds may be under way.
  setMaxListeners(0, closing.signal);
  const session: Session = {
    cloud: {
      world,
      edition: { ...REFERENCE_EDITION, ...edition },
      turns: new Map(),
      access: createAccess(tokens, [KEY_PAIR, TEMPORARY_KEY_PAIR]),
      iam: createIam(world, tokens, USER),
    },
    schedule,
    requests: [],
    now,
    signal: closing.signal,
  };

  const server = createServer({ maxHeaderSize: MAX_HEADER_BYTES }, (message, response) =>
    respond({ message, response }, session),
  );
  const url = await listen(server, port);
  return {
    url,
    authUrl: `${url}/v3`,
    token: tokens.grant(),
    user: USER,
    keyPair: KEY_PAIR,
    temporaryKeyPair: TEMPORARY_KEY_PAIR,
    requests: session.requests,
    faults: schedule.faults,
    setEdition(changes) {
      session.cloud.edition = { ...session.cloud.edition, ...changes };
    },
    setFaults: schedule.set,
    issueToken: tokens.grant,
    revokeTokens: tokens.revokeAll,
    async close() {
      closing.abort();
      await stop(server);
    },
  };
}

async function listen(server: Server, port: number): Promise<string> {
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the simulator has no TCP address');
  return `http://127.0.0.1:${address.port}`;
}

async function stop(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}
