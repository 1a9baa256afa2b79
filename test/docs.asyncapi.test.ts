import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { EVENT_TYPES } from '../src/inventory/diff.ts';
import { LOG_CHANNEL } from '../src/store/notifications.ts';

const document: unknown = parse(readFileSync('docs/asyncapi.yaml', 'utf8'));

const ref = z.strictObject({ $ref: z.string() });
const text = z.string().min(1);
/** What of AsyncAPI 3.0 the document uses: https://www.asyncapi.com/docs/reference/specification/v3.0.0 */
const DOCUMENT = z.strictObject({
  asyncapi: z.literal('3.0.0'),
  info: z.strictObject({ title: text, version: text, description: text }),
  defaultContentType: z.literal('application/json'),
  servers: z.record(
    text,
    z.strictObject({
      host: text,
      protocol: text,
      description: text,
      variables: z.record(text, z.strictObject({ description: text })).optional(),
    }),
  ),
  channels: z.record(
    text,
    z.strictObject({
      title: text,
      description: text,
      address: text.nullable(),
      servers: z.array(ref).min(1),
      messages: z.record(text, ref),
    }),
  ),
  operations: z.record(
    text,
    z.strictObject({
      title: text,
      action: z.literal('send'),
      channel: ref,
      bindings: z.unknown().optional(),
    }),
  ),
  components: z.strictObject({
    messages: z.record(
      text,
      z.strictObject({
        name: text,
        title: text,
        payload: z.record(text, z.unknown()),
        traits: z.array(ref).optional(),
      }),
    ),
    messageTraits: z.record(text, z.strictObject({ contentType: text, headers: z.unknown() })),
  }),
});

const read = () => DOCUMENT.parse(document);

/** What a reference leads to; undefined where that is nothing. */
function followed(reference: string): unknown {
  const [file = '', pointer = ''] = reference.split('#');
  const root: unknown = file ? JSON.parse(readFileSync(join('docs', file), 'utf8')) : document;
  const steps = pointer.split('/').filter((step) => step !== '');
  return steps.reduce<unknown>((at, step) => (at as Record<string, unknown> | undefined)?.[step], root);
}

function referencesIn(part: unknown): string[] {
  if (typeof part !== 'object' || part === null) return [];
  return Object.entries(part).flatMap(([key, inner]) =>
    key === '$ref' ? [String(inner)] : referencesIn(inner),
  );
}

test('the document is one of AsyncAPI 3.0', () => {
  expect(DOCUMENT.safeParse(document).error?.issues ?? []).toEqual([]);
});

test('every reference leads somewhere', () => {
  const references = referencesIn(document);
  expect(references.length).toBeGreaterThan(20);
  expect(references.filter((reference) => followed(reference) === undefined)).toEqual([]);
});

test('each way of the log tells every type of event, in the form of its schema', () => {
  const { channels, components } = read();
  for (const way of ['webhook', 'log', 'stream']) {
    const messages = Object.values(channels[way]?.messages ?? {}).map(({ $ref }) => followed($ref));
    expect(messages.map((message) => (message as { name: string }).name)).toEqual(EVENT_TYPES);
  }
  for (const { name, payload } of Object.values(components.messages)) {
    if (name === 'announcement') continue;
    expect(followed(String(payload.$ref))).toMatchObject({ properties: { type: { const: name } } });
  }
});

test('each channel has its operation, and the addresses are those of the program', () => {
  const { channels, operations } = read();
  const used = Object.values(operations).map(({ channel }) => channel.$ref.replace('#/channels/', ''));
  expect(used.toSorted()).toEqual(Object.keys(channels).toSorted());
  expect(channels.notify?.address).toBe(LOG_CHANNEL);
});
