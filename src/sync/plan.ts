import type { Database } from '../store/database.ts';
import { type Known, readKnown } from '../store/known-images.ts';
import { findProject } from '../store/projects.ts';
import { type Comparison, compareSweep, sweepOf } from './compare.ts';
import { lookAtListings } from './look.ts';
import type { LookControl, SyncProject } from './project.ts';

/** What a sweep would bring; also the one of a project nobody has swept yet. */
export interface Plan extends Comparison {
  readonly project_id: string;
  /** What would be removed, now or once a later sweep or a person has agreed. */
  readonly removals: readonly PlannedRemoval[];
  /** Requests the look took. */
  readonly requests: number;
}

/** An image that is missing, or one that is held although one of its sources still lists it. */
export interface PlannedRemoval {
  readonly image_id: string;
  readonly image_name: string | null;
  /** Null when it was not missing before. */
  readonly missing_since: Date | null;
  readonly when: 'now' | 'later' | 'held';
}

/** Does everything a sweep does but write. Throws what a sweep would fail with. */
export async function planSweep(db: Database, project: SyncProject, { signal }: LookControl): Promise<Plan> {
  const { project_id } = project;
  const scope = { signal, trace: { requests: 0, requestIds: new Set<string>() } };
  const sweep = sweepOf(project, await lookAtListings(project.listings, scope));
  const known = await knownOrNothing(db, project_id, sweep.snapshot.sightings);
  const compared = await compareSweep(known, sweep, { scope, turn: 0 });
  return { ...compared, project_id, removals: removalsOf(compared, known), requests: scope.trace.requests };
}

function removalsOf({ diff, held }: Comparison, { images }: Pick<Known, 'images'>): PlannedRemoval[] {
  const gone = diff.changes.filter(({ after }) => after === null).map(({ image_id }) => image_id);
  const touched = new Set([...diff.changes, ...diff.marks].map(({ image_id }) => image_id));
  const missing = new Set([
    ...diff.marks.filter((mark) => mark.missing).map(({ image_id }) => image_id),
    ...Array.from(images.values())
      .filter((one) => !one.removed && one.missing_since && !touched.has(one.image.image_id))
      .map(({ image }) => image.image_id),
    ...held,
  ]);
  const planned = (image_id: string, when: PlannedRemoval['when']): PlannedRemoval => {
    const known = images.get(image_id);
    return {
      image_id,
      image_name: known?.image.image_name ?? null,
      missing_since: known?.missing_since ?? null,
      when,
    };
  };
  return [
    ...gone.map((id) => planned(id, 'now')),
    ...Array.from(missing, (id) => planned(id, held.has(id) ? 'held' : 'later')),
  ];
}

async function knownOrNothing(
  db: Database,
  project_id: string,
  sightings: ReadonlyMap<string, unknown>,
): Promise<Pick<Known, 'images' | 'unchanged'>> {
  if (!(await findProject(db, project_id))) return { images: new Map(), unchanged: new Set() };
  return await readKnown(db, project_id, { observed: [...sightings.keys()], current: true });
}
