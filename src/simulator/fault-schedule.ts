import type { Effect, Fault, Match } from './faults.ts';
import type { ApiRequest } from './request.ts';
import type { World } from './world.ts';

/**
 * Tells, request by request, which faults strike. Each fault counts the requests it is for from when it was
 * added.
 */
export interface FaultSchedule {
  /** In force now; may be added to. */
  readonly faults: Fault[];
  /** Replaces all faults, and counts from one again. */
  set(faults: readonly Fault[]): void;
  /** The effects on this request, in the order of the faults. Counts the request. */
  effectsOn(request: ApiRequest, world: World): Effect[];
}

export function createFaultSchedule(initial: readonly Fault[]): FaultSchedule {
  const faults = [...initial];
  let counts = new WeakMap<Fault, number>();

  function strikes(fault: Fault, request: ApiRequest, world: World): boolean {
    const { when = {} } = fault;
    if (!isAbout(when, request) || !isInTime(when, world)) return false;
    const nth = (counts.get(fault) ?? 0) + 1;
    counts.set(fault, nth);
    return isDue(when.nth, nth);
  }

  return {
    faults,
    set(next) {
      faults.splice(0, faults.length, ...next);
      counts = new WeakMap();
    },
    // Every fault is asked, so that all of them count: one that strikes does not hide the request from the
    // others.
    effectsOn: (request, world) =>
      faults.filter((fault) => strikes(fault, request, world)).map(({ effect }) => effect),
  };
}

function isAbout({ endpoint, project_id, query = {} }: Match, { target, query: sent }: ApiRequest): boolean {
  const project = target && 'project_id' in target ? target.project_id : undefined;
  return (
    (endpoint === undefined || target?.endpoint === endpoint) &&
    (project_id === undefined || project === project_id) &&
    Object.entries(query).every(([name, value]) =>
      typeof value === 'boolean' ? sent.has(name) === value : sent.get(name) === value,
    )
  );
}

function isInTime({ seconds }: Match, world: World): boolean {
  const elapsed = (world.now().getTime() - world.start.getTime()) / 1000;
  return elapsed >= (seconds?.from ?? 0) && elapsed < (seconds?.to ?? Number.POSITIVE_INFINITY);
}

function isDue(rule: Match['nth'], nth: number): boolean {
  if (rule === undefined) return true;
  if (typeof rule === 'number') return nth === rule;
  if ('every' in rule) return nth % rule.every === 0;
  return nth >= rule.from && nth <= (rule.to ?? Number.POSITIVE_INFINITY);
}
