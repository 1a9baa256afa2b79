/**
 * What answers can be asked with, as people and addresses write it. The schemas check what was given, and the
 * document of the API is made from the same ones.
 */
import { z } from 'zod';
import { IMAGE_STATUSES, IMAGE_TYPES, SOURCES } from '../inventory/image.ts';
import { DURATION_TAKEN, durationCounts, TIME_TAKEN, writtenTime } from '../queries/parameter.ts';
import { QueryFault } from '../queries/run.ts';

/** A point in time, or how many milliseconds before now. */
export type Moment = Date | number;

const UNIT_MS = [86_400_000, 3_600_000, 60_000, 1000];

/** Milliseconds of a duration such as `90d` or `1h30m`; null for what is none. */
export function durationOf(text: string): number | null {
  const counts = durationCounts(text);
  return counts && UNIT_MS.reduce((ms, unit, i) => ms + unit * (counts[i] ?? 0), 0);
}

/** A time as people write it: `now`, `24h` ago, a date, or ISO 8601. Null for what is none. */
export function momentOf(text: string): Moment | null {
  if (text === 'now') return 0;
  const ago = durationOf(text);
  if (ago !== null) return ago;
  const at = writtenTime(text);
  return at === null ? null : new Date(at);
}

/** The point in time that is meant at `now`. Never before year 1, where Postgres and ISO 8601 part. */
export function instantOf(moment: Moment, now: Date): Date {
  if (moment instanceof Date) return moment;
  return new Date(Math.max(now.getTime() - moment, Date.UTC(1970, 0, 1)));
}

/** How many rows an answer holds at most. */
export const MOST_ROWS = 1000;
export const DEFAULT_LIMIT = 100;

const LONGEST_TEXT = 256;
/** Postgres takes no NUL in a text. */
const TEXT = /^[^\0]+$/;

const text = (about: string, takes: string) =>
  z.string().max(LONGEST_TEXT).regex(TEXT).describe(about).meta({ takes });

const converted = <Value>(read: (text: string) => Value | null, meta: { about: string; takes: string }) =>
  z
    .string()
    .max(LONGEST_TEXT)
    .transform((given, context) => {
      const value = read(given);
      if (value !== null) return value;
      context.addIssue(meta.takes);
      return z.NEVER;
    })
    .describe(meta.about)
    .meta({ takes: meta.takes });

const time = (about: string) => converted(momentOf, { about, takes: TIME_TAKEN }).optional();

const oneOf = <const Words extends readonly string[]>(words: Words, about: string) =>
  z
    .enum(words)
    .describe(about)
    .meta({ takes: `one of ${words.join(', ')}` })
    .optional();

const FLAGS: Readonly<Record<string, boolean>> = { true: true, '1': true, false: false, '0': false };
const flag = (about: string) =>
  z
    .enum(['true', 'false', '1', '0'])
    .transform((word) => FLAGS[word] === true)
    .describe(about)
    .meta({ takes: 'true or false' })
    .optional();

const whole = (about: string, { from, to }: { from: number; to: number }) =>
  converted((given) => (/^\d{1,15}$/.test(given) && +given >= from && +given <= to ? Number(given) : null), {
    about,
    takes: `a whole number from ${from} to ${to}`,
  }).optional();

/** The parameters that answers share, each under the name it has everywhere. */
export const PARAMETERS = {
  project: text('Of this project only.', 'the id or the name of a project').optional(),
  type: oneOf(IMAGE_TYPES, 'Of this type only.'),
  status: oneOf(IMAGE_STATUSES, 'In this status only.'),
  q: text('Whose name or id has this in it, in upper or lower case.', 'a part of a name or id').optional(),
  name: text(
    'Whose name is like this, in upper or lower case.',
    'a name, with * for any text and ? for any character',
  ).optional(),
  version: text('Of this version only.', 'a version as the image reports it').optional(),
  label: text('With this label only.', 'a label as the image reports it').optional(),
  source: oneOf(SOURCES, 'Listed by this source only.'),
  missing: flag('Only what the last complete sweep missed, or only what it did not.'),
  removed: flag('What is gone, in place of what is there.'),
  older_than: converted(durationOf, {
    about: 'Created longer ago than this.',
    takes: DURATION_TAKEN,
  }).optional(),
  at: time('As it was known at this time.'),
  since: time('From this time on.'),
  until: time('Up to this time.'),
  cursor: z
    .string()
    .max(4 * MOST_ROWS)
    .describe('What `next` of the answer before this one says.')
    .meta({ takes: 'what next of an answer says' })
    .optional(),
  limit: whole('How many at most.', { from: 1, to: MOST_ROWS }),
  after: whole('The number of the last event that is known already.', {
    from: 0,
    to: Number.MAX_SAFE_INTEGER,
  }),
} as const;

/**
 * What was given, as the schema has it.
 *
 * @throws QueryFault for the first parameter that is unknown or cannot be taken, with what would be right
 */
export function takeParameters<Schema extends z.ZodObject>(
  schema: Schema,
  given: Readonly<Record<string, string>>,
): z.output<Schema> {
  const taken = schema.safeParse(given);
  if (taken.success) return taken.data;
  const [issue] = taken.error.issues;
  if (issue?.code === 'unrecognized_keys') throw unknownParameter(issue.keys[0] ?? '', schema);
  const name = String(issue?.path[0]);
  throw new QueryFault(
    name,
    `${name} takes ${takenBy(schema.shape[name])}; got ${JSON.stringify(given[name])}`,
  );
}

/** In words, as each parameter says it. */
function takenBy(field: unknown): string {
  const inner = field instanceof z.ZodOptional ? field.unwrap() : field;
  return String((inner as z.ZodType).meta()?.takes);
}

function unknownParameter(name: string, { shape }: z.ZodObject): QueryFault {
  const names = Object.keys(shape);
  const takes = names.length === 0 ? 'It takes none.' : `There are ${names.join(', ')}.`;
  return new QueryFault(name, `there is no parameter ${JSON.stringify(name)} here. ${takes}`);
}
