import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { eventSchema } from '../scripts/event-schema.ts';
import { EVENT_TYPES, type ImageChange } from '../src/inventory/diff.ts';
import { cloudEvent } from '../src/inventory/event.ts';
import { FIELD_KINDS } from '../src/inventory/image.ts';
import { built, created } from './support/event-log.ts';
import { compile, EVENT_SCHEMA, validEvent } from './support/event-schema.ts';

const published = compile(EVENT_SCHEMA);

/** An event of each type as JSON, which tests may break. */
// biome-ignore lint/suspicious/noExplicitAny: what is broken has no type
const eventOf = (type: string): any => {
  const { before, after, changes, transition } = built('a', 2);
  const size = { image_size: { from: 1, to: 2 } };
  const of: Record<string, Partial<ImageChange>> = {
    'cph.image.created': created('a'),
    'cph.image.updated': { before, after, changes: size, transition: null },
    'cph.image.status_changed': { before, after, changes, transition },
    'cph.image.removed': { before, after: null, changes: {}, transition: null },
    'cph.image.restored': { before: null, after, changes: size, transition: null },
  };
  const event = cloudEvent({
    ...created('a'),
    ...of[type],
    type: type as ImageChange['type'],
    seq: 31,
    id: '86c7c3a5-2ff0-451f-90ba-abd1d8d4baf5',
    project_id: '02ff152c0fdc7f12fa169e5eb2f38b96',
    region: 'ap-southeast-1',
    occurred_at: new Date('2026-08-01T12:00:00.123Z'),
    baseline: false,
    run_id: 1,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
  });
  return JSON.parse(JSON.stringify(event));
};

test('the schema in docs is that of this program (npm run events:docs writes it)', () => {
  expect(EVENT_SCHEMA).toEqual(JSON.parse(JSON.stringify(eventSchema())));
});

test('the event that docs/events.md shows is one', () => {
  const [, shown = ''] = /```json\n([\s\S]*?)```/.exec(readFileSync('docs/events.md', 'utf8')) ?? [];
  expect(validEvent(JSON.parse(shown))).toMatchObject({ type: 'cph.image.status_changed' });
});

test('each field of an image is in it, and in its changes', () => {
  const fields = [...Object.keys(FIELD_KINDS), 'listed_in', 'extra'];
  expect(Object.keys(EVENT_SCHEMA.$defs.image.properties)).toEqual(['image_id', ...fields]);
  expect(Object.keys(EVENT_SCHEMA.$defs.changes.properties)).toEqual(fields);
});

test.each(EVENT_TYPES)('%s is taken, with and without a trace', (type) => {
  const event = eventOf(type);
  expect(validEvent(event)).toBe(event);
  const { traceparent, ...untraced } = event;
  expect(traceparent).toBeDefined();
  expect([published(event), published(untraced)]).toEqual([true, true]);
});

test('a reader takes what an older version left out and a later one adds', () => {
  const event = eventOf('cph.image.updated');
  delete event.data.before.receive_status;
  event.data.after.new_field = 'x';
  event.data.changes.new_field = { from: null, to: 'x' };
  expect(published(event)).toBe(true);
  expect(() => validEvent(event)).toThrow(/receive_status[\s\S]*additional properties/);
});

describe('a broken event is refused:', () => {
  test.each<[string, string, (event: ReturnType<typeof eventOf>) => unknown]>([
    ['another type', 'created', (e) => (e.type = 'cph.image.lost')],
    ['the form of another type', 'created', (e) => (e.type = 'cph.image.removed')],
    ['no id', 'created', (e) => delete e.id],
    ['an id that is no uuid', 'created', (e) => (e.id = '31')],
    ['a source without its project', 'created', (e) => (e.source = '/regions/ap-southeast-1')],
    ['a source with more behind', 'created', (e) => (e.source += '/images')],
    ['a sequence without its zeros', 'created', (e) => (e.sequence = '31')],
    ['a sequence that is a number', 'created', (e) => (e.sequence = 31)],
    ['a time that is none', 'created', (e) => (e.time = '2026-13-01T12:00:00.123Z')],
    ['a time of another zone', 'created', (e) => (e.time = '2026-08-01T12:00:00+02:00')],
    ['a trace that is none', 'created', (e) => (e.traceparent = 'x')],
    ['no subject', 'created', (e) => (e.subject = '')],
    ['a baseline that is text', 'created', (e) => (e.data.baseline = 'false')],
    ['no baseline', 'created', (e) => delete e.data.baseline],
    ['a run that is text', 'created', (e) => (e.data.run_id = '1')],
    ['a first status from another', 'created', (e) => (e.data.transition.from = 'creating')],
    ['changes of what is new', 'created', (e) => (e.data.changes.image_size = { from: 1, to: 2 })],
    ['something before what is new', 'created', (e) => (e.data.before = e.data.after)],
    ['nothing after what is new', 'created', (e) => (e.data.after = null)],
    ['a transition of an update', 'updated', (e) => (e.data.transition = { from: 'usable', to: 'failed' })],
    ['an update of nothing', 'updated', (e) => (e.data.changes = {})],
    ['a baseline that was watched', 'updated', (e) => (e.data.baseline = true)],
    ['a change without its end', 'updated', (e) => delete e.data.changes.image_size.to],
    ['a change to another kind', 'updated', (e) => (e.data.changes.image_size.to = '2')],
    ['nothing before an update', 'updated', (e) => (e.data.before = null)],
    ['no transition', 'status_changed', (e) => (e.data.transition = null)],
    ['a transition to no status', 'status_changed', (e) => (e.data.transition.to = null)],
    ['a transition to another word', 'status_changed', (e) => (e.data.transition.to = 'broken')],
    ['a new status that is no change', 'status_changed', (e) => delete e.data.changes.status],
    ['something after what is gone', 'removed', (e) => (e.data.after = e.data.before)],
    ['something before what is back', 'restored', (e) => (e.data.before = e.data.after)],
    ['an image that nobody lists', 'restored', (e) => (e.data.after.listed_in = [])],
    ['an image listed elsewhere', 'restored', (e) => (e.data.after.listed_in = ['servers'])],
    ['an image without its id', 'restored', (e) => delete e.data.after.image_id],
    ['a code beyond 32 bits', 'restored', (e) => (e.data.after.status_code = 2 ** 31)],
    ['a size below zero', 'restored', (e) => (e.data.after.image_size = -1)],
    ['a time in another spelling', 'restored', (e) => (e.data.after.create_time = '2024-04-11 06:38:21')],
    ['a flag that is a number', 'restored', (e) => (e.data.after.is_support_encrypt = 1)],
  ])('%s (%s)', (_fault, word, breakIt) => {
    const event = eventOf(`cph.image.${word}`);
    breakIt(event);
    expect(published(event)).toBe(false);
    expect(() => validEvent(event)).toThrow('an event breaks docs/events.schema.json');
  });
});
