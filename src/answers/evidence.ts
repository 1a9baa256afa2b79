/** Who says what an image is: for each field the endpoint, the look that saw it first, and the last that saw it so. */
import { sql } from 'drizzle-orm';
import {
  IMAGES_FIELDS,
  type ImageType,
  PHONE_IMAGES_FIELDS,
  REPORTED_FIELDS,
  type Source,
} from '../inventory/image.ts';
import { listingName } from '../inventory/removal.ts';
import type { Database } from '../store/database.ts';
import type { ImageRow, LifeEvent } from '../store/reports.ts';

/** A look that saw something: what it saw was so at a moment between `from` and `to`. */
export interface Look {
  readonly run_id: number;
  /** Null when the run was deleted since, as are the three below. */
  readonly kind: string | null;
  readonly from: Date | null;
  readonly to: Date;
  /** Of the answers that the look got; those of the listing are among them, unless there were too many. */
  readonly request_ids: readonly string[];
}

/** Why a field is believed to be what it is. */
export interface FieldEvidence {
  readonly field: string;
  readonly value: unknown;
  /** The endpoint that says so. Null where neither lists the image any more, and for what both say. */
  readonly source: Source | null;
  /** The listing of that endpoint which showed the image last: `images/private`, `phone-images`. */
  readonly listing: string | null;
  /** The look that saw the value first. Null when its event was deleted since. */
  readonly since: (Look & { readonly event_seq: number; readonly not_before: Date | null }) | null;
  /** The last look that saw it so. Null while the image is out of sight there, or gone. */
  readonly confirmed: Look | null;
}

/**
 * The last sweep of a project that was complete, or null. Sweeps that found nothing new share a run: its request
 * ids are those of the first of them.
 */
export async function lastCompleteSweep(db: Database, project_id: string): Promise<Look | null> {
  const { rows } = await db.execute<Look & Record<string, unknown>>(sql`
    select r.id as run_id, r.kind, p.last_complete_look_at as from, p.last_complete_at as to, r.request_ids
    from cph.sync_runs r
    join cph.projects p using (project_id)
    where r.project_id = ${project_id} and r.kind between 'sweep' and 'sweep' and r.status in ('succeeded', 'held')
    order by r.kind desc, r.id desc
    limit 1`);
  return rows[0] ?? null;
}

/**
 * The evidence for each field. `life` is oldest first. A quiet look writes no image, so what an image in sight
 * said last is what the last complete sweep confirmed.
 */
export function evidenceOf(
  image: ImageRow,
  { life, sweep }: { life: readonly LifeEvent[]; sweep: Look | null },
): FieldEvidence[] {
  return REPORTED_FIELDS.map((field) => {
    const source = sourceOf(field, image.listed_in);
    const since = firstSeen(field, life);
    return {
      field,
      value: image[field],
      source,
      listing: source && listingOf(source, image.listed_under),
      since,
      confirmed: confirmedBy({ image, source, since, sweep }),
    };
  });
}

/** Each source owns its fields; the images endpoint names an image that it lists. */
function sourceOf(field: string, listed_in: readonly Source[]): Source | null {
  const listing = (source: Source) => (listed_in.includes(source) ? source : null);
  if (IMAGES_FIELDS.some((one) => one === field)) return listing('images');
  if (PHONE_IMAGES_FIELDS.some((one) => one === field)) return listing('phone-images');
  return field === 'image_name' ? (listing('images') ?? listing('phone-images')) : null;
}

/** phone-images is asked for all types at once. Which listing of images it was, rows of old do not say. */
function listingOf(source: Source, listed_under: ImageType | null): string {
  if (source === 'phone-images') return listingName(source, 'all');
  return listed_under === null ? source : listingName(source, listed_under);
}

function firstSeen(field: string, life: readonly LifeEvent[]): FieldEvidence['since'] {
  const begun = life.findLast(({ event }) => event.before === null || field in event.changes);
  if (!begun) return null;
  const { event, run, previous_observed_at } = begun;
  return {
    run_id: event.run_id,
    kind: run?.kind ?? null,
    from: run?.started_at ?? null,
    to: event.occurred_at,
    request_ids: run?.request_ids ?? [],
    event_seq: event.seq,
    not_before: field === 'status' || field === 'status_code' ? previous_observed_at : null,
  };
}

interface Seen {
  readonly image: ImageRow;
  readonly source: Source | null;
  readonly since: FieldEvidence['since'];
  readonly sweep: Look | null;
}

function confirmedBy({ image, source, since, sweep }: Seen): Look | null {
  const unseen = source ? image.missing_from.includes(source) : image.missing_since !== null;
  if (image.removed_at || unseen || (source === 'images' && image.out_of_sight)) return null;
  if (!since || (sweep && sweep.run_id >= since.run_id)) return sweep;
  const { event_seq: _, not_before: __, ...look } = since;
  return look;
}
