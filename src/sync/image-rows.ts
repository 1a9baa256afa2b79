/** From a diff to rows: the times that go with each change. Pure; `apply.ts` writes what is decided here. */
import type { Diff, ImageChange, KnownImage, SightingMark } from '../inventory/diff.ts';
import { type Digests, isSettled, sameReading } from '../inventory/digest.ts';
import { sightingOf } from '../inventory/sighting.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { DigestNote, ImageMark, ImageUpsert } from '../store/images.ts';
import type { Known, StoredImage } from '../store/known-images.ts';
import type { ProjectRow } from '../store/projects.ts';
import type { PriorStatus } from '../store/transitions.ts';

/** When the look began, and when it was over: what it saw was true at some moment between. */
interface LookTimes {
  readonly started_at: Date;
  readonly observed_at: Date;
}

/**
 * The last moment at which the image was certainly as we know it. Sweeps and watches that find nothing new
 * write no image, so for an image in sight that is when the last of them began to look.
 */
function lastSeen(known: StoredImage, project: ProjectRow): Date {
  if (known.out_of_sight) return known.seen_at;
  const looks = [known.seen_at, project.last_complete_look_at];
  if (known.image.status === 'creating') looks.push(project.last_watch_look_at);
  return new Date(Math.max(...looks.map((look) => look?.getTime() ?? 0)));
}

/** The rows of images that are new, changed or back. */
export function upsertsOf(
  changes: readonly ImageChange[],
  { known, finding, look }: { known: Known; finding: Seen; look: LookTimes },
): ImageUpsert[] {
  return changes.flatMap((change) => {
    if (!change.after) return [];
    const before = known.images.get(change.image_id) ?? null;
    const missing = change.missing_from.length === change.after.listed_in.length;
    return [
      {
        image: change.after,
        first_seen_at: before?.first_seen_at ?? look.observed_at,
        changed_at: look.observed_at,
        missing_since: missing ? (before?.missing_since ?? look.observed_at) : null,
        missing_from: change.missing_from,
        status_since: statusSince(change, before, look),
        status_baseline: statusBaseline(change, before, known.project),
        seen_at: change.status_read || !before ? look.started_at : lastSeen(before, known.project),
        out_of_sight: change.out_of_sight,
        listed_under: change.listed_under,
        digest: digestToKeep({ ...change, image: change.after }, before, finding),
      },
    ];
  });
}

/** What a look has seen. */
interface Seen {
  readonly snapshot: Snapshot;
  readonly digests: Digests;
  readonly diff: Diff;
}

/** The digest by which later sweeps pass over an image; null where they have to compare it. */
function digestToKeep(
  left: Pick<KnownImage, 'missing_from' | 'out_of_sight' | 'image'>,
  before: KnownImage | null,
  { snapshot, digests }: Seen,
): string | null {
  const { image_id } = left.image;
  const shown = snapshot.sightings.get(image_id);
  if (!shown) return null;
  const used = before ? sightingOf(before, snapshot) : shown;
  return isSettled(left, { shown, used }) ? (digests.get(image_id) ?? null) : null;
}

/**
 * Digests of images that have none, or one of another way to read records, and were compared and are as
 * known. Where records differ and mean the same, the digest stays: images whose records go to and fro would
 * be written with every sweep.
 */
export function digestNotes(known: Known, finding: Seen): DigestNote[] {
  const { changes, marks } = finding.diff;
  const touched = new Set([...changes, ...marks].map(({ image_id }) => image_id));
  return Array.from(known.images.values()).flatMap((one) => {
    const { image_id } = one.image;
    if (one.removed || touched.has(image_id)) return [];
    const digest = digestToKeep(one, one, finding);
    const isNoted = digest === null || (one.digest !== null && sameReading(one.digest, digest));
    return isNoted ? [] : [{ image_id, digest }];
  });
}

function statusSince(change: ImageChange, before: StoredImage | null, look: LookTimes): Date | null {
  if (!change.after?.status) return null;
  return change.transition ? look.observed_at : (before?.status_since ?? look.observed_at);
}

/**
 * Whether a change was there before anyone could have been told of it: a first sight, of an image or of its
 * status, up to and including the project's first complete sweep. What was watched as it changed never is,
 * also in a project that was never read completely.
 */
export function isBaseline({ type, transition }: ImageChange, project: ProjectRow): boolean {
  const firstSight = type === 'cph.image.created' || (transition !== null && transition.from === null);
  return firstSight && project.last_complete_at === null;
}

/** Whether that holds of the present status. */
function statusBaseline(change: ImageChange, before: StoredImage | null, project: ProjectRow): boolean {
  return change.transition || !before ? isBaseline(change, project) : before.status_baseline;
}

export function marksOf(diff: Diff, known: Known, look: LookTimes): ImageMark[] {
  return diff.marks.map((mark) => ({ ...mark, seen_at: seenAt(mark, known, look) }));
}

function seenAt(mark: SightingMark, known: Known, look: LookTimes): Date {
  const before = known.images.get(mark.image_id);
  if (!before) return look.started_at;
  return before.out_of_sight && !mark.out_of_sight ? look.started_at : lastSeen(before, known.project);
}

/** What is known of the statuses that a diff's transitions leave; `first` is the number of its first event. */
export function priorsOf(
  diff: Diff,
  known: Known,
  { look, first }: { look: LookTimes; first: number },
): PriorStatus[] {
  return diff.changes.flatMap((change, i) => {
    const before = known.images.get(change.image_id);
    if (!change.transition || !before) return [];
    return [
      {
        event_seq: first + i,
        previous_observed_at: earlier(lastSeen(before, known.project), look.observed_at),
        time_in_status_ms: timeInStatus(change, before, look),
      },
    ];
  });
}

/** A build that a look saw the end of. */
export interface FinishedBuild {
  readonly result: 'usable' | 'failed';
  /** When the image was first seen as creating. */
  readonly began: Date;
}

/** The images that were being created, as far as we knew, and are not any more. */
export function finishedBuilds({ changes }: Diff, known: Pick<Known, 'images'>): FinishedBuild[] {
  return changes.flatMap(({ image_id, transition }) => {
    const began = known.images.get(image_id)?.status_since;
    if (transition?.from !== 'creating' || !began) return [];
    return transition.to === 'usable' || transition.to === 'failed' ? [{ result: transition.to, began }] : [];
  });
}

function timeInStatus(change: ImageChange, before: StoredImage, look: LookTimes): number | null {
  if (!before.status_since || !change.transition?.from) return null;
  return Math.max(0, look.observed_at.getTime() - before.status_since.getTime());
}

/** Another replica's clock may be ahead of ours; an interval must not run backwards for it. */
function earlier(a: Date, b: Date): Date {
  return a < b ? a : b;
}
