import { beforeEach, expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { processSurroundings } from '../src/config/environment.ts';
import { createUpstreamMemory } from '../src/cph/upstream-memory.ts';
import { createSinks } from '../src/daemon/sinks.ts';
import type { SinkRow } from '../src/store/sinks.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { later, sinkRow, type Turns, useRelays } from './support/relay.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { AK, SK, type SmnTopic, smnTopic } from './support/smn-topic.ts';

const database = useTestDatabase();
const relays = useRelays();
let topic: SmnTopic;
let turns: Turns;
let sweepWith: (statuses: Readonly<Record<string, number>>) => Promise<unknown>;

beforeEach(async () => {
  await database.truncate();
  topic = await smnTopic();
  const project = await scriptedProject(database.db);
  const { sinks, config } = smnSinks();
  const [sink] = createSinks(sinks, { ...config, memory: createUpstreamMemory(now), now });
  if (!sink) throw new Error('the configuration has no sink');
  turns = await relays.byHand(database.db, sink);
  turns.random = 0;
  sweepWith = async (statuses) => {
    project.api.records = Object.entries(statuses).map(([image_id, status_code]) =>
      imagesRecord(image_id, { image_name: image_id, status_code }),
    );
    await project.sweep({ now });
  };
  await sweepWith({ a: 1 });
});

const now = () => turns.clock;

function smnSinks() {
  const { files } = processSurroundings();
  const env = {
    HW_REGION_NAME: 'cn-north-4',
    HW_PROJECT_ID: 'p1',
    HW_ACCESS_KEY: AK,
    HW_SECRET_KEY: SK,
    CPH_SMN_TOPIC_URN: 'urn:smn:cn-north-4:p1:cph-alerts',
    CPH_SMN_ENDPOINT: topic.endpoint,
  };
  const config = loadConfig({ env, files });
  return { sinks: config.sinks, config };
}

const subjects = () => topic.published.map(({ subject }) => subject);
const row = (): Promise<Partial<SinkRow>> => sinkRow(database.db, 'smn');

/** A turn so many seconds later. */
async function turnAfter(seconds: number) {
  turns.clock = later(turns.clock, seconds);
  return await turns.take();
}

test('an alert is told when it begins and when it ends, and not in between', async () => {
  expect(await turns.take()).toMatchObject({ delivered: 0 });
  await sweepWith({ a: 2 });
  expect(await turnAfter(2)).toMatchObject({ delivered: 1, error: null });
  for (const _ of [1, 2, 3]) expect(await turnAfter(300)).toMatchObject({ delivered: 0, error: null });
  await sweepWith({ a: 1 });
  expect(await turnAfter(2)).toMatchObject({ delivered: 1 });
  expect(subjects()).toEqual(['Image a has failed', 'Over: Image a has failed']);
  expect(topic.published[0]?.texts.default).toContain('cph-inventory history a');
  expect(await rowsOf(database.db, 'select * from cph.open_alerts')).toEqual([]);
});

test('what happens within a minute of a message waits for the next one, and all of it is in that', async () => {
  await sweepWith({ a: 2 });
  await turnAfter(2);
  await sweepWith({ a: 2, b: 2, c: 2 });
  await turnAfter(20);
  await sweepWith({ a: 1, b: 2, c: 1 });
  expect(await turnAfter(20)).toMatchObject({ delivered: 0, again_in_ms: null });
  expect(topic.published).toHaveLength(1);
  expect(await turnAfter(20)).toMatchObject({ delivered: 3 });
  const { subject, texts } = topic.published[1] ?? { subject: '', texts: { default: '' } };
  expect(subject).toBe('Cloud phone images: 1 alert began, 1 alert ended, 1 alert began and ended');
  expect(texts.default).toMatch(/Began: Image b [\s\S]*Ended: Image a [\s\S]*Began and ended: Image c /);
  await turnAfter(120);
  expect(topic.published).toHaveLength(2);
});

test('hundreds of alerts that begin at once are one message', async () => {
  await sweepWith(Object.fromEntries(Array.from({ length: 300 }, (_, n) => [`i${n}`, 2])));
  expect(await turnAfter(2)).toMatchObject({ delivered: 300 });
  expect(subjects()).toEqual(['Cloud phone images: 300 alerts began']);
});

test('a message without an answer is told again a minute later, and its end if it is over by then', async () => {
  topic.answer = () => 'hang up';
  await sweepWith({ a: 2, b: 2 });
  expect(await turnAfter(2)).toMatchObject({ delivered: 0, retried: true, again_in_ms: 60_000 });
  topic.answer = () => [200, '{"message_id":"m"}'];
  await sweepWith({ a: 1, b: 2 });
  expect(await turnAfter(59)).toBeNull();
  expect(await turnAfter(1)).toMatchObject({ delivered: 2 });
  expect(topic.published[1]?.texts.default).toMatch(/Began: Image b [\s\S]*Began and ended: Image a /);
});

test.each([
  ['a throttled one', [429, '{"error_code":"APIGW.0308"}'], 60],
  ['a service that fails', [500, '{"code":"SMN.0018"}'], 60],
  ['a topic that is gone', [404, '{"code":"SMN.0006"}'], 900],
  ['a missing permission', [403, '{"code":"SMN.0001"}'], 900],
  ['a message that is refused', [400, '{"code":"SMN.0009"}'], 900],
  ['an answer without an id', [200, '{}'], 900],
] as const)('%s is tried again, not before its time', async (_case, answer, seconds) => {
  topic.answer = () => answer;
  await sweepWith({ a: 2 });
  expect(await turnAfter(2)).toMatchObject({ retried: true, again_in_ms: seconds * 1000 });
  expect(await row()).toMatchObject({
    attempts: 1,
    last_error: expect.stringContaining('SMN publish: HTTP'),
  });
  expect(await turnAfter(seconds - 1)).toBeNull();
  expect(topic.published).toHaveLength(1);
  topic.answer = () => [200, '{"message_id":"m"}'];
  expect(await turnAfter(1)).toMatchObject({ delivered: 1 });
  expect(await row()).toMatchObject({ attempts: 0, last_error: null });
});

test('a program that ends between message and note tells it again, and forgets no end', async () => {
  await sweepWith({ a: 2 });
  await turnAfter(2);
  const next = await relays.byHand(
    database.db,
    createSinks(smnSinks().sinks, {
      ...smnSinks().config,
      memory: createUpstreamMemory(now),
      now,
    })[0] ?? expect.fail('no sink'),
    'next program',
  );
  await sweepWith({ a: 1 });
  next.clock = later(turns.clock, 61);
  expect(await next.take()).toMatchObject({ delivered: 1 });
  expect(subjects()).toEqual(['Image a has failed', 'Over: Image a has failed']);
});
