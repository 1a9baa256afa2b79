/** Comparing what a sweep saw with what is known. Asks the API where it must, and writes nothing. */
import type { RequestScope } from '../cph/listing.ts';
import { type Diff, diffSnapshot, type KnownImage } from '../inventory/diff.ts';
import { type Digests, digestsOf, readingOf } from '../inventory/digest.ts';
import { reviewRemovals } from '../inventory/removal.ts';
import { restlessFields } from '../inventory/restless.ts';
import { assembleSnapshot, type Snapshot, withAnswers } from '../inventory/snapshot.ts';
import type { Known } from '../store/known-images.ts';
import { askById } from './confirm.ts';
import { believableDenials } from './denials.ts';
import { confirmEnds, doubtOf, withoutUnsupported } from './doubts.ts';
import { type SettledListing, troubleOf } from './look.ts';
import type { SyncProject } from './project.ts';

/** What one sweep has to work with. */
export interface Sweep {
  readonly project: SyncProject;
  readonly snapshot: Snapshot;
  readonly digests: Digests;
  readonly settled: readonly SettledListing[];
}

/** What came of a sweep: how it counts, and what is different. */
export interface Comparison {
  readonly status: 'succeeded' | 'partial' | 'held';
  readonly snapshot: Snapshot;
  readonly digests: Digests;
  /** The listings as the comparison with what is known has found them. */
  readonly settled: readonly SettledListing[];
  readonly diff: Diff;
  /** Missing images whose removal waits for a person, and the listings that miss them. */
  readonly held: ReadonlySet<string>;
  readonly held_removals: number;
  readonly held_listings: readonly string[];
  /** Fields that changed on nearly all images. */
  readonly restless_fields: readonly string[];
  /** Why it is partial, or left something open; null when there is nothing to explain. */
  readonly error: unknown;
}

/**
 * Makes a sweep of its listings. Throws the error of one that taught us nothing: every listing failed or was
 * denied, or one failed and the others are empty. Anything else is worth comparing.
 */
export function sweepOf(project: SyncProject, settled: readonly SettledListing[]): Sweep {
  const snapshot = assembleSnapshot(settled);
  const failed = settled.find((listing) => listing.proof === 'failed');
  const broken = settled.filter((listing) => listing.result === null);
  if (broken.length === settled.length) throw (failed ?? broken[0])?.error ?? new Error('nothing to list');
  if (failed && snapshot.sightings.size === 0) throw failed.error;
  return { project, snapshot, digests: digestsOf(snapshot, readingOf(project.ignoredFields)), settled };
}

interface CompareOptions {
  readonly scope: RequestScope;
  /** Rises from sweep to sweep, so that each asks for other images by id where not all can be asked for. */
  readonly turn: number;
}

/**
 * Measures a sweep against what is known. Before an image is missed, the listings whose end nobody told are
 * read on; before it is removed, it is asked for by id. A question that gets no answer leaves its image
 * unproven, and no more.
 */
export async function compareSweep(
  known: Pick<Known, 'images' | 'unchanged'>,
  sweep: Sweep,
  { scope, turn }: CompareOptions,
): Promise<Comparison> {
  const { project } = sweep;
  const images: readonly KnownImage[] = [...known.images.values()];
  const settled = withoutUnsupported(sweep.settled, images);
  const assembled = settled === sweep.settled ? sweep.snapshot : { ...sweep.snapshot, complete: false };
  const confirmed = await confirmEnds(assembled, { images, settled, listings: project.listings, scope });
  const doubt = doubtOf(confirmed, images, settled);
  const whole = doubt === null ? confirmed : { ...confirmed, complete: false };

  const { unchanged } = known;
  const review = reviewRemovals(images, whole, project.removalLimit, unchanged);
  const answers = await believableDenials(await askById(review.ask, project, { scope, turn }), {
    suspects: review.ask,
    snapshot: whole,
    isKnown: (image_id) => unchanged.has(image_id) || known.images.get(image_id)?.removed === false,
    project,
    scope,
  });
  const snapshot = withAnswers(whole, answers);
  const { ignoredFields: ignored } = project;
  const leftOpen = answers.error ?? answers.untold;
  const diff = diffSnapshot(images, snapshot, { held: review.held, ignored, unchanged });
  const seen = images.filter(
    ({ image, removed }) => !removed && snapshot.sightings.has(image.image_id),
  ).length;
  return {
    status: !snapshot.complete ? 'partial' : review.held.size > 0 ? 'held' : 'succeeded',
    snapshot,
    digests: digestsOf(snapshot, readingOf(ignored), sweep),
    settled,
    diff,
    held: review.held,
    held_removals: review.held.size,
    held_listings: review.held_listings,
    restless_fields: restlessFields(diff, seen + unchanged.size),
    error: snapshot.complete ? leftOpen : (troubleOf(settled) ?? doubt ?? leftOpen),
  };
}
