/**
 * docs/events.schema.json: what an event looks like, for those who read events. It is made from the fields of an image
 * and from what SQL says of its columns, so a field that is declared is in it.
 *
 * JSON Schema 2020-12. It keeps to what draft-07 reads alike, `$defs` aside, since AsyncAPI takes its payloads for that.
 */
import { EVENT_TYPES, type EventType } from '../src/inventory/diff.ts';
import { FIELD_KINDS, type FieldKind, IMAGE_STATUSES, SOURCES } from '../src/inventory/image.ts';
import { FIELD_COMMENTS, PROJECT_COMMENTS, REPORTED_COMMENTS } from '../src/store/comments/fields.ts';
import { TABLE_COMMENTS } from '../src/store/comments/tables.ts';

type Schema = Readonly<Record<string, unknown>>;

const LOG = TABLE_COMMENTS.image_events.columns;
const FIELDS = Object.keys(FIELD_KINDS) as (keyof typeof FIELD_KINDS)[];
/** The characters of a project's id are those that the configuration takes; a region is a part of host names. */
const SOURCE = '^/regions/[a-z0-9-]+/projects/[A-Za-z0-9_-]{1,64}$';
/** The one spelling of a time that the API reported: milliseconds only where there are any. */
const REPORTED_TIME = '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{3})?Z$';
/** https://www.w3.org/TR/trace-context/#traceparent-header, version 00. */
const TRACEPARENT = '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$';
const INT32 = 2 ** 31;

/** What each kind of field holds. A kind without its schema does not compile. */
const OF_KIND: Readonly<Record<FieldKind, Schema>> = {
  text: { type: ['string', 'null'] },
  integer: { type: ['integer', 'null'], minimum: -INT32, maximum: INT32 - 1 },
  bytes: { type: ['integer', 'null'], minimum: 0 },
  flag: { type: ['boolean', 'null'] },
  time: { type: ['string', 'null'], format: 'date-time', pattern: REPORTED_TIME },
  status: { enum: [...IMAGE_STATUSES, null] },
};

/** Beside its fields, what is reported of an image. */
const REPORTED: Readonly<Record<keyof typeof REPORTED_COMMENTS, Schema>> = {
  listed_in: { type: 'array', items: { enum: SOURCES }, minItems: 1, uniqueItems: true },
  extra: { type: 'object' },
};

const NOTHING = { type: 'null' };
const IMAGE = { $ref: '#/$defs/image' };
const NO_CHANGES = { type: 'object', maxProperties: 0 };
const CHANGES = { $ref: '#/$defs/changes' };
const STATUS = { enum: IMAGE_STATUSES };
const TRANSITION = object({ from: OF_KIND.status, to: STATUS });
const FIRST_STATUS = object({ from: NOTHING, to: STATUS });
const EITHER = { type: 'boolean' };

/** Where events of each type differ. A type without its form does not compile. */
const OF_TYPE: Readonly<Record<EventType, { readonly about: string; readonly data: Schema }>> = {
  'cph.image.created': {
    about: 'An image was seen for the first time.',
    data: {
      baseline: EITHER,
      transition: { oneOf: [NOTHING, FIRST_STATUS] },
      changes: NO_CHANGES,
      before: NOTHING,
      after: IMAGE,
    },
  },
  'cph.image.updated': {
    about: 'Fields of an image changed, and it has no new status.',
    data: {
      baseline: { const: false },
      transition: NOTHING,
      changes: { allOf: [CHANGES, { type: 'object', minProperties: 1 }] },
      before: IMAGE,
      after: IMAGE,
    },
  },
  'cph.image.status_changed': {
    about: 'An image has a new status, perhaps with other fields.',
    data: {
      baseline: EITHER,
      transition: TRANSITION,
      changes: { allOf: [CHANGES, { type: 'object', required: ['status'] }] },
      before: IMAGE,
      after: IMAGE,
    },
  },
  'cph.image.removed': {
    about: 'An image is gone, and that was confirmed.',
    data: {
      baseline: { const: false },
      transition: NOTHING,
      changes: NO_CHANGES,
      before: IMAGE,
      after: NOTHING,
    },
  },
  'cph.image.restored': {
    about: 'An image was seen again after it was removed; changes compare with the image as it was removed.',
    data: {
      baseline: EITHER,
      transition: { oneOf: [NOTHING, TRANSITION] },
      changes: CHANGES,
      before: NOTHING,
      after: IMAGE,
    },
  },
};

/** The schema of every event there is, with one for each type in `$defs`, by the last word of the type. */
export function eventSchema() {
  const types = EVENT_TYPES.map((type) => [wordOf(type), eventOf(type)] as const);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Event of cph-inventory',
    description:
      'A CloudEvent 1.0. A later version may add fields: readers pass over what they do not know, and take a field that an older event does not name for null.',
    oneOf: types.map(([word]) => ({ $ref: `#/$defs/${word}` })),
    $defs: { ...Object.fromEntries(types), image: imageSchema(), changes: changesSchema() },
  };
}

const wordOf = (type: EventType) => type.slice(type.lastIndexOf('.') + 1);

function eventOf(type: EventType): Schema {
  const { about, data } = OF_TYPE[type];
  const envelope = {
    specversion: { const: '1.0' },
    id: { type: 'string', format: 'uuid', description: LOG.id },
    source: { type: 'string', format: 'uri-reference', pattern: SOURCE },
    type: { const: type },
    subject: { type: 'string', minLength: 1, maxLength: 128, description: PROJECT_COMMENTS.image_id },
    time: { type: 'string', format: 'date-time', pattern: REPORTED_TIME, description: LOG.occurred_at },
    datacontenttype: { const: 'application/json' },
    sequence: {
      type: 'string',
      pattern: '^[0-9]{19}$',
      description: `${LOG.seq} Padded with zeros, so that it sorts as text.`,
    },
    data: dataOf(data),
  };
  const traceparent = { type: 'string', pattern: TRACEPARENT, description: LOG.traceparent };
  const { type: kind, required, properties } = object(envelope);
  return { description: about, type: kind, required, properties: { ...properties, traceparent } };
}

function dataOf(data: Schema) {
  return object({
    project_id: { type: 'string', minLength: 1, description: PROJECT_COMMENTS.project_id },
    region: { type: 'string', minLength: 1, description: PROJECT_COMMENTS.region },
    image_id: { type: 'string', minLength: 1, maxLength: 128, description: PROJECT_COMMENTS.image_id },
    image_name: { type: ['string', 'null'], description: FIELD_COMMENTS.image_name },
    ...data,
    run_id: { type: 'integer', minimum: 1, description: LOG.run_id },
  });
}

/** Only what every version has written is required. */
function imageSchema(): Schema {
  const { image_id } = PROJECT_COMMENTS;
  return {
    description: 'What is reported of an image, by the names of the columns of cph.images.',
    type: 'object',
    required: ['image_id', ...Object.keys(REPORTED)],
    properties: {
      image_id: { type: 'string', minLength: 1, maxLength: 128, description: image_id },
      ...reportedFields((schema, description) => ({ ...schema, description })),
    },
  };
}

function changesSchema(): Schema {
  return {
    description: LOG.changes,
    type: 'object',
    properties: reportedFields((schema) => object({ from: schema, to: schema })),
  };
}

function reportedFields(form: (schema: Schema, description: string) => Schema): Schema {
  const fields = FIELDS.map((field) => [field, form(OF_KIND[FIELD_KINDS[field]], FIELD_COMMENTS[field])]);
  const { listed_in, extra } = REPORTED_COMMENTS;
  return {
    ...Object.fromEntries(fields),
    listed_in: form(REPORTED.listed_in, listed_in),
    extra: form(REPORTED.extra, extra),
  };
}

/** All of the properties are required. */
function object<Properties extends Schema>(properties: Properties) {
  return { type: 'object', required: Object.keys(properties), properties };
}
