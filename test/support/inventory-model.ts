/** The inventory without a database: what the store would know after each look. */
import { type Diff, diffSnapshot, type KnownImage } from '../../src/inventory/diff.ts';
import type { ImagesRecord, Source } from '../../src/inventory/image.ts';
import type { RejectedRecord } from '../../src/inventory/listing.ts';
import { type RemovalReview, reviewRemovals } from '../../src/inventory/removal.ts';
import { type Snapshot, withAnswers } from '../../src/inventory/snapshot.ts';
import { doubtOf } from '../../src/sync/doubts.ts';

/** Writes a diff as the store does: changes replace rows, marks move only what is kept about their sighting. */
export function applyDiff(rows: readonly KnownImage[], { changes, marks }: Diff): KnownImage[] {
  const table = new Map(rows.map((row) => [row.image.image_id, row]));
  for (const change of changes) {
    const row = table.get(change.image_id);
    const { after, missing_from, out_of_sight, listed_under } = change;
    if (after) {
      const removal_approved = staysApproved(row, missing_from);
      const kept = { listed_under, missing_from, out_of_sight, removed: false, removal_approved };
      table.set(change.image_id, { image: after, ...kept });
    } else if (row) table.set(change.image_id, { ...row, missing_from: row.image.listed_in, removed: true });
  }
  for (const { image_id, listed_under, missing_from, out_of_sight } of marks) {
    const row = table.get(image_id);
    if (!row) throw new Error(`mark of an image nobody knows: ${image_id}`);
    const removal_approved = staysApproved(row, missing_from);
    table.set(image_id, { ...row, listed_under, missing_from, out_of_sight, removal_approved });
  }
  return [...table.values()];
}

/** An approval ends when a source that missed the image shows it again. */
function staysApproved(row: KnownImage | undefined, missing_from: readonly Source[]): boolean {
  if (!row?.removal_approved || missing_from.length === 0) return false;
  return row.missing_from.every((source) => missing_from.includes(source));
}

export interface Looked {
  readonly rows: KnownImage[];
  readonly diff: Diff;
  readonly review: RemovalReview;
  /** The snapshot with the answers of the images endpoint to being asked by id. */
  readonly snapshot: Snapshot;
}

/** How the images endpoint answers when asked for one image; null when it has none. */
export type ById = (image_id: string) => ImagesRecord | RejectedRecord | null;

/** One look from its snapshot to the rows it leaves: review, questions by id, diff, apply. */
export function look(
  rows: readonly KnownImage[],
  shown: Snapshot,
  { byId = () => null, limit = 1, ignored = [] }: { byId?: ById; limit?: number; ignored?: string[] } = {},
): Looked {
  const observed = doubtOf(shown, rows, []) ? { ...shown, complete: false } : shown;
  const review = reviewRemovals(rows, observed, limit);
  const answers = review.ask.map(({ image_id }) => ({ image_id, answer: byId(image_id) }));
  const snapshot = withAnswers(observed, {
    found: answers.flatMap(({ answer }) => (answer && !('reason' in answer) ? [answer] : [])),
    rejected: answers.flatMap(({ answer }) => (answer && 'reason' in answer ? [answer] : [])),
    absent: answers.flatMap(({ image_id, answer }) => (answer ? [] : [image_id])),
  });
  const diff = diffSnapshot(rows, snapshot, { held: review.held, ignored: new Set(ignored) });
  return { rows: applyDiff(rows, diff), diff, review, snapshot };
}

/** Looks one after another, each answered `byId`; returns what each of them changed and the rows they leave. */
export function looks(rows: readonly KnownImage[], snapshots: readonly Snapshot[], byId: ById = () => null) {
  let current = rows;
  const changed: string[][] = [];
  const asked: string[][] = [];
  for (const snapshot of snapshots) {
    const { rows: next, diff, review } = look(current, snapshot, { byId });
    changed.push(diff.changes.map((change) => `${change.image_id} ${change.type.replace('cph.image.', '')}`));
    asked.push(review.ask.map((image) => image.image_id));
    current = next;
  }
  return { changed, asked, rows: current };
}
