/** The watch: what became of the images being created, for one request while there are none. */
import { diffSnapshot } from '../inventory/diff.ts';
import { digestsOf, readingOf } from '../inventory/digest.ts';
import type { ImageType } from '../inventory/image.ts';
import { partialSnapshot } from '../inventory/snapshot.ts';
import type { Database } from '../store/database.ts';
import { readCreating, readKnown } from '../store/known-images.ts';
import { endQuietWatch } from '../store/quiet-run.ts';
import { retryTransient } from '../store/transient.ts';
import { applyFinding, countChanges } from './apply.ts';
import { askById } from './confirm.ts';
import { finishedBuilds } from './image-rows.ts';
import { lookAtListings, noteOf, type SettledListing, troubleOf } from './look.ts';
import type { LookControl, SyncProject } from './project.ts';
import {
  closeRun,
  countRecords,
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
 * Watches one project and returns how it went, or null where there is nothing to watch. A watch can add an
 * image and see its status change; it never takes one for gone.
 */
export async function watchProject(
  db: Database,
  project: SyncProject,
  control: LookControl,
): Promise<RunReport | null> {
  return await tracedLook(project.project_id, 'watch', () => watch(db, project, control));
}

async function watch(db: Database, project: SyncProject, control: LookControl): Promise<RunReport | null> {
  const { project_id, imageTypes } = project;
  // Only private images are ever created in a project; other types are asked for while we know one being
  // created.
  const first: readonly ImageType[] = imageTypes.filter((type) => type === 'private');
  if (first.length === 0 && (await othersCreating(db, project, control.signal)).length === 0) return null;
  const run = await openRun(db, { project_id, kind: 'watch' }, control);
  let settled: SettledListing[] = [];
  const list = async (types: readonly ImageType[]) => {
    settled = [...settled, ...(await lookAtListings(types.map(project.creatingListing), run.scope))];
    const trouble = settled.find((listing) => listing.error !== null);
    if (trouble) throw trouble.error;
  };
  try {
    await list(first);
    const quiet = await applyQuiet(db, run, settled);
    if (quiet) return quiet;
    await list(await othersCreating(db, project, control.signal));
    return await applyWatch(db, run, { project, settled });
  } catch (error) {
    return await closeRun(db, run, { error, listings: settled.map(noteOf) });
  }
}

/** The types of images other than private ones that are known as being created. */
async function othersCreating(
  db: Database,
  { project_id, imageTypes }: SyncProject,
  signal: AbortSignal,
): Promise<ImageType[]> {
  const creating = await retryTransient(() => readCreating(db, project_id), signal);
  return imageTypes.filter(
    (type) => type !== 'private' && creating.some(({ listed_under }) => listed_under === type),
  );
}

/** The report of a watch that has nothing to watch: no image is listed as being created, or known as such. */
async function applyQuiet(
  db: Database,
  run: OpenRun,
  settled: readonly SettledListing[],
): Promise<RunReport | null> {
  const heard = settled.some(({ result }) => result && result.records.length + result.rejected.length > 0);
  if (settled.length === 0 || heard || troubleOf(settled) !== null) return null;
  const report = reportRun(run, 'succeeded', { listings: settled.map(noteOf) });
  const quiet = { ...run, run_id: run.id, end: quietEnd(report) };
  return (await retryTransient(() => endQuietWatch(db, quiet), run.scope.signal)) ? report : null;
}

interface Watch {
  readonly project: SyncProject;
  readonly settled: readonly SettledListing[];
}

async function applyWatch(db: Database, run: OpenRun, { project, settled }: Watch): Promise<RunReport> {
  await showRun(db, run);
  const creating = await retryTransient(() => readCreating(db, run.project_id), run.scope.signal);
  const records = settled.flatMap((listing) => listing.result?.records ?? []);
  const rejected = settled.flatMap((listing) => listing.result?.rejected ?? []);
  const listed = new Set(records.map((record) => record.image_id));
  const left = creating.filter((image) => !listed.has(image.image_id));
  const answers = await askById(left, project, { scope: run.scope, turn: run.id });
  const snapshot = partialSnapshot([...records, ...answers.found], [...rejected, ...answers.rejected]);
  const error = answers.error ?? troubleOf(settled);
  for (;;) {
    const observed = [...snapshot.sightings.keys()];
    const { signal } = run.scope;
    const wanted = { observed, current: false };
    const known = await retryTransient(() => readKnown(db, run.project_id, wanted), signal);
    const diff = diffSnapshot(known.images.values(), snapshot, {
      held: new Set(),
      ignored: project.ignoredFields,
    });
    // Not the ones we set out with: an older sweep may have added some that we have not looked for.
    const nowCreating = await retryTransient(() => readCreating(db, run.project_id), signal);
    const watched =
      error === null && nowCreating.every(({ image_id }) => snapshot.sightings.get(image_id)?.images?.status);
    const report = reportRun(run, error ? 'partial' : 'succeeded', {
      ...countChanges(diff),
      builds: finishedBuilds(diff, known),
      ...countRecords(snapshot),
      listings: settled.map(noteOf),
      error,
    });
    const digests = digestsOf(snapshot, readingOf(project.ignoredFields));
    const finding = { snapshot, digests, diff, report, digest: null, watched };
    const applied = await applyFinding(db, run, { known, finding });
    if (applied === 'applied') return report;
    if (applied === 'stale') throw new StaleLook();
  }
}
