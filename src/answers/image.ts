/** One image: what it is, what happened to it, and who says so. */
import { sql } from 'drizzle-orm';
import { z } from 'zod';
import { type CloudEvent, cloudEvent } from '../inventory/event.ts';
import type { Database } from '../store/database.ts';
import { findImages, readLife } from '../store/reports.ts';
import { evidenceOf, type FieldEvidence, lastCompleteSweep } from './evidence.ts';
import { type ImageItem, readImage } from './images.ts';
import { DEFAULT_LIMIT, PARAMETERS } from './parameters.ts';
import { type TimelineLine, timelineOf } from './timeline.ts';

export const IMAGE_PARAMETERS = z.strictObject({ limit: PARAMETERS.limit });

/** A change of status, as in `cph.image_status_transitions`; durations in seconds. */
export interface Transition extends Record<string, unknown> {
  readonly from_status: string | null;
  readonly to_status: string;
  /** It happened between these two. */
  readonly previous_observed_at: Date | null;
  readonly observed_at: Date;
  readonly time_in_status: number | null;
  readonly baseline: boolean;
  readonly event_seq: number;
}

export interface ImageAnswer extends ImageItem {
  /** The newest events, oldest of them first. */
  readonly events: readonly CloudEvent[];
  /** The same events with one change a line. */
  readonly timeline: readonly TimelineLine[];
  /** The newest changes of status, oldest of them first. */
  readonly transitions: readonly Transition[];
  readonly explain: readonly FieldEvidence[];
}

/** What is known of one image, also of one that is gone; null where the project never showed it. */
export async function readImageAnswer(
  db: Database,
  image: { readonly project_id: string; readonly image_id: string },
  { limit = DEFAULT_LIMIT }: { readonly limit?: number | undefined } = {},
): Promise<ImageAnswer | null> {
  const [row, [stored], life, transitions, sweep] = await Promise.all([
    readImage(db, image),
    findImages(db, image.image_id, image.project_id),
    readLife(db, image, limit),
    readTransitions(db, image, limit),
    lastCompleteSweep(db, image.project_id),
  ]);
  if (!row || !stored) return null;
  const events = life.map(({ event }) => cloudEvent(event));
  const explain = evidenceOf(stored, { life, sweep });
  return { ...row, events, timeline: timelineOf(life), transitions, explain };
}

async function readTransitions(
  db: Database,
  { project_id, image_id }: { readonly project_id: string; readonly image_id: string },
  limit: number,
): Promise<Transition[]> {
  const { rows } = await db.execute<Transition>(sql`
    select from_status, to_status, previous_observed_at, observed_at,
      extract(epoch from time_in_status)::float8 as time_in_status, baseline, event_seq
    from cph.image_status_transitions
    where project_id = ${project_id} and image_id = ${image_id}
    order by event_seq desc
    limit ${limit}`);
  return rows.reverse();
}
