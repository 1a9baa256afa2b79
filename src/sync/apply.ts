/** Applying: the one place where what a look found is written, in one transaction or not at all. */
import type { Diff, EventType, ImageChange } from '../inventory/diff.ts';
import type { Digests } from '../inventory/digest.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import type { Database, Transaction } from '../store/database.ts';
import { appendEvents } from '../store/events.ts';
import { insertImages, markImages, noteDigests, removeImages, upsertImages } from '../store/images.ts';
import type { Known } from '../store/known-images.ts';
import { lockProject, type ProjectRow, updateProject } from '../store/projects.ts';
import { shareRow } from '../store/quiet-run.ts';
import { abandonOlderRuns, endRun } from '../store/runs.ts';
import { retryTransient } from '../store/transient.ts';
import { insertTransitions } from '../store/transitions.ts';
import { batches } from '../store/unnest.ts';
import { inSpan, traceparent } from '../tracing/span.ts';
import { digestNotes, isBaseline, marksOf, priorsOf, upsertsOf } from './image-rows.ts';
import { faultsOf, type OpenRun, quietEnd, type RunReport, runEnd, StaleLook } from './run.ts';

/**
 * - `applied`: everything is committed.
 * - `stale`: a look that began later was applied first; nothing was written, and this look is worthless now.
 * - `moved`: what the difference was made from is no longer what is known; nothing was written, compare
 *   again.
 */
export type Applied = 'applied' | 'stale' | 'moved';

/** What a look found, ready to be written. */
export interface Finding {
  readonly snapshot: Snapshot;
  readonly digests: Digests;
  readonly diff: Diff;
  readonly report: RunReport;
  /** Set when the snapshot is complete and leaves nothing to look at again. */
  readonly digest: string | null;
  /** A watch accounted for every image being created. */
  readonly watched: boolean;
}

/**
 * Writes rows, transitions, events, the run and the project together. The project's row is locked first:
 * applies of one project queue up there, and a look that is not the newest finds out and leaves. If we die at
 * any point before the commit, Postgres forgets all of it; the run stays `running` until the next apply
 * abandons it.
 */
export async function applyFinding(
  db: Database,
  run: OpenRun,
  { known, finding }: { known: Known; finding: Finding },
): Promise<Applied> {
  const apply = async (tx: Transaction): Promise<Applied> => {
    const project = await lockProject(tx, run.project_id);
    if (project.last_applied_run_id === run.id) return 'applied';
    if (project.last_applied_run_id > run.id) return 'stale';
    if (project.last_applied_run_id !== known.project.last_applied_run_id) return 'moved';
    await writeImages(tx, run, { known, finding });
    await writeOutcome(tx, run, { project, finding });
    await writeLog(tx, run, { known, finding });
    return 'applied';
  };
  // It depends on nothing but its arguments and the tables, so a deadlock or a restart of Postgres costs a
  // second try and no look. Should the first one have been committed after all, the second finds that the run
  // was applied already.
  const attributes = { 'cph.run_id': run.id, 'cph.changes': finding.diff.changes.length };
  return await inSpan('cph.apply', { attributes }, async (span) => {
    const applied = await retryTransient(() => db.transaction(apply), run.scope.signal);
    span.setAttribute('cph.applied', applied);
    return applied;
  });
}

/**
 * Ends the run, in the row of the one before it where both found nothing new. A run that another replica has
 * taken for dead is ended already: nothing may be written in its name any more.
 */
async function endOwnRun(tx: Transaction, run: OpenRun, { report, snapshot, diff }: Finding): Promise<void> {
  const rejections = faultsOf(snapshot);
  const changed = diff.changes.length + diff.marks.length > 0;
  const quiet = report.status === 'succeeded' && !changed;
  const end = quiet ? quietEnd(report, rejections) : null;
  if (end && (await shareRow(tx, { ...run, run_id: run.id, end }))) return;
  if (!(await endRun(tx, run.id, end ?? runEnd(report, rejections)))) throw new StaleLook();
}

interface Writing {
  readonly known: Known;
  readonly finding: Finding;
}

async function writeImages(tx: Transaction, run: OpenRun, { known, finding }: Writing): Promise<void> {
  const { diff, report } = finding;
  const look = { started_at: run.started_at, observed_at: report.finished_at };
  const at = report.finished_at;
  const gone = diff.changes.filter((change) => change.after === null).map((change) => change.image_id);
  const isNew = ({ type }: ImageChange) => type === 'cph.image.created';
  // In parts: the rows of 100,000 images would be in memory beside the changes they are made of.
  for (const changes of batches(diff.changes.filter(isNew))) {
    await insertImages(tx, run.project_id, upsertsOf(changes, { known, finding, look }));
  }
  for (const changes of batches(diff.changes.filter((change) => !isNew(change)))) {
    await upsertImages(tx, run.project_id, upsertsOf(changes, { known, finding, look }));
  }
  await markImages(tx, run.project_id, { marks: marksOf(diff, known, look), at });
  await removeImages(tx, run.project_id, { image_ids: gone, at });
  await noteDigests(tx, run.project_id, digestNotes(known, finding));
}

async function writeLog(tx: Transaction, run: OpenRun, { known, finding }: Writing): Promise<void> {
  const { diff, report } = finding;
  if (diff.changes.length === 0) return;
  const look = { started_at: run.started_at, observed_at: report.finished_at };
  const origin = {
    project_id: run.project_id,
    region: known.project.region,
    run_id: run.id,
    isBaseline: (change: ImageChange) => isBaseline(change, known.project),
    occurred_at: report.finished_at,
    traceparent: traceparent(),
  };
  const first = await appendEvents(tx, origin, diff.changes);
  if (!diff.changes.some(({ transition }) => transition)) return;
  const last = first + diff.changes.length - 1;
  await insertTransitions(tx, { first, last }, priorsOf(diff, known, { look, first }));
}

async function writeOutcome(
  tx: Transaction,
  run: OpenRun,
  { project, finding }: { project: ProjectRow; finding: Finding },
): Promise<void> {
  const { snapshot, diff, report, digest, watched } = finding;
  const wrote = diff.changes.length + diff.marks.length > 0;
  await abandonOlderRuns(tx, run.project_id, run.id, report.finished_at);
  await endOwnRun(tx, run, finding);
  await updateProject(tx, run.project_id, {
    last_applied_run_id: run.id,
    snapshot_digest: snapshot.complete ? digest : wrote ? null : project.snapshot_digest,
    ...(run.kind === 'sweep' ? sweepColumns(report) : {}),
    ...(snapshot.complete ? completeColumns(run, report) : {}),
    ...(watched ? { last_watch_look_at: run.started_at } : {}),
  });
}

function sweepColumns(report: RunReport) {
  return {
    last_run_status: report.status,
    last_run_at: report.finished_at,
    consecutive_failures: 0,
    rejected_records: report.rejected,
    unreadable_fields: report.unreadable_fields,
    restless_fields: [...report.restless_fields],
  };
}

function completeColumns(run: OpenRun, report: RunReport) {
  return {
    ...sweepColumns(report),
    last_applied_run_id: run.id,
    last_complete_at: report.finished_at,
    last_complete_look_at: run.started_at,
    held_removals: report.held_removals,
  };
}

/** How many changes of each kind a diff holds, under the names of the run's columns. */
export function countChanges(
  diff: Diff,
): Record<'created' | 'updated' | 'status_changed' | 'removed' | 'restored', number> {
  const of = (type: EventType) => diff.changes.filter((change) => change.type === type).length;
  return {
    created: of('cph.image.created'),
    updated: of('cph.image.updated'),
    status_changed: of('cph.image.status_changed'),
    removed: of('cph.image.removed'),
    restored: of('cph.image.restored'),
  };
}
