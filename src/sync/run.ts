/** One run of a look: its id, what its requests left behind, and how it ended. */
import type { RequestScope } from '../cph/listing.ts';
import { type Snapshot, unreadableFields } from '../inventory/snapshot.ts';
import type { Database, Transaction } from '../store/database.ts';
import { countFailure, lockProject } from '../store/projects.ts';
import {
  abandonEarlierTries,
  beginRun,
  endRun,
  type RunCounts,
  type RunEnd,
  showRuns,
} from '../store/runs.ts';
import type { RunKind, RunStatus } from '../store/schema.ts';
import { retryTransient } from '../store/transient.ts';
import { failSpan, inSpan, traceIds } from '../tracing/span.ts';
import type { FinishedBuild } from './image-rows.ts';
import type { ListingNote } from './look.ts';
import type { LookControl } from './project.ts';
import { errorCode, errorText } from './trouble.ts';

/** A run that has begun and not ended. */
export interface OpenRun {
  readonly id: number;
  readonly project_id: string;
  readonly kind: RunKind;
  readonly started_at: Date;
  readonly scope: RequestScope;
  readonly now: () => Date;
}

/** What callers print, log and count of a run that has ended. */
export interface RunReport extends RunCounts {
  readonly run_id: number;
  readonly project_id: string;
  readonly kind: RunKind;
  readonly status: RunStatus;
  readonly started_at: Date;
  readonly finished_at: Date;
  readonly request_ids: readonly string[];
  readonly listings: readonly ListingNote[];
  /** The builds that were seen to end. */
  readonly builds: readonly FinishedBuild[];
  /** Images that dropped out of sight or came back into it, their fields unchanged. */
  readonly marked: number;
  /** Missing images whose removal waits for `approve`, and the listings that miss them. */
  readonly held_removals: number;
  readonly held_listings: readonly string[];
  /** Fields that changed on nearly all images. */
  readonly restless_fields: readonly string[];
  /** Of its trace; left out where nobody traces. */
  readonly trace_id?: string;
  /** Why the run failed, was abandoned or is partial; null when there is nothing to explain. */
  readonly error: unknown;
}

const NO_COUNTS: Omit<RunCounts, 'requests'> = {
  listed: 0,
  created: 0,
  updated: 0,
  status_changed: 0,
  removed: 0,
  restored: 0,
  rejected: 0,
  unreadable_fields: 0,
};

/** Begins a run, unless the claim has: see {@link LookControl}. */
export async function openRun(
  db: Database,
  { project_id, kind }: { project_id: string; kind: RunKind },
  { now, signal, begun }: LookControl,
): Promise<OpenRun> {
  const started_at = begun?.started_at ?? now();
  // A first try that was committed after all leaves a run that is abandoned when this one ends, whichever
  // way.
  const id = begun?.id ?? (await retryTransient(() => beginRun(db, project_id, kind, started_at), signal));
  const scope = { signal, trace: { requests: 0, requestIds: new Set<string>() } };
  return { id, project_id, kind, started_at, scope, now };
}

/** Gives a run its row in `cph.sync_runs`: it is about to read and write more than a quiet look. */
export async function showRun(db: Database, { project_id, id, scope }: OpenRun): Promise<void> {
  await retryTransient(() => showRuns(db, project_id, id), scope.signal);
}

/** The report of a run that ends now. */
export function reportRun(
  run: OpenRun,
  status: RunStatus,
  found: Partial<
    Pick<
      RunReport,
      | 'listings'
      | 'builds'
      | 'held_removals'
      | 'held_listings'
      | 'restless_fields'
      | 'error'
      | 'marked'
      | keyof RunCounts
    >
  >,
): RunReport {
  return {
    ...NO_COUNTS,
    run_id: run.id,
    project_id: run.project_id,
    kind: run.kind,
    status,
    started_at: run.started_at,
    finished_at: run.now(),
    requests: run.scope.trace.requests,
    request_ids: [...run.scope.trace.requestIds],
    listings: [],
    builds: [],
    marked: 0,
    held_removals: 0,
    held_listings: [],
    restless_fields: [],
    error: null,
    ...found,
    ...traceOf(),
  };
}

function traceOf(): { readonly trace_id?: string } {
  const { trace_id } = traceIds();
  return trace_id === undefined ? {} : { trace_id };
}

/** Runs a look in a span that tells how the look went. `null`: there was nothing to look at. */
export async function tracedLook<Report extends RunReport | null>(
  project_id: string,
  kind: RunKind,
  look: () => Promise<Report>,
): Promise<Report> {
  return await inSpan(`cph.${kind}`, { attributes: { 'cph.project_id': project_id } }, async (span) => {
    const report = await look();
    if (report === null) return report;
    const { run_id, status, listed, requests, created, updated, status_changed, removed, restored } = report;
    const changes = created + updated + status_changed + removed + restored;
    span.setAttributes({ 'cph.run_id': run_id, 'cph.status': status, 'cph.listed': listed });
    span.setAttributes({ 'cph.requests': requests, 'cph.changes': changes });
    if (status === 'failed') failSpan(span, errorCode(report.error) ?? 'failed');
    return report;
  });
}

/** Enough to look into; the counts say how many there were. */
const KEPT_REQUEST_IDS = 20;
const QUIET_REQUEST_IDS = 4;
const KEPT_REJECTIONS = 20;

/** The columns of `cph.sync_runs` that a report fills. */
export function runEnd(report: RunReport, rejections: readonly unknown[] = []): RunEnd {
  const { error, request_ids, listings, held_listings } = report;
  return {
    status: report.status,
    finished_at: report.finished_at,
    requests: report.requests,
    listed: report.listed,
    created: report.created,
    updated: report.updated,
    status_changed: report.status_changed,
    removed: report.removed,
    restored: report.restored,
    rejected: report.rejected,
    unreadable_fields: report.unreadable_fields,
    held_listings: [...held_listings],
    request_ids: request_ids.slice(0, KEPT_REQUEST_IDS),
    listings: [...listings],
    rejections: rejections.slice(0, KEPT_REJECTIONS),
    error_code: errorCode(error),
    error_message: error === null ? null : errorText(error),
  };
}

/**
 * What a run says that found nothing new. It is written again with each look that shares the row, so it keeps
 * the first request ids, the listings that showed something, and of those what is not empty.
 */
export function quietEnd(report: RunReport, rejections: readonly unknown[] = []) {
  const { requests, listed } = report;
  const request_ids = report.request_ids.slice(0, QUIET_REQUEST_IDS);
  const listings = report.listings.filter(hasSomething).map(withoutNothing);
  const end = runEnd(report, rejections);
  return { ...end, status: 'succeeded', requests, listed, request_ids, listings } as const;
}

function hasSomething({ listed, drift, proof }: ListingNote): boolean {
  return listed > 0 || drift.length > 0 || proof !== 'complete';
}

function withoutNothing(note: ListingNote): Partial<ListingNote> {
  const { drift, error_code, error_message, ...rest } = note;
  const error = error_code === null && error_message === null ? {} : { error_code, error_message };
  return { ...rest, ...(drift.length > 0 ? { drift } : {}), ...error };
}

/** What a snapshot holds, under the names of the run's columns. */
export function countRecords(
  snapshot: Snapshot,
): Pick<RunCounts, 'listed' | 'rejected' | 'unreadable_fields'> {
  return {
    listed: snapshot.sightings.size,
    rejected: snapshot.rejected.length,
    unreadable_fields: unreadableFields(snapshot).length,
  };
}

/** Why records were left out, or read without a field. */
export function faultsOf(snapshot: Snapshot): readonly unknown[] {
  return [...snapshot.rejected, ...unreadableFields(snapshot)];
}

/** A look that began later was applied while this one was still under way. */
export class StaleLook extends Error {
  override readonly name = 'StaleLook';
  constructor() {
    super('a newer look was applied first; nothing of this one was written');
  }
}

/**
 * Ends a run that wrote nothing: failed, or abandoned because a newer look was applied or the program was
 * asked to stop. Only a failed sweep counts as a failure of the project; a watch tries again within seconds.
 */
export async function closeRun(
  db: Database,
  run: OpenRun,
  { error, listings = [] }: { error: unknown; listings?: readonly ListingNote[] },
): Promise<RunReport> {
  const close = async (tx: Transaction): Promise<RunReport> => {
    // The project before the run, as in every apply: the other way round, a newer look's apply that is about
    // to abandon this run would wait for us and we for it.
    const project = await lockProject(tx, run.project_id);
    await showRuns(tx, run.project_id, run.id);
    const superseded = project.last_applied_run_id >= run.id;
    const lost = superseded || error instanceof StaleLook;
    const status = run.scope.signal.aborted || lost ? 'abandoned' : 'failed';
    const report = reportRun(run, status, { error, listings });
    const ended = await endRun(tx, run.id, runEnd(report));
    await abandonEarlierTries(tx, run, report.finished_at);
    if (ended && status === 'failed' && run.kind === 'sweep')
      await countFailure(tx, run.project_id, report.finished_at);
    return report;
  };
  return await retryTransient(() => db.transaction(close), run.scope.signal);
}
