import { CphError } from '../cph/errors.ts';
import type { Delivery } from '../delivery/relay.ts';
import type { RunReport } from '../sync/run.ts';
import { errorCode, errorText, restlessText } from '../sync/trouble.ts';
import type { Log } from './log.ts';

/**
 * One line for a run, with its counts and the upstream's request ids. A watch that saw nothing new speaks in
 * `debug`.
 */
export function logRun(log: Log, report: RunReport): void {
  const { error, listings, started_at, finished_at, ...counts } = report;
  const duration_ms = finished_at.getTime() - started_at.getTime();
  const described = error === null ? {} : { error: describeError(error) };
  log[levelOf(report)]({ ...counts, duration_ms, ...described }, `${report.kind} ${report.status}`);
}

/**
 * Says once of each field of a project that it changes in nearly every image, and how to quiet it: `told`
 * holds what was said.
 */
export function logRestless(log: Log, { project_id, restless_fields }: RunReport, told: Set<string>): void {
  for (const field of restless_fields) {
    const key = `${project_id} ${field}`;
    if (told.has(key)) continue;
    told.add(key);
    log.warn({ project_id, field }, restlessText(field));
  }
}

/**
 * Says once what a sweep leaves open that counts as a success, such as images of which the API does not tell whether
 * they are there; again when it has been gone, or is another thing.
 */
export function logLeftOpen(log: Log, report: RunReport, told: Map<string, string>): void {
  const { project_id, kind, status, error } = report;
  if (kind !== 'sweep' || status === 'failed' || status === 'abandoned') return;
  const code = errorCode(error);
  const known = told.get(project_id);
  if (code === null) told.delete(project_id);
  else told.set(project_id, code);
  if (status === 'succeeded' && code !== null && code !== known)
    log.warn({ project_id, code }, errorText(error));
}

function levelOf(report: RunReport): 'debug' | 'info' | 'warn' | 'error' {
  if (report.status === 'failed') return 'error';
  if (report.status !== 'succeeded') return 'warn';
  const quiet = changeCount(report) + report.rejected + report.unreadable_fields === 0;
  return report.kind === 'watch' && quiet ? 'debug' : 'info';
}

/** How many changes a run wrote. */
export function changeCount(report: RunReport): number {
  return report.created + report.updated + report.status_changed + report.removed + report.restored;
}

/** The database went away or, with null, is back. */
export function logDatabase(log: Log, error: unknown): void {
  if (error === null) log.info('the database is back');
  else log.error({ error: describeError(error) }, 'the database cannot be used; looks are kept waiting');
}

/** Our clock and Postgres' are minutes apart or, with zero, no longer. */
export function logShift(log: Log, shiftMs: number): void {
  const apart = `${Math.abs(shiftMs) / 60_000} minutes ${shiftMs < 0 ? 'ahead of' : 'behind'}`;
  if (shiftMs === 0) log.info('the clock of this machine agrees with that of Postgres again');
  else log.warn(`the clock of this machine is ${apart} that of Postgres; schedules follow Postgres`);
}

/** What became of a delivery: what went well is counted by metrics and told in `debug`, the rest is news. */
export function logDelivery(log: Log, { sink, outcome, count, error }: Delivery): void {
  const level = { delivered: 'debug', retried: 'warn', dead: 'error' } as const;
  log[level[outcome]]({ sink, count, error }, `sink ${sink}: ${outcome}`);
}

/** Delivery itself has failed, whatever the receiver does. It is tried again. */
export function logSinkFailure(log: Log, sink: string, error: unknown): void {
  log.error({ sink, error: describeError(error) }, `sink ${sink}: cannot deliver`);
}

/** What a log line says of an error: never the object itself, whose fields may hold anything. */
export function describeError(error: unknown): Record<string, unknown> {
  if (error instanceof CphError) {
    const { kind, code, status, requestId, hint, message } = error;
    return { kind, code, status, request_id: requestId, message, hint };
  }
  return { code: errorCode(error), message: errorText(error) };
}
