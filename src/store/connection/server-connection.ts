/**
 * The protocol's connection, which finds its server by itself: host after host, with TLS or without, as
 * libpq does. pg sees one connection that is ready or has failed.
 */
import { once } from 'node:events';
import { connect as openSocket, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import pg from 'pg';
import type { Address, Endpoint } from '../../database-url/address.ts';
import { type Attempt, attemptsOf, refusalOf } from './attempts.ts';
import { Login, LoginError, type Message } from './login.ts';
import { noteServer } from './server-name.ts';
import { encrypt, offersTls, TlsFileError } from './tls.ts';

/** What of pg's connection its types leave out. */
interface Wire extends NodeJS.EventEmitter {
  stream: Duplex;
  _connecting: boolean;
  _ending: boolean;
  attachListeners(stream: Duplex): void;
  startup(message: Readonly<Record<string, string>>): void;
  query(text: string): void;
}
const PgConnection = pg.Connection as unknown as new (config: object) => Wire;

/** For one server that does not answer. */
const CONNECT_TIMEOUT_MS = 10_000;

/** How long it can take to have tried all servers of an address, in milliseconds. */
export function connectLimitOf({ endpoints, connectTimeoutMs, session }: Address): number {
  const rounds = session === 'prefer-standby' ? 2 : 1;
  return endpoints.length * rounds * (connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
}

export class ServerConnection extends PgConnection {
  readonly #address: Address;
  readonly #applicationName: string;
  /** While a server is being tried. */
  #login: Login | null = null;
  /** The server that is being tried, or is ours. */
  #server: Endpoint | null = null;

  constructor(address: Address, applicationName: string) {
    super({});
    this.#address = address;
    this.#applicationName = applicationName;
  }

  /** Called by pg, with one host of which there may be several: all that counts is the address. */
  connect(): void {
    this._connecting = true;
    void this.#find();
  }

  /** pg would add what the environment of the process says (PGOPTIONS, PGREPLICATION and others). */
  override startup(): void {
    const { user, database, startup } = this.#address;
    super.startup({ user, database, application_name: this.#applicationName, ...startup });
  }

  /** What a server says before it is ours is for the login to hear first. */
  override emit(event: string | symbol, ...args: unknown[]): boolean {
    if (this.#server && (event === 'errorMessage' || event === 'error')) noteServer(args[0], this.#server);
    if (this.#login?.hears(String(event), args[0] as Message)) return true;
    return super.emit(event, ...args);
  }

  async #find(): Promise<void> {
    const failures: Failure[] = [];
    for (const attempt of attemptsOf(this.#address)) {
      if (attempt.after && !attempt.after(failures.at(-1)?.error)) continue;
      const failure = await this.#try(attempt).then(
        () => null,
        (error: Error) => error,
      );
      if (failure === null) return;
      noteServer(failure, attempt.endpoint);
      failures.push({ endpoint: attempt.endpoint, error: failure });
      if (this._ending || isFinal(failure)) break;
    }
    // What is told of them all names each.
    super.emit('error', refusalOf(failures));
    process.nextTick(() => super.emit('end'));
  }

  /** Resolves when the server is ours; rejects with why not, and has left it then. */
  async #try({ endpoint, encryption, session }: Attempt): Promise<void> {
    const { connectTimeoutMs, bound } = this.#address;
    const limit = connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    this.#server = endpoint;
    const socket = this.#open(endpoint);
    const late = setTimeout(() => socket.destroy(lateAfter(limit)), limit);
    try {
      const broken = failureOf(socket);
      await Promise.race([once(socket, 'connect'), broken]);
      const stream = await Promise.race([this.#secure(socket, { endpoint, encryption }), broken]);
      this.stream = stream;
      const login = new Login({ session, bound, query: (text) => this.query(text) });
      this.#login = login;
      this.attachListeners(stream);
      super.emit('connect');
      await Promise.race([login.done, broken, failureOf(stream)]);
      this.#keep(stream, login);
    } catch (error) {
      this.#login = null;
      this.stream.removeAllListeners('data');
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(late);
    }
  }

  #open({ host, address, port }: Endpoint): Socket {
    const socket = host.startsWith('/')
      ? openSocket(`${host}/.s.PGSQL.${port}`)
      : openSocket({ host: address ?? host, port });
    socket.setNoDelay(true);
    const { keepAliveMs } = this.#address;
    if (keepAliveMs !== null) socket.setKeepAlive(true, keepAliveMs);
    // Whoever gives up on a connection destroys its stream, also while servers are being tried.
    this.stream = socket;
    return socket;
  }

  async #secure(
    socket: Socket,
    { endpoint, encryption }: Pick<Attempt, 'endpoint' | 'encryption'>,
  ): Promise<Duplex> {
    if (encryption === 'none') return socket;
    const { tls } = this.#address;
    if (!tls.direct && !(await offersTls(socket))) {
      if (encryption === 'offered') return socket;
      throw new Error('the server does not offer TLS, which sslmode asks for');
    }
    return encrypt(socket, tls, endpoint.host);
  }

  /** From here on it is a connection like any other. */
  #keep(stream: Duplex, login: Login): void {
    this.#login = null;
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!(this._ending && (error.code === 'ECONNRESET' || error.code === 'EPIPE')))
        this.emit('error', error);
    });
    stream.on('close', () => this.emit('end'));
    super.emit('readyForQuery', login.ready);
  }
}

export interface Failure {
  readonly endpoint: Endpoint;
  readonly error: Error;
}

const lateAfter = (ms: number) =>
  Object.assign(new Error(`no answer within ${ms / 1000} s`), { code: 'ETIMEDOUT' });

/** Rejects when the stream breaks; nobody else has to listen. */
function failureOf(stream: Duplex): Promise<never> {
  const broken = new Promise<never>((_, reject) => {
    stream.on('error', reject);
    stream.on('close', () => reject(new Error('Connection terminated unexpectedly')));
  });
  broken.catch(() => undefined);
  return broken;
}

/** Whether another server would say the same: a login that failed, or a file of ours that cannot be read. */
function isFinal(error: Error): boolean {
  if (error instanceof TlsFileError || error instanceof LoginError) return true;
  return error instanceof pg.DatabaseError && error.code !== '57P03' && error.code !== '28000';
}
