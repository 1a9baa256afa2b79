import { z } from 'zod';
import { checkedFile } from './checked-input.ts';

const count = z.int().min(1);
const milliseconds = z.int().min(0);

/** Which requests a fault is for. All conditions must hold; no condition means every request. */
const MATCH = z.strictObject({
  endpoint: z.enum(['images', 'phone-images', 'tokens']).optional(),
  project_id: z.string().optional(),
  /**
   * Parameters as sent, such as `{"image_type": "private", "offset": "100"}`; true for any value, false for
   * none.
   */
  query: z.record(z.string(), z.union([z.string(), z.boolean()])).optional(),
  /** Seconds of world time since the world's start; `to` is no longer in it. */
  seconds: z.strictObject({ from: z.number().optional(), to: z.number().optional() }).optional(),
  /**
   * Which of the requests for which all of the above holds: the second, the second to the fourth, every
   * third.
   */
  nth: z
    .union([count, z.strictObject({ from: count, to: count.optional() }), z.strictObject({ every: count })])
    .optional(),
});

/** The row of the answer's list an effect is about, from 0; negative counts from the end. */
const row = z.int();

/** What happens to the answer. */
const ANSWER_EFFECTS = [
  /**
   * The API's own error body. `status` is the documented one when left out; 200 hides the error in a success.
   */
  z.strictObject({
    kind: z.literal('error'),
    code: z.string().regex(/^(CPS|APIGW?)\.\d{4}$/),
    status: z.int().min(200).max(599).optional(),
    /** Sends `Retry-After`, as a number of seconds or as the date that far ahead. */
    retryAfter: z.strictObject({ seconds: z.int().min(0), form: z.enum(['seconds', 'date']) }).optional(),
  }),
  /** Something else than the API answers: a proxy's page (the default), an empty body, broken JSON. */
  z.strictObject({
    kind: z.literal('raw'),
    status: z.int().min(200).max(599),
    contentType: z.string().optional(),
    body: z.string().optional(),
  }),
  z.strictObject({ kind: z.literal('redirect'), location: z.string() }),
  /** A header beside the answer's own, such as a `Retry-After` that is none. */
  z.strictObject({
    kind: z.literal('header'),
    name: z.string().regex(/^[\w-]+$/),
    value: z.string().regex(/^[\x20-\x7e]*$/),
  }),
  /** A field of the body under another name, or inside others: `to` may be `data.image_infos`. */
  z.strictObject({ kind: z.literal('rename-field'), from: z.string(), to: z.string() }),
  /** A field the reference does not know makes the answer too large to keep; 33 MiB when left out. */
  z.strictObject({ kind: z.literal('oversize'), bytes: count.optional() }),
  /** The row comes twice, and the list is one row longer. */
  z.strictObject({ kind: z.literal('repeat-row'), row }),
  /** The row is left out, while `total` still counts it. */
  z.strictObject({ kind: z.literal('drop-row'), row }),
  /** Something else in place of the row: null, text, a list. */
  z.strictObject({ kind: z.literal('replace-row'), row, value: z.json() }),
  /** Sets and removes fields of a row, or of the answer's body when there is no `row`. */
  z.strictObject({
    kind: z.literal('patch'),
    row: row.optional(),
    set: z.record(z.string(), z.json()).optional(),
    unset: z.array(z.string()).optional(),
  }),
] as const;

/** What happens on the wire, in real time. */
const WIRE_EFFECTS = [
  /** Never answered. */
  z.strictObject({ kind: z.literal('hang') }),
  /** The connection is reset instead of an answer. */
  z.strictObject({ kind: z.literal('reset') }),
  /** The connection is closed after half of the body. */
  z.strictObject({ kind: z.literal('truncate') }),
  /** The whole answer comes late. */
  z.strictObject({ kind: z.literal('delay'), milliseconds }),
  /** The body comes in pieces, with a pause after each. */
  z.strictObject({ kind: z.literal('drip'), bytes: count, milliseconds }),
] as const;

/**
 * Images come or go just before the answer is made, of the type and in the project asked for: at a second
 * page they shift the pages. `create` makes that many new ones, `remove` removes that many of the newest or
 * the ids named.
 */
const MUTATE_EFFECT = z.strictObject({
  kind: z.literal('mutate'),
  create: count.optional(),
  remove: z.union([count, z.array(z.string())]).optional(),
});

const FAULT = z.strictObject({
  when: MATCH.optional(),
  effect: z.discriminatedUnion('kind', [...ANSWER_EFFECTS, ...WIRE_EFFECTS, MUTATE_EFFECT]),
});

export type Match = z.infer<typeof MATCH>;
export type AnswerEffect = z.infer<(typeof ANSWER_EFFECTS)[number]>;
export type WireEffect = z.infer<(typeof WIRE_EFFECTS)[number]>;
export type MutateEffect = z.infer<typeof MUTATE_EFFECT>;
export type Effect = AnswerEffect | WireEffect | MutateEffect;

/** Something that goes wrong with certain requests. Data, so that what went wrong once can be replayed. */
export type Fault = z.infer<typeof FAULT>;

/** Reads a JSON file that holds a list of faults. Throws UnusableInput. */
export function loadFaults(file: string): Promise<Fault[]> {
  return checkedFile(file, z.array(FAULT));
}
