import { HTTP, CloudEvent as OfficialCloudEvent } from 'cloudevents';
import { Webhook } from 'standardwebhooks';
import { beforeEach, describe, expect, test } from 'vitest';
import { cloudEvent } from '../src/inventory/event.ts';
import { append, built, created, imageIds } from './support/event-log.ts';
import { wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { deadLetters, sinkRow, useRelays, webhook } from './support/relay.ts';
import { drop, hang, useReceivers } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();
beforeEach(() => database.truncate());

/** Appends two events and takes one turn. */
async function deliverTwo(...[url, options]: Parameters<typeof webhook>) {
  const turns = await relays.byHand(database.db, webhook(url, options));
  turns.clock = new Date();
  await append(database.db, [created('a', { status_code: 0 }), built('a', 2)]);
  return await turns.take();
}

describe('a request', () => {
  test('holds the CloudEvent of the log, in structured mode, as the official SDK reads it', async () => {
    const receiver = await receivers.start();
    await deliverTwo(receiver.url);
    const log = await wholeLog(database.db);
    expect(log).toHaveLength(2);
    expect(receiver.posted).toHaveLength(2);
    for (const [i, event] of log.entries()) {
      const { headers, body, path } = receiver.posted[i] ?? { headers: {}, body: '', path: '' };
      expect(path).toBe('/hooks/cph');
      const read = HTTP.toEvent({ headers, body });
      if (!(read instanceof OfficialCloudEvent)) throw new Error('not one event');
      expect(read.validate()).toBe(true);
      expect(read.toJSON()).toEqual(cloudEvent(event));
      const structured = HTTP.structured(new OfficialCloudEvent({ ...cloudEvent(event) }));
      expect(JSON.parse(body)).toEqual(JSON.parse(String(structured.body)));
      expect(headers['content-type']).toBe(structured.headers['content-type']);
    }
  });

  test.each([
    ['whsec_ and Base64', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {}],
    ['Base64 alone', 'MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', {}],
    ['any other text', 'correct horse battery staple', { format: 'raw' as const }],
  ])(
    'is signed so that the library of the scheme verifies it, with a secret of %s',
    async (_form, secret, options) => {
      const receiver = await receivers.start();
      await deliverTwo(receiver.url, { secret: () => secret });
      expect(receiver.posted).toHaveLength(2);
      for (const { headers, body, event } of receiver.posted) {
        const given = Object.fromEntries(
          Object.entries(headers).map(([name, value]) => [name, String(value)]),
        );
        expect(new Webhook(secret, options).verify(body, given)).toEqual(event);
        expect(() => new Webhook(secret, options).verify(`${body} `, given)).toThrow();
        expect(headers['webhook-id']).toBe(event.id);
      }
    },
  );

  test('is signed with the secret of the moment', async () => {
    const receiver = await receivers.start();
    const secrets = ['whsec_Zmlyc3QgZmlyc3QgZmlyc3Q=', 'whsec_c2Vjb25kIHNlY29uZCBzZWM='];
    const asked = [...secrets];
    await deliverTwo(receiver.url, { secret: () => asked.shift() ?? '' });
    for (const [i, { headers, body }] of receiver.posted.entries()) {
      const given = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
      expect(() => new Webhook(secrets[i] ?? '').verify(body, given)).not.toThrow();
    }
    expect(receiver.posted).toHaveLength(2);
  });

  test('has its id and no signature where there is no secret', async () => {
    const receiver = await receivers.start();
    await deliverTwo(receiver.url);
    const [first] = receiver.posted;
    expect(first?.headers).toMatchObject({ 'webhook-id': first?.event.id });
    expect(first?.headers).not.toHaveProperty('webhook-signature');
  });

  test.each([
    ['us%40er:p%3Ass', 'us@er:p:ss'],
    ['user:100%', 'user:100%'],
  ])('carries the user and password of the URL as basic authentication: %s', async (part, plain) => {
    const receiver = await receivers.start();
    await deliverTwo(receiver.url.replace('://', `://${part}@`));
    const expected = `Basic ${Buffer.from(plain).toString('base64')}`;
    expect(receiver.posted[0]?.headers.authorization).toBe(expected);
    expect(receiver.accepted).toEqual(['a', 'a']);
  });
});

describe('filters', () => {
  const three = () => append(database.db, [created('a'), built('b', 1), built('c', 2)]);

  test.each([
    ['types', { types: ['cph.image.status_changed' as const] }, ['b', 'c']],
    ['to_status', { toStatus: ['usable' as const] }, ['a', 'b']],
    ['both', { types: ['cph.image.status_changed' as const], toStatus: ['failed' as const] }, ['c']],
    ['an impossible pair', { types: ['cph.image.removed' as const], toStatus: ['failed' as const] }, []],
  ])('by %s: the others are passed over without a request', async (_name, filter, expected) => {
    const receiver = await receivers.start();
    const turns = await relays.byHand(database.db, webhook(receiver.url, filter));
    const seqs = await three();
    expect(await turns.take()).toMatchObject({ delivered: expected.length, dead: 0, again_in_ms: null });
    expect(receiver.posted.map(({ event }) => event.subject)).toEqual(expected);
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: seqs.at(-1), attempts: 0 });
    expect(await deadLetters(database.db)).toEqual([]);
  });

  test('an event that is not wanted is passed over though the next one fails', async () => {
    const receiver = await receivers.start();
    receiver.answer = () => 500;
    const turns = await relays.byHand(database.db, webhook(receiver.url, { toStatus: ['failed'] }));
    const seqs = await three();
    await turns.take();
    turns.clock = new Date(turns.clock.getTime() + 1000);
    await turns.take();
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: seqs[1], attempts: 2 });
  });
});

describe('an answer', () => {
  test.each([200, 201, 202, 204, 299])('HTTP %i accepts', async (status) => {
    const receiver = await receivers.start();
    receiver.answer = () => status;
    expect(await deliverTwo(receiver.url)).toMatchObject({ delivered: 2, error: null });
  });

  test('accepts by its status, though its body breaks off', async () => {
    const receiver = await receivers.start();
    receiver.answer = (_posted, count) => (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('not a hundred', () => (count === 1 ? response.destroy() : response.end()));
    };
    expect(await deliverTwo(receiver.url, { timeoutMs: 1_000 })).toMatchObject({ delivered: 2, error: null });
    expect(receiver.posted.map(({ event }) => event.type)).toEqual([
      'cph.image.created',
      'cph.image.status_changed',
    ]);
  });

  test.each([400, 402, 405, 410, 413, 422])('HTTP %i refuses for good', async (status) => {
    const receiver = await receivers.start();
    receiver.answer = () => status;
    expect(await deliverTwo(receiver.url)).toMatchObject({ delivered: 0, dead: 2, retried: false });
    expect(receiver.posted).toHaveLength(2);
  });

  test.each([300, 304, 307, 401, 403, 404, 408, 409, 425, 429, 500, 502, 503, 504, 599])(
    'HTTP %i is tried again',
    async (status) => {
      const receiver = await receivers.start();
      receiver.answer = () => status;
      expect(await deliverTwo(receiver.url)).toMatchObject({ delivered: 0, dead: 0, retried: true });
      expect(receiver.posted).toHaveLength(1);
    },
  );

  test('that redirects is not followed, and the error says what to do', async () => {
    const [receiver, elsewhere] = [await receivers.start(), await receivers.start()];
    const location = `${elsewhere.url}?token=secret`;
    receiver.answer = () => (response) => response.writeHead(308, { location }).end();
    const outcome = await deliverTwo(receiver.url);
    expect(outcome).toMatchObject({ delivered: 0, retried: true });
    expect(outcome?.error).toContain(`HTTP 308, a redirect to ${new URL(elsewhere.url).origin};`);
    expect(outcome?.error).toMatch(/configure the URL it leads to$/);
    expect(elsewhere.posted).toEqual([]);
  });

  test.each([
    ['that never comes', hang, /^http:\/\/127\.0\.0\.1:\d+ gave no answer \(none within 50 ms\)$/],
    ['that breaks off', drop, /^http:\/\/127\.0\.0\.1:\d+ gave no answer \((UND_ERR_SOCKET|ECONNRESET)\)$/],
  ])('%s is tried again', async (_case, answer, error) => {
    const receiver = await receivers.start();
    receiver.answer = () => answer;
    const outcome = await deliverTwo(receiver.url, { timeoutMs: 50 });
    expect(outcome).toMatchObject({ delivered: 0, dead: 0, retried: true });
    expect(outcome?.error).toMatch(error);
  });

  test('of nobody is tried again', async () => {
    const receiver = await receivers.start();
    await receiver.down();
    const outcome = await deliverTwo(receiver.url);
    expect(outcome).toMatchObject({ delivered: 0, retried: true });
    expect(outcome?.error).toBe(`${new URL(receiver.url).origin} gave no answer (ECONNREFUSED)`);
  });

  test('is told by its first 500 printable characters', async () => {
    const receiver = await receivers.start();
    receiver.answer = () => (response) =>
      response.writeHead(400).end(`\u0000\u001b[31mno\r\n\tway\u0007 ${'é'.repeat(100_000)}`);
    const outcome = await deliverTwo(receiver.url);
    const said = `[31mno way ${'é'.repeat(489)}`;
    expect(outcome?.error).toBe(`${new URL(receiver.url).origin} answered HTTP 400: ${said}`);
  });

  test('of a body without end is cut off, and the connection with it', async () => {
    const receiver = await receivers.start();
    receiver.answer = () => (response) => {
      response.writeHead(400);
      const more = () => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', more);
      more();
    };
    expect(await deliverTwo(receiver.url)).toMatchObject({ dead: 2 });
  });

  test('that repeats what it was sent shows none of its secrets', async () => {
    const receiver = await receivers.start();
    const url = `${receiver.url.replace('://', '://user:p%40ssw0rd@')}/T0KENT0KENT0KEN?key=an0ther-l0ng-token`;
    receiver.answer =
      ({ headers, path }) =>
      (response) =>
        response.writeHead(400).end(`p@ssw0rd p%40ssw0rd ${headers.authorization} cannot POST ${path}`);
    await deliverTwo(url);
    const [letter] = await deadLetters(database.db);
    expect(letter?.last_error).toContain('cannot POST /hooks/cph/[secret]?key=[secret]');
    expect(letter?.last_error).toContain('[secret] [secret] Basic [secret]');
    expect(letter?.last_error).not.toMatch(/T0KEN|l0ng|ssw0rd/);
  });
});

test('one connection serves all requests, one after the other', async () => {
  const receiver = await receivers.start();
  const ports = new Set<unknown>();
  let answering = 0;
  receiver.answer = () => async (response) => {
    ports.add(response.socket?.remotePort);
    answering += 1;
    expect(answering).toBe(1);
    await new Promise(setImmediate);
    answering -= 1;
    response.writeHead(200).end('thanks');
  };
  const turns = await relays.byHand(database.db, webhook(receiver.url));
  await append(
    database.db,
    imageIds(20).map((id) => created(id)),
  );
  expect(await turns.take()).toMatchObject({ delivered: 20 });
  expect(ports.size).toBe(1);
});
