import { context, propagation, SpanStatusCode, trace } from '@opentelemetry/api';
import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createLog } from '../src/daemon/log.ts';
import { logRun } from '../src/daemon/run-log.ts';
import { inSpan } from '../src/tracing/span.ts';
import { append, created } from './support/event-log.ts';
import { rowsOf, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useRelays, webhook } from './support/relay.ts';
import { simulatedProject } from './support/simulated-project.ts';
import { useReceivers } from './support/webhook-receiver.ts';

const database = useTestDatabase();
const receivers = useReceivers();
const relays = useRelays();
const exporter = new InMemorySpanExporter();
const provider = new NodeTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
beforeEach(() => database.truncate());
beforeEach(() => exporter.reset());

const spans = (name: string) => exporter.getFinishedSpans().filter((span) => span.name === name);
const parentOf = ({ parentSpanContext }: ReadableSpan) =>
  exporter.getFinishedSpans().find((span) => span.spanContext().spanId === parentSpanContext?.spanId)?.name;

/** What a log would print. */
function heardLog() {
  const lines: Record<string, unknown>[] = [];
  const heard = {
    write: (line: string) => void lines.push(JSON.parse(line)),
    isTTY: false,
    columns: 80,
    colours: false,
    movesCursor: false,
  };
  return { log: createLog({ level: 'debug', projects: () => [] }, heard), lines };
}

describe('without an SDK', () => {
  test('events, log lines and requests know of no trace', async () => {
    const { world, sweep } = await simulatedProject(database.db);
    world.create({ project_id: 'p1', status: 1 });
    const { log, lines } = heardLog();
    logRun(log, await sweep());
    expect(lines[0]).not.toHaveProperty('trace_id');
    expect(await rowsOf(database.db, 'select traceparent from cph.image_events')).toEqual([
      { traceparent: null },
    ]);
    const receiver = await receivers.start();
    const turns = await relays.byHand(database.db, webhook(receiver.url));
    await append(database.db, [created('a')]);
    await turns.take();
    expect(receiver.posted[0]?.event).not.toHaveProperty('traceparent');
    expect(receiver.posted[0]?.headers).not.toHaveProperty('traceparent');
  });
});

describe('with an SDK', () => {
  beforeAll(() => provider.register());
  afterAll(async () => {
    await provider.shutdown();
    for (const api of [trace, context, propagation]) api.disable();
  });

  test('a sweep is one trace, down to each request and its upstream id', async () => {
    const { world, sweep } = await simulatedProject(database.db);
    world.create({ project_id: 'p1', status: 2 });
    const report = await sweep();
    const [root] = spans('cph.sweep');
    expect(root?.attributes).toMatchObject({
      'cph.project_id': 'p1',
      'cph.run_id': report.run_id,
      'cph.status': 'succeeded',
      'cph.changes': 1,
    });
    expect(new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(spans('cph.listing').map(({ attributes }) => attributes)).toContainEqual(
      expect.objectContaining({
        'cph.source': 'images',
        'cph.image_type': 'private',
        'cph.proof': 'complete',
      }),
    );
    expect(new Set(spans('cph.listing').map(parentOf))).toEqual(new Set(['cph.sweep']));
    const requests = exporter.getFinishedSpans().filter(({ name }) => name.startsWith('GET '));
    expect(requests.map(({ attributes }) => attributes['cph.request_id']).toSorted()).toEqual(
      report.request_ids.toSorted(),
    );
    expect(new Set(requests.map(parentOf))).toEqual(new Set(['cph.listing']));
    expect(spans('cph.apply')[0]?.attributes).toMatchObject({ 'cph.changes': 1, 'cph.applied': 'applied' });
  });

  test('the log line of a run, and each line inside a span, name the trace', async () => {
    const { sweep } = await simulatedProject(database.db);
    const { log, lines } = heardLog();
    logRun(log, await sweep());
    await inSpan('work', { attributes: {} }, async () => log.info('inside'));
    log.info('outside');
    expect(lines[0]).toMatchObject({ trace_id: spans('cph.sweep')[0]?.spanContext().traceId });
    expect(lines[1]).toMatchObject({ trace_id: spans('work')[0]?.spanContext().traceId });
    expect(lines[2]).not.toHaveProperty('trace_id');
  });

  test('an event names the span that wrote it, and its delivery links to that', async () => {
    const receiver = await receivers.start();
    const turns = await relays.byHand(database.db, webhook(receiver.url));
    const { world, sweep } = await simulatedProject(database.db);
    world.create({ project_id: 'p1', status: 1 });
    await sweep();
    await turns.take();
    const [apply] = spans('cph.apply');
    const { traceId = '', spanId = '' } = apply?.spanContext() ?? {};
    const [event] = await wholeLog(database.db);
    expect(event?.traceparent).toBe(`00-${traceId}-${spanId}-01`);
    expect(receiver.posted[0]?.event.traceparent).toBe(event?.traceparent);
    const [delivery] = spans('cph.delivery');
    expect(delivery?.attributes).toMatchObject({
      'cph.sink': 'webhook',
      'cph.event_seq': event?.seq,
      'cloudevents.event_id': event?.id,
      'cph.verdict': 'accepted',
    });
    expect(delivery?.links.map((link) => link.context)).toMatchObject([{ traceId, spanId }]);
    const own = delivery?.spanContext();
    expect(receiver.posted[0]?.headers.traceparent).toBe(`00-${own?.traceId}-${own?.spanId}-01`);
  });

  test('what fails is told in a word, and no span holds a secret or what was said to us', async () => {
    const receiver = await receivers.start();
    receiver.answer = () => (response) => response.writeHead(400).end('hunter3');
    const url = receiver.url.replace('://', '://user:hunter4@');
    const headers = () => ({ authorization: 'Bearer hunter5' });
    const turns = await relays.byHand(database.db, webhook(url, { headers, secret: () => 'hunter6hunter6' }));
    await append(database.db, [created('a')]);
    await turns.take();
    const { cloud, sweep } = await simulatedProject(database.db, { env: { HW_AUTH_TOKEN: 'hunter7' } });
    expect((await sweep()).status).toBe('failed');
    const failed = [...spans('cph.sweep'), ...spans('cph.listing'), ...spans('cph.delivery')];
    expect(failed.length).toBeGreaterThan(2);
    for (const { status, attributes } of failed) {
      expect(status.code).toBe(SpanStatusCode.ERROR);
      expect(attributes['error.type']).toMatch(/^[A-Za-z0-9_.]+$/);
    }
    expect(spans('cph.delivery')[0]?.attributes).toMatchObject({ 'cph.verdict': 'refused' });
    const told = exporter
      .getFinishedSpans()
      .map(({ name, attributes, status, events }) => JSON.stringify({ name, attributes, status, events }));
    expect(told.join()).not.toMatch(/hunter\d/);
    expect(told.join()).not.toContain(cloud.token);
  });
});
