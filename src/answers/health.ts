/** How well a project is read, in one word: the worst of what stands in the way. Pure. */

/**
 * From the worst to the best. `unknown` is a value of its own: a project that was never read completely is
 * neither well nor ill.
 */
export const HEALTHS = ['failing', 'stale', 'unknown', 'held', 'partial', 'fresh'] as const;
export type Health = (typeof HEALTHS)[number];

interface Judged {
  readonly unconfigured_since: Date | null;
  readonly last_complete_at: Date | null;
  readonly stale: boolean | null;
  readonly last_run_status: string | null;
  readonly consecutive_failures: number;
  readonly held_removals: number;
}

/** The worst of freshness, last run and held removals. Of a project that nobody looks at, nothing is known. */
export function healthOf(project: Judged): Health {
  if (project.unconfigured_since) return 'unknown';
  if (project.consecutive_failures > 0 || project.last_run_status === 'failed') return 'failing';
  if (project.last_complete_at === null) return 'unknown';
  if (project.stale) return 'stale';
  if (project.held_removals > 0 || project.last_run_status === 'held') return 'held';
  return project.last_run_status === 'partial' ? 'partial' : 'fresh';
}

/** The worse ones first. */
export function worstFirst(a: Health, b: Health): number {
  return HEALTHS.indexOf(a) - HEALTHS.indexOf(b);
}
