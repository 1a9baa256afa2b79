import type { Database } from '../store/database.ts';
import { type Known, readKnown } from '../store/known-images.ts';
import { findProject } from '../store/projects.ts';
import { type Comparison, compareSweep, sweepOf } from './compare.ts';
import { lookAtListings } from './look.ts';
import type { LookControl, SyncProject } from './project.ts';

/** What a sweep would bring; also the one of a project nobody has swept yet. */
export interface Plan extends Comparison {
  readonly project_id: string;
  /** Requests the look took. */
  readonly requests: number;
}

/** Does everything a sweep does but write. Throws what a sweep would fail with. */
export async function planSweep(db: Database, project: SyncProject, { signal }: LookControl): Promise<Plan> {
  const { project_id } = project;
  const scope = { signal, trace: { requests: 0, requestIds: new Set<string>() } };
  const sweep = sweepOf(project, await lookAtListings(project.listings, scope));
  const compared = await compareSweep(await knownOrNothing(db, project_id, sweep.snapshot.sightings), sweep, {
    scope,
    turn: 0,
  });
  return { ...compared, project_id, requests: scope.trace.requests };
}

async function knownOrNothing(
  db: Database,
  project_id: string,
  sightings: ReadonlyMap<string, unknown>,
): Promise<Pick<Known, 'images'>> {
  if (!(await findProject(db, project_id))) return { images: new Map() };
  return await readKnown(db, project_id, { observed: [...sightings.keys()], current: true });
}
