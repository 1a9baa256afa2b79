import { beforeEach, describe, expect, test } from 'vitest';
import type { Acceptance } from '../src/delivery/acceptance.ts';
import { append, created } from './support/event-log.ts';
import { useTestDatabase } from './support/postgres.ts';
import { deadLetters, later, sinkRow, useRelays, webhook } from './support/relay.ts';
import { useReceivers } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();
beforeEach(() => database.truncate());

const ERRCODE: Acceptance = { path: ['errcode'], equals: '0' };
const CODE: Acceptance = { path: ['code'], equals: '0' };

/** A receiver that says `body` with 200, the turns of a sink that listens to it, and two events. */
async function saying(body: string, accept: Acceptance) {
  const receiver = await receivers.start();
  receiver.answer = () => (response) => response.writeHead(200).end(body);
  const turns = await relays.byHand(database.db, webhook(receiver.url, { accept }));
  const [first, second] = await append(database.db, [created('a'), created('b')]);
  return { receiver, turns, first, second };
}

describe('a 200 that accepts', () => {
  test.each([
    ['DingTalk', '{"errcode":0,"errmsg":"ok"}', ERRCODE],
    ['WeCom', '{"errcode":0,"errmsg":"ok"}', ERRCODE],
    ['Feishu', '{"StatusCode":0,"StatusMessage":"success","code":0,"data":{},"msg":"success"}', CODE],
    ['Feishu before 2023', '{"Extra":null,"StatusCode":0}', { path: ['StatusCode'], equals: '0' }],
    ['a number as text', '{"errcode":"0"}', ERRCODE],
    ['a number in another spelling', '{"errcode":0.0}', ERRCODE],
    ['a word', '{"status":"ok"}', { path: ['status'], equals: 'ok' }],
    ['a truth', '{"ok":true}', { path: ['ok'], equals: 'true' }],
    ['null', '{"error":null}', { path: ['error'], equals: 'null' }],
    [
      'a value deeper down',
      '{"data":{"results":[{"code":1},{"code":0}]}}',
      deep('data', 'results', '1', 'code'),
    ],
    ['a byte order mark before it', '\uFEFF{"errcode":0}', ERRCODE],
    ['a long answer', `{"errcode":0,"echo":"${'x'.repeat(200_000)}"}`, ERRCODE],
  ])('%s', async (_case, body, accept) => {
    const { turns, receiver, second } = await saying(body, accept);
    expect(await turns.take()).toMatchObject({ delivered: 2, dead: 0, retried: false, error: null });
    expect(receiver.posted).toHaveLength(2);
    expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: second, attempts: 0 });
  });
});

describe('a 200 that refuses is no delivery, and its reason can be read', () => {
  test.each([
    [
      'DingTalk',
      '{"errcode":310000,"errmsg":"sign not match"}',
      ERRCODE,
      'has 310000 for errcode instead of 0',
    ],
    [
      'WeCom',
      '{"errcode":93000,"errmsg":"invalid webhook url"}',
      ERRCODE,
      'has 93000 for errcode instead of 0',
    ],
    ['Feishu', '{"code":19021,"msg":"sign match fail"}', CODE, 'has 19021 for code instead of 0'],
    ['text that only begins alike', '{"errcode":"0x"}', ERRCODE, 'has "0x" for errcode instead of 0'],
    ['an empty text', '{"errcode":""}', ERRCODE, 'has "" for errcode instead of 0'],
    [
      'another case',
      '{"status":"OK"}',
      { path: ['status'], equals: 'ok' },
      'has "OK" for status instead of ok',
    ],
    ['false', '{"errcode":false}', ERRCODE, 'has false for errcode instead of 0'],
    ['null', '{"errcode":null}', ERRCODE, 'has null for errcode instead of 0'],
    ['an object there', '{"errcode":{"0":0}}', ERRCODE, 'has an object for errcode instead of 0'],
    ['a list there', '{"errcode":[0]}', ERRCODE, 'has a list for errcode instead of 0'],
    ['a missing path', '{"errmsg":"ok"}', ERRCODE, 'has no errcode'],
    [
      'a name that every object has',
      '{}',
      { path: ['constructor', 'name'], equals: 'Object' },
      'has no constructor.name',
    ],
    ['null as a whole', 'null', ERRCODE, 'has no errcode'],
    ['a page', '<html>Sign in</html>', ERRCODE, 'is no JSON'],
    ['half an answer', '{"errcode":0', ERRCODE, 'is no JSON'],
    ['nothing', '', ERRCODE, 'is no JSON'],
  ])('%s', async (_case, body, accept, reason) => {
    const { turns, receiver } = await saying(body, accept);
    const said = body && `: ${body}`;
    expect(await turns.take()).toMatchObject({
      delivered: 0,
      dead: 0,
      retried: true,
      error: `${new URL(receiver.url).origin} answered HTTP 200, but the answer ${reason}${said}`,
    });
    expect(receiver.posted).toHaveLength(1);
  });

  test('an answer that breaks off says nothing', async () => {
    const { turns, receiver } = await saying('', ERRCODE);
    receiver.answer = () => (response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('{"errcode":0', () => response.destroy());
    };
    expect(await turns.take()).toMatchObject({ delivered: 0, retried: true });
  });
});

test('what is refused like that is tried again, and after half an hour is a dead letter; the rest flows on', async () => {
  const { receiver, turns, second } = await saying('{"errcode":130101,"errmsg":"send too fast"}', ERRCODE);
  await turns.take();
  const { clock } = turns;
  turns.clock = later(clock, 60);
  expect(await turns.take()).toMatchObject({ dead: 0, retried: true });
  turns.clock = later(clock, 1861);
  expect(await turns.take()).toMatchObject({ dead: 1, retried: false });
  receiver.answer = () => (response) => response.writeHead(200).end('{"errcode":0}');
  turns.clock = later(clock, 1921);
  expect(await turns.take()).toMatchObject({ delivered: 1 });
  expect(await deadLetters(database.db)).toMatchObject([{ image_id: 'a', attempts: 3 }]);
  expect(await sinkRow(database.db)).toMatchObject({ cursor_seq: second, attempts: 0 });
});

test('an answer that is no success is judged by its status, whatever its body says', async () => {
  const { receiver, turns } = await saying('', ERRCODE);
  receiver.answer =
    ({ event }) =>
    (response) =>
      response.writeHead(event.subject === 'a' ? 400 : 503).end('{"errcode":0}');
  expect(await turns.take()).toMatchObject({ delivered: 0, dead: 1, retried: true });
});

function deep(...path: string[]): Acceptance {
  return { path, equals: '0' };
}
