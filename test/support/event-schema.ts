/** Holds every event that a test sees against docs/events.schema.json. */
import { readFileSync } from 'node:fs';
import { type AnySchemaObject, Ajv2020 as Validator } from 'ajv/dist/2020.js';
import formats from 'ajv-formats';

export const EVENT_SCHEMA: AnySchemaObject = JSON.parse(readFileSync('docs/events.schema.json', 'utf8'));

/** What is published lets readers live with later versions. Nothing but what is named there is written today. */
const CLOSED = closed(EVENT_SCHEMA);

export function compile(schema: AnySchemaObject) {
  const validator = new Validator({ allErrors: true, strict: true, allowUnionTypes: true });
  formats.default(validator);
  return validator.compile(schema);
}

/** By type: to try an event against the schemas of all types takes longer, and says less. */
const ofAnyVersion = validatorsOf(CLOSED);
const ofThisVersion = validatorsOf(withAllFields(CLOSED));

/** An event that this version has written. Throws an error that says what is wrong with it, and shows it. */
export function validEvent<Event extends Typed>(event: Event): Event {
  return checked(event, ofThisVersion);
}

/** The same for an event that an older version may have written, which did not know every field. */
export function validOldEvent<Event extends Typed>(event: Event): Event {
  return checked(event, ofAnyVersion);
}

interface Typed {
  readonly type?: unknown;
}

function validatorsOf(schema: AnySchemaObject) {
  const refs: { readonly $ref: string }[] = schema.oneOf;
  return new Map(
    refs.map(({ $ref }) => [
      $ref.replace('#/$defs/', 'cph.image.'),
      compile({ ...schema, oneOf: [{ $ref }] }),
    ]),
  );
}

function checked<Event extends Typed>(event: Event, validators: ReturnType<typeof validatorsOf>): Event {
  const validate = validators.get(String(event.type));
  if (validate?.(event)) return event;
  const faults = validate?.errors?.map(({ instancePath, message }) => `${instancePath} ${message}`) ?? [
    'no such type',
  ];
  throw new Error(`an event breaks docs/events.schema.json: ${faults.join('; ')}\n${JSON.stringify(event)}`);
}

/** The CloudEvents that were printed one a line. */
export function printedEvents(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => validEvent(JSON.parse(line)));
}

function closed(schema: AnySchemaObject): AnySchemaObject {
  return JSON.parse(JSON.stringify(schema), (_key, part) =>
    part?.type === 'object' && part.properties ? { ...part, additionalProperties: false } : part,
  );
}

function withAllFields(schema: AnySchemaObject): AnySchemaObject {
  const { image } = schema.$defs;
  return {
    ...schema,
    $defs: { ...schema.$defs, image: { ...image, required: Object.keys(image.properties) } },
  };
}
