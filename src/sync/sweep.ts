/** The full sweep of one project: look → snapshot → diff → apply. */
import { snapshotDigest } from '../inventory/digest.ts';
import type { Database } from '../store/database.ts';
import { type Known, readKnownBesides } from '../store/known-images.ts';
import { endQuietSweep } from '../store/quiet-run.ts';
import { retryTransient } from '../store/transient.ts';
import { applyFinding, countChanges, type Finding } from './apply.ts';
import { type Comparison, compareSweep, type Sweep, sweepOf } from './compare.ts';
import { finishedBuilds } from './image-rows.ts';
import { lookAtListings, noteOf, type SettledListing } from './look.ts';
import type { LookControl, SyncProject } from './project.ts';
import {
  closeRun,
  countRecords,
  faultsOf,
  type OpenRun,
  openRun,
  quietEnd,
  type RunReport,
  reportRun,
  StaleLook,
  showRun,
  tracedLook,
} from './run.ts';

/**
 * Sweeps one project and returns how it went; only a database that cannot be reached makes it reject. Nothing
 * is written but the run unless the look brought something to rely on, and then all of it or none.
 */
export async function sweepProject(
  db: Database,
  project: SyncProject,
  control: LookControl,
): Promise<RunReport> {
  return await tracedLook(project.project_id, 'sweep', () => sweep(db, project, control));
}

async function sweep(db: Database, project: SyncProject, control: LookControl): Promise<RunReport> {
  const run = await openRun(db, { project_id: project.project_id, kind: 'sweep' }, control);
  let settled: SettledListing[] = [];
  try {
    settled = await lookAtListings(project.listings, run.scope);
    return await applySweep(db, run, sweepOf(project, settled));
  } catch (error) {
    return await closeRun(db, run, { error, listings: settled.map(noteOf) });
  }
}

async function applySweep(db: Database, run: OpenRun, sweep: Sweep): Promise<RunReport> {
  const { snapshot } = sweep;
  const quiet = await applyQuiet(db, run, sweep);
  if (quiet) return quiet;
  await showRun(db, run);
  let isFirst = true;
  for (let current = sweep; ; ) {
    const wanted = { digests: current.digests, current: snapshot.complete };
    const known = await retryTransient(() => readKnownBesides(db, run.project_id, wanted), run.scope.signal);
    const compared = await compareSweep(known, current, { scope: run.scope, turn: run.id });
    if (isFirst && showsMoreOfUnchanged(known, current, compared)) {
      isFirst = false;
      current = comparedAgain(sweep, compared);
      continue;
    }
    const finding = findingOf(run, compared, known);
    const applied = await applyFinding(db, run, { known, finding });
    if (applied === 'applied') return finding.report;
    if (applied === 'stale') throw new StaleLook();
    current = comparedAgain(sweep, compared);
  }
}

/**
 * What was answered by id stays answered, or an image that was found would count as missing after all. What is doubted
 * is doubted anew: it depends on what is known.
 */
function comparedAgain(sweep: Sweep, { snapshot, digests }: Comparison): Sweep {
  const { complete, outcomes } = sweep.snapshot;
  return { ...sweep, snapshot: { ...snapshot, complete, outcomes }, digests };
}

/**
 * Whether reading on behind the ends has shown more of an image that was taken for unchanged by what was seen before: its
 * row was not read, so the difference is not known.
 */
function showsMoreOfUnchanged({ unchanged }: Known, before: Sweep, { digests }: Comparison): boolean {
  return Array.from(unchanged).some((id) => digests.get(id) !== before.digests.get(id));
}

/**
 * The report of a complete sweep that found what the last one found, which is all there is to write; else
 * null.
 */
async function applyQuiet(
  db: Database,
  run: OpenRun,
  { snapshot, digests, settled }: Sweep,
): Promise<RunReport | null> {
  if (!snapshot.complete) return null;
  const report = reportRun(run, 'succeeded', { ...countRecords(snapshot), listings: settled.map(noteOf) });
  const quiet = { ...run, run_id: run.id, end: quietEnd(report, faultsOf(snapshot)) };
  const digest = snapshotDigest(snapshot, digests);
  const ended = await retryTransient(() => endQuietSweep(db, quiet, digest), run.scope.signal);
  return ended ? report : null;
}

/** The comparison as the run records it. */
function findingOf(run: OpenRun, compared: Comparison, known: Known): Finding {
  const report = reportRun(run, compared.status, {
    ...countChanges(compared.diff),
    builds: finishedBuilds(compared.diff, known),
    marked: compared.diff.marks.length,
    ...countRecords(compared.snapshot),
    listings: compared.settled.map(noteOf),
    held_removals: compared.held_removals,
    held_listings: compared.held_listings,
    restless_fields: compared.restless_fields,
    error: compared.error,
  });
  // With what asking by id has found: the next sweep must not pass for a quiet one while it lacks that image
  // too.
  const settledDown = compared.snapshot.complete && compared.diff.pending === 0;
  const { snapshot, digests, diff } = compared;
  const digest = settledDown ? snapshotDigest(snapshot, digests) : null;
  return { snapshot, digests, diff, report, digest, watched: false };
}
