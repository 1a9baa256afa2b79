/** The tables of the log: every change of an image, and every change of its status. */
import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, interval, jsonb, text, uuid } from 'drizzle-orm/pg-core';
import { EVENT_TYPES, type EventType, type FieldChanges, type Transition } from '../inventory/diff.ts';
import { IMAGE_STATUSES, type Image } from '../inventory/image.ts';
import { cph, instant, oneOf } from './schema.ts';

export const imageEvents = cph.table(
  'image_events',
  {
    seq: bigint({ mode: 'number' }).primaryKey().generatedAlwaysAsIdentity(),
    id: uuid().notNull().unique().defaultRandom(),
    type: text().$type<EventType>().notNull(),
    project_id: text().notNull(),
    region: text().notNull(),
    image_id: text().notNull(),
    occurred_at: instant('occurred_at').notNull(),
    baseline: boolean().notNull(),
    transition: jsonb().$type<Transition>(),
    changes: jsonb().$type<FieldChanges>().notNull(),
    before: jsonb().$type<Image>(),
    after: jsonb().$type<Image>(),
    run_id: bigint({ mode: 'number' }).notNull(),
    /** Of the apply that wrote it, by W3C Trace Context; null where nobody traces. */
    traceparent: text(),
  },
  (t) => [
    check('image_events_type', oneOf('type', EVENT_TYPES)),
    check(
      'image_events_before',
      sql`(before is null) = (type in ('cph.image.created', 'cph.image.restored'))`,
    ),
    check('image_events_after', sql`(after is null) = (type = 'cph.image.removed')`),
    check('image_events_transition', sql`type <> 'cph.image.status_changed' or transition is not null`),
    // The image comes first, for whoever asks for one and does not know its project. With occurred_at in it,
    // the index spares `images_as_of` the rows: 1 ms for one image of a million events. drizzle-kit knows no
    // `include`.
    index('image_events_of_image').on(t.image_id, t.project_id, t.seq, t.occurred_at),
    // The log is in the order of time, or nearly. What is not summarised yet is read whole.
    index('image_events_occurred_at').using('brin', t.occurred_at).with({ autosummarize: true }),
  ],
);

export const imageStatusTransitions = cph.table(
  'image_status_transitions',
  {
    event_seq: bigint({ mode: 'number' }).primaryKey(),
    project_id: text().notNull(),
    image_id: text().notNull(),
    image_name: text(),
    from_status: text(),
    to_status: text().notNull(),
    observed_at: instant('observed_at').notNull(),
    previous_observed_at: instant('previous_observed_at'),
    time_in_status: interval(),
    /** As of the event: seen up to and including the first complete sweep of the project. */
    baseline: boolean().notNull().default(false),
  },
  (t) => [
    check('transitions_from_status', oneOf('from_status', IMAGE_STATUSES)),
    check('transitions_to_status', oneOf('to_status', IMAGE_STATUSES)),
    check('transitions_change', sql`from_status is distinct from to_status`),
    check('transitions_previous', sql`previous_observed_at <= observed_at`),
    check('transitions_time_in_status', sql`time_in_status >= interval '0'`),
    index('transitions_of_image').on(t.project_id, t.image_id, t.event_seq),
    index('transitions_failed').on(t.observed_at).where(sql`to_status = 'failed'`),
    // In the order that the views of build times group by, and with all they read: 100,000 builds take 50 ms
    // instead of 600.
    index('transitions_builds')
      .on(
        t.project_id,
        sql`((observed_at at time zone 'UTC')::date)`,
        t.to_status,
        t.time_in_status,
        t.observed_at,
      )
      .where(sql`from_status = 'creating' and to_status in ('usable', 'failed')`),
  ],
);
