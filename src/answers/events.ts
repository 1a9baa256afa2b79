/** The log, as readers follow it. */
import { z } from 'zod';
import { type CloudEvent, cloudEvent } from '../inventory/event.ts';
import type { Database } from '../store/database.ts';
import { readEvents } from '../store/events.ts';
import type { Page } from './cursor.ts';
import { DEFAULT_LIMIT, PARAMETERS } from './parameters.ts';

const { after, limit } = PARAMETERS;
export const EVENTS_PARAMETERS = z.strictObject({ after, limit });

/** `next` is what to give for `after`; null at the end of the log, which may grow. */
export interface Events extends Omit<Page<CloudEvent>, 'next'> {
  readonly next: number | null;
}

/** Events behind `after`, oldest first: a reader that remembers the last number misses none. */
export async function readLog(
  db: Database,
  { after = 0, limit = DEFAULT_LIMIT }: z.output<typeof EVENTS_PARAMETERS>,
): Promise<Events> {
  const rows = await readEvents(db, { after, limit: limit + 1 });
  const events = rows.slice(0, limit);
  return { items: events.map(cloudEvent), next: rows.length > limit ? (events.at(-1)?.seq ?? null) : null };
}
