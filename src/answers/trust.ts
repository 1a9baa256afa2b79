/** Whether the inventory can be trusted now, in one sentence. Pure. */
import { HEALTHS, type Health } from './health.ts';
import type { ProjectItem } from './projects.ts';

/** `failing` and `stale`: at least one project is. `unknown`: one was never read, or there is none. */
type TrustState = 'fresh' | 'stale' | 'failing' | 'unknown';

export interface Trust {
  readonly state: TrustState;
  readonly sentence: string;
  /** How many configured projects are of each health. */
  readonly projects: Readonly<Record<Health, number>>;
  /** The oldest of the last complete sweeps of the projects that can be relied on; null where there are none. */
  readonly proven_at: Date | null;
}

const RELIABLE: readonly Health[] = ['fresh', 'partial', 'held'];

/** The judgement over all configured projects. */
export function trustIn(all: readonly ProjectItem[]): Trust {
  const projects = all.filter((project) => project.unconfigured_since === null);
  const of = (health: Health) => projects.filter((project) => project.health === health);
  const proven = projects.flatMap(({ health, last_complete_at: at }) =>
    RELIABLE.includes(health) && at ? [at.getTime()] : [],
  );
  return {
    state: stateOf(projects),
    sentence: sentenceOf(projects.length, of),
    projects: Object.fromEntries(HEALTHS.map((health) => [health, of(health).length])) as Trust['projects'],
    proven_at: proven.length > 0 ? new Date(Math.min(...proven)) : null,
  };
}

function stateOf(projects: readonly ProjectItem[]): TrustState {
  const states = ['failing', 'stale', 'unknown'] as const;
  const worst = states.find((state) => projects.some(({ health }) => health === state));
  return worst ?? (projects.length === 0 ? 'unknown' : 'fresh');
}

/** Of one project, and of several. */
const WORDS: Readonly<Record<Exclude<Health, 'fresh'>, readonly [string, string]>> = {
  failing: ['cannot be read', 'cannot be read'],
  stale: ['is out of date', 'are out of date'],
  unknown: ['was never read completely', 'were never read completely'],
  held: ['has removals that wait for approval', 'have removals that wait for approval'],
  partial: ['was last read in part', 'were last read in part'],
};

/** How many projects a sentence names; more are counted. */
const NAMED = 3;

function sentenceOf(many: number, of: (health: Health) => readonly ProjectItem[]): string {
  if (many === 0) return 'No project is configured, so nothing is known.';
  const clauses = (Object.keys(WORDS) as (keyof typeof WORDS)[]).flatMap((health) => {
    const projects = of(health);
    const [one, several] = WORDS[health];
    return projects.length === 0 ? [] : [`${named(projects)} ${projects.length === 1 ? one : several}`];
  });
  return `${[freshText(of('fresh').length, many), ...clauses].join('; ')}.`;
}

function freshText(fresh: number, many: number): string {
  if (fresh < many)
    return `${fresh === 0 ? 'None' : fresh} of ${many} project${many === 1 ? '' : 's'} can be trusted fully`;
  return many === 1 ? 'The project is fresh' : `All ${many} projects are fresh`;
}

function named(projects: readonly ProjectItem[]): string {
  if (projects.length > NAMED) return `${projects.length} projects`;
  const names = projects.map(({ project_name, project_id }) => project_name ?? project_id);
  return names.length === 1 ? names.join() : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}
