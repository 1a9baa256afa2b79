import { once } from 'node:events';
import { connect } from 'node:net';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { MOST_STREAMS } from '../src/http/event-stream.ts';
import { READY, startHttpServer } from '../src/http/server.ts';
import { append, created, imageIds } from './support/event-log.ts';
import { validEvent } from './support/event-schema.ts';
import { useTestDatabase } from './support/postgres.ts';
import { siteOf } from './support/site.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const started = () =>
  startHttpServer({
    host: '127.0.0.1',
    port: 0,
    site: siteOf(database.db),
    readiness: async () => ({ database: READY, migrations: READY, schedules: READY }),
    metrics: { contentType: 'text/plain', page: async () => '' },
  });

async function serve(): Promise<string> {
  const server = await started();
  onTestFinished(() => server.close());
  return `${server.url}/api/events/stream`;
}

interface Listener {
  readonly status: number;
  readonly headers: Headers;
  readonly ids: number[];
  /** What was sent as `data`. */
  readonly data: object[];
  readonly hangUp: () => void;
  /** Settles when the stream has ended, by either side. */
  readonly ended: Promise<void>;
}

/** Reads a stream as a browser does, with the id it had last. */
async function listen(url: string, lastEventId?: number): Promise<Listener> {
  const ending = new AbortController();
  const headers = lastEventId === undefined ? {} : { 'last-event-id': String(lastEventId) };
  const answer = await fetch(url, { headers, signal: ending.signal });
  const [ids, data]: [number[], object[]] = [[], []];
  const read = async () => {
    let text = '';
    for await (const part of answer.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += part;
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const id = /^id: (\d+)$/m.exec(block)?.[1];
        if (id) ids.push(Number(id));
        const json = /^data: (.*)$/m.exec(block)?.[1];
        if (json) data.push(JSON.parse(json));
      }
    }
  };
  const ended = answer.ok ? read().catch(() => undefined) : Promise.resolve();
  onTestFinished(() => {
    ending.abort();
    for (const event of data) validEvent(event);
  });
  return { status: answer.status, headers: answer.headers, ids, data, hangUp: () => ending.abort(), ended };
}

describe('a stream of the log', () => {
  test('begins with what comes next, and each event is a CloudEvent with its seq as id', async () => {
    await append(database.db, [created('old')]);
    const listener = await listen(await serve());
    const [seq = 0] = await append(database.db, [created('new')]);
    await until(() => listener.ids.length > 0);
    expect(listener.ids).toEqual([seq]);
    expect(listener.data).toMatchObject([{ type: 'cph.image.created', subject: 'new' }]);
  });

  test('is kept back by no proxy and kept by no cache', async () => {
    const { headers } = await listen(await serve());
    expect(headers.get('content-type')).toContain('text/event-stream');
    expect(headers.get('x-accel-buffering')).toBe('no');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('goes on behind the last event a browser had, without gap or double', async () => {
    const url = await serve();
    const seqs = await append(
      database.db,
      imageIds(1200).map((id) => created(id)),
    );
    const first = await listen(url, 0);
    await until(() => first.ids.length >= 700);
    first.hangUp();
    await first.ended;
    const had = first.ids.at(-1);
    const second = await listen(`${url}?after=0`, had);
    seqs.push(...(await append(database.db, [created('late')])));
    await until(() => second.ids.at(-1) === seqs.at(-1));
    expect([...first.ids, ...second.ids]).toEqual(seqs);
  });

  test('tells everybody the same, whoever is behind and whoever came late', async () => {
    const url = await serve();
    const seqs = await append(
      database.db,
      imageIds(50).map((id) => created(id)),
    );
    const [atStart, late] = [await listen(url, 0), await listen(url, seqs[39])];
    for (const id of ['x', 'y', 'z']) seqs.push(...(await append(database.db, [created(id)])));
    await until(() => atStart.ids.length === 53 && late.ids.length === 13);
    expect(atStart.ids).toEqual(seqs);
    expect(late.ids).toEqual(seqs.slice(40));
  });

  test('a number from the future is no place in this log: the stream begins with what comes next', async () => {
    const listener = await listen(await serve(), 999_999);
    const seqs = await append(database.db, [created('a')]);
    await until(() => listener.ids.length > 0);
    expect(listener.ids).toEqual(seqs);
  });

  test.each(['-1', '1.5', 'x', '1e3'])('refuses %s for a number, and says what it takes', async (after) => {
    const answer = await fetch(`${await serve()}?after=${after}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({
      error: { parameter: 'after', message: expect.stringContaining(after) },
    });
  });

  test('HEAD is answered and opens none', async () => {
    const url = await serve();
    const heads = Array.from({ length: MOST_STREAMS + 1 }, () => fetch(url, { method: 'HEAD' }));
    expect(new Set((await Promise.all(heads)).map(({ status }) => status))).toEqual(new Set([200]));
    expect((await listen(url)).status).toBe(200);
  });
});

test('at most a hundred streams are open; the next is refused, and let in when one has gone', async () => {
  const url = await serve();
  const open = await Promise.all(Array.from({ length: MOST_STREAMS }, () => listen(url)));
  expect(open.every(({ status }) => status === 200)).toBe(true);
  const refused = await listen(url);
  expect(refused.status).toBe(503);
  expect(refused.headers.get('retry-after')).toBe('30');
  open[0]?.hangUp();
  await until(async () => (await listen(url)).status === 200);
});

test('a reader that takes nothing holds up nobody', async () => {
  const url = new URL(await serve());
  const socket = connect({ host: url.hostname, port: Number(url.port) });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'connect');
  socket.pause();
  socket.write(`GET ${url.pathname} HTTP/1.1\r\nhost: ${url.host}\r\nlast-event-id: 0\r\n\r\n`);
  const other = await listen(url.href, 0);
  const long = 'x'.repeat(3000);
  const seqs: number[] = [];
  for (let i = 0; i < 10; i++) {
    const images = imageIds(400, i * 400).map((id) => created(id, { image_label: long } as never));
    seqs.push(...(await append(database.db, images)));
  }
  await until(() => other.ids.length === seqs.length);
  expect(other.ids).toEqual(seqs);
});

test('a server that closes ends its streams', async () => {
  const server = await started();
  const listener = await listen(`${server.url}/api/events/stream`);
  await server.close();
  await listener.ended;
  expect(listener.ids).toEqual([]);
});
