/** A TCP proxy in front of Postgres that loses connections when a test says so. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface LossyProxy {
  /** The same database, through the proxy. */
  readonly url: string;
  /** How many connections were asked for so far. */
  readonly connections: () => number;
  /**
   * The next statement with `text` in it reaches Postgres, and its answer is lost with the connection. With `after`, only
   * on a connection that has carried that text before.
   */
  readonly loseAnswer: (statement: { readonly text: string; readonly after?: string }) => void;
  /** Whether that has happened. */
  readonly lost: () => boolean;
  /** Loses the connections there are, and those to come as soon as they are made. */
  readonly refuse: () => void;
  /** Refuses no more. */
  readonly accept: () => void;
  /**
   * Connections die as those to a machine that lost its power: they stay open, nothing that is sent over them arrives and
   * nothing comes back. Those there are now or, with a text, the first that sends it.
   */
  readonly silence: (text?: string) => void;
  /** What was sent over dead connections. */
  readonly unheard: () => string;
  readonly close: () => Promise<void>;
}

export async function startLossyProxy(databaseUrl: string): Promise<LossyProxy> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let connections = 0;
  let refusing = false;
  let unheard = '';
  const silent = new Set<Socket>();
  let lastWords: string | null = null;
  let wanted: { text: string; after?: string } | null = null;
  const silence = (...dead: Socket[]) => {
    for (const socket of dead) silent.add(socket.unpipe().resume());
  };
  // Half open: without our answer to its goodbye, a client does not see its connection end.
  const server = createServer({ allowHalfOpen: true }, (client) => {
    connections += 1;
    if (refusing) return void client.on('error', () => undefined).destroy();
    const upstream = connect(Number(port), hostname);
    let carried = '';
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    client.on('data', (chunk) => {
      const text = chunk.toString('latin1');
      if (lastWords !== null && text.includes(lastWords)) {
        lastWords = null;
        silence(client, upstream);
      }
      if (silent.has(client)) unheard += text;
      if (wanted && text.includes(wanted.text) && carried.includes(wanted.after ?? '')) {
        wanted = null;
        // What comes back now is the answer: Postgres has done what it was told.
        upstream.unpipe(client).once('data', () => [client, upstream].map((socket) => socket.destroy()));
        upstream.resume();
      }
      carried += text;
    });
    client.pipe(upstream).pipe(client);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port');
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String(address.port);
  // Through TLS nothing could be told apart, and a server may offer it.
  url.searchParams.set('sslmode', 'disable');
  return {
    url: url.href,
    connections: () => connections,
    loseAnswer: (statement) => {
      wanted = statement;
    },
    lost: () => wanted === null,
    refuse: () => {
      refusing = true;
      for (const socket of sockets) socket.destroy();
    },
    accept: () => {
      refusing = false;
    },
    silence: (text) => {
      if (text === undefined) silence(...sockets);
      else lastWords = text;
    },
    unheard: () => unheard,
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
