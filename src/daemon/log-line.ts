/** A line of the log for somebody who watches: what happened, and the few facts that say how it went. */
import { advised } from '../sync/trouble.ts';
import { durationText, instantText } from '../terminal/units.ts';

/** How lines are written for the projects there are. */
export interface LineOptions {
  /** A project as people call it. Null where nobody needs to be told, because there is only one. */
  readonly projectName: (project_id: string) => string | null;
  /** Everything a record has, request ids included. */
  readonly whole: boolean;
}

/** Told by the line itself, or of use only to somebody who looks for a fault. */
const LEFT_OUT = ['level', 'time', 'msg', 'kind', 'status', 'request_ids', 'listings', 'builds', 'replica'];

/** The text of a record, of which the JSON log has every field. Nothing and zero are not told. */
export function logLine(record: Readonly<Record<string, unknown>>, options: LineOptions): string {
  const { msg, error, project_id } = record;
  const facts = Object.entries(record)
    .filter(
      ([name]) =>
        !['error', 'project_id'].includes(name) &&
        (options.whole ? !SAID.includes(name) : !LEFT_OUT.includes(name)),
    )
    .flatMap(([name, value]) => factText(name, value));
  const project = typeof project_id === 'string' ? options.projectName(project_id) : null;
  const parts = [...(project === null ? [] : [project]), ...facts];
  const told = [String(msg), ...(parts.length > 0 ? [parts.join(', ')] : [])].join('  ');
  return error ? `${told}: ${reasonText(error)}` : told;
}

const SAID = ['level', 'time', 'msg'];

function factText(name: string, value: unknown): string[] {
  if (value === null || value === 0 || value === '' || (Array.isArray(value) && value.length === 0))
    return [];
  if (name === 'run_id') return [`run ${value}`];
  if (typeof value === 'number')
    return name === 'duration_ms' ? [durationText(value)] : [`${value} ${name.replaceAll('_', ' ')}`];
  if (value instanceof Date) return [`${name} ${instantText(value)}`];
  return [`${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`];
}

function reasonText(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error);
  const { message, hint } = error as { message?: unknown; hint?: unknown };
  return advised(String(message), typeof hint === 'string' ? hint : null);
}
