import type { EventType, FieldChanges, Transition } from './diff.ts';
import type { Image } from './image.ts';

/** A change as the log keeps it. */
interface LoggedEvent {
  /** Place in the log; the order of numbers is the order of commits. */
  readonly seq: number;
  readonly id: string;
  readonly type: EventType;
  readonly project_id: string;
  readonly region: string;
  readonly image_id: string;
  readonly occurred_at: Date;
  readonly baseline: boolean;
  readonly transition: Transition | null;
  readonly changes: FieldChanges;
  readonly before: Image | null;
  readonly after: Image | null;
  readonly run_id: number;
  /** Where in a trace it was written, by W3C Trace Context; null where nobody traced. */
  readonly traceparent: string | null;
}

/** A change as the world is told of it: a CloudEvent 1.0 with the `sequence` extension. */
export interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: EventType;
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Zero-padded to 19 digits, so that it sorts as text: 2^63 − 1 has as many. */
  readonly sequence: string;
  /** The Distributed Tracing extension; left out where nobody traced. */
  readonly traceparent?: string;
  readonly data: Omit<LoggedEvent, 'seq' | 'id' | 'type' | 'occurred_at' | 'traceparent'> & {
    readonly image_name: string | null;
  };
}

/** The CloudEvent of a logged change: the same one, to the last byte, whenever and wherever it is made. */
export function cloudEvent(event: LoggedEvent): CloudEvent {
  const { project_id, region, image_id, baseline, before, after, run_id } = event;
  // Postgres orders the keys of what it stores; people read from before to.
  const transition = event.transition && { from: event.transition.from, to: event.transition.to };
  const changes = Object.fromEntries(
    Object.entries(event.changes).map(([field, { from, to }]) => [field, { from, to }]),
  );
  return {
    specversion: '1.0',
    id: event.id,
    source: `/regions/${region}/projects/${project_id}`,
    type: event.type,
    subject: image_id,
    time: event.occurred_at.toISOString(),
    datacontenttype: 'application/json',
    sequence: String(event.seq).padStart(19, '0'),
    ...(event.traceparent !== null && { traceparent: event.traceparent }),
    data: {
      project_id,
      region,
      image_id,
      image_name: (after ?? before)?.image_name ?? null,
      baseline,
      transition,
      changes,
      before,
      after,
      run_id,
    },
  };
}
