/** The life of an image as people read it: one change a line, oldest first. */
import { REPORTED_FIELDS } from '../inventory/image.ts';
import type { LifeEvent } from '../store/reports.ts';

export interface TimelineLine {
  /** When the look that saw it was over; it happened before, and not before `not_before`. */
  readonly at: Date;
  /** When the last look began that saw it as it was; null where nobody had looked before. */
  readonly not_before: Date | null;
  readonly change: 'first_seen' | 'status' | 'field' | 'removed' | 'restored';
  /** The field that changed; null for the image as a whole. */
  readonly field: string | null;
  readonly from: unknown;
  readonly to: unknown;
  /** Seconds in the old status, of a change of status. */
  readonly time_in_status: number | null;
  readonly baseline: boolean;
  readonly event_seq: number;
  readonly run_id: number;
  readonly request_ids: readonly string[];
}

const WHOLE: Readonly<Record<string, 'first_seen' | 'removed' | 'restored'>> = {
  'cph.image.created': 'first_seen',
  'cph.image.removed': 'removed',
  'cph.image.restored': 'restored',
};

/** Events as lines: what a look saw change of an image at once is a line for each field. */
export function timelineOf(life: readonly LifeEvent[]): TimelineLine[] {
  return life.flatMap((one) => {
    const { type, before, after, changes } = one.event;
    const whole = WHOLE[type];
    if (whole)
      return [lineOf(one, { change: whole, from: before?.status ?? null, to: after?.status ?? null })];
    // A code that goes with its status is no line of its own.
    const fields = Object.entries(changes).filter(([field]) => field !== 'status_code' || !changes.status);
    return fields
      .toSorted(byPlace)
      .map(([field, { from, to }]) => lineOf(one, { change: kindOf(one, field), field, from, to }));
  });
}

/** The status first, the others as the table has them. Postgres keeps no order of keys. */
const PLACES: readonly string[] = ['status', ...REPORTED_FIELDS];
const byPlace = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]) =>
  PLACES.indexOf(a) - PLACES.indexOf(b);

const kindOf = ({ event }: LifeEvent, field: string) =>
  field === 'status' && event.transition ? 'status' : 'field';

function lineOf(
  { event, previous_observed_at, time_in_status_ms, run }: LifeEvent,
  line: Pick<TimelineLine, 'change' | 'from' | 'to'> & { readonly field?: string },
): TimelineLine {
  return {
    at: event.occurred_at,
    not_before: line.change === 'status' ? previous_observed_at : null,
    field: null,
    ...line,
    time_in_status: line.change === 'status' && time_in_status_ms !== null ? time_in_status_ms / 1000 : null,
    baseline: event.baseline,
    event_seq: event.seq,
    run_id: event.run_id,
    request_ids: run?.request_ids ?? [],
  };
}
