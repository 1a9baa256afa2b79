/** Comparing what a sweep saw with what is known. Asks the API by id where it must, and writes nothing. */

import type { RequestScope } from '../cph/listing.ts';
import { type Diff, diffSnapshot } from '../inventory/diff.ts';
import { reviewRemovals } from '../inventory/removal.ts';
import { assembleSnapshot, type Snapshot, withAnswers } from '../inventory/snapshot.ts';
import type { Known } from '../store/known-images.ts';
import { askById } from './confirm.ts';
import { type SettledListing, troubleOf } from './look.ts';
import type { SyncProject } from './project.ts';

/** What one sweep has to work with. */
export interface Sweep {
  readonly project: SyncProject;
  readonly snapshot: Snapshot;
  readonly settled: readonly SettledListing[];
}

/** What came of a sweep: how it counts, and what is different. */
export interface Comparison {
  readonly status: 'succeeded' | 'partial' | 'held';
  readonly snapshot: Snapshot;
  readonly diff: Diff;
  /** Missing images whose removal waits for a person. */
  readonly held_removals: number;
  /** Why it is partial; null when it is not. */
  readonly error: unknown;
}

/**
 * Makes a sweep of its listings. Throws the error of one that taught us nothing: every listing failed or was denied,
 * or one failed and the others are empty. Anything else is worth comparing.
 */
export function sweepOf(project: SyncProject, settled: readonly SettledListing[]): Sweep {
  const snapshot = assembleSnapshot(settled);
  const failed = settled.find((listing) => listing.proof === 'failed');
  const broken = settled.filter((listing) => listing.result === null);
  if (broken.length === settled.length) throw (failed ?? broken[0])?.error ?? new Error('nothing to list');
  if (failed && snapshot.sightings.size === 0) throw failed.error;
  return { project, snapshot, settled };
}

/**
 * Measures a sweep against what is known, asking by id for what is about to be removed. Should a question fail, the
 * sweep is partial: what it proved counts, and nothing of it is a removal.
 */
export async function compareSweep(
  known: Pick<Known, 'images'>,
  sweep: Sweep,
  scope: RequestScope,
): Promise<Comparison> {
  const { project, settled } = sweep;
  const images = [...known.images.values()];
  const review = reviewRemovals(images, sweep.snapshot, project.removalLimit);
  const answers = await askById(review.ask, project, scope);
  const asked = withAnswers(sweep.snapshot, answers);
  const snapshot = answers.error ? { ...asked, complete: false } : asked;
  const diff = diffSnapshot(images, snapshot, { held: review.held });
  return {
    status: !snapshot.complete ? 'partial' : review.held ? 'held' : 'succeeded',
    snapshot,
    diff,
    held_removals: review.held ? review.missing : 0,
    error: answers.error ?? (snapshot.complete ? null : troubleOf(settled)),
  };
}
