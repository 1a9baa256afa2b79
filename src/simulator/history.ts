import { type CloudImage, typeFor } from './image.ts';

/**
 * One thing that truly happened to an image, as one project could see it. An image seen by three projects
 * makes three entries. `created` and `shared` make it visible, `deleted` and `unshared` make it vanish. A
 * `status_changed` entry may cover other fields that changed with the status.
 */
export interface HistoryEntry {
  readonly kind: 'created' | 'shared' | 'updated' | 'status_changed' | 'unshared' | 'deleted';
  readonly image_id: string;
  readonly project_id: string;
  /** Status codes; null where the project does not see the image. */
  readonly from: number | null;
  readonly to: number | null;
  readonly at: Date;
}

export interface ImageChange {
  readonly before: CloudImage | null;
  readonly after: CloudImage | null;
  readonly at: Date;
}

/** The entries a change of one image makes, one for each of `projects` that sees it before or after. */
export function historyOf(change: ImageChange, projects: readonly string[]): HistoryEntry[] {
  return projects.flatMap((project_id) => {
    const from = statusSeen(change.before, project_id);
    const to = statusSeen(change.after, project_id);
    const image_id = (change.after ?? change.before)?.image_id;
    if (image_id === undefined || (from === null && to === null)) return [];
    return [{ kind: kindOf(change, from, to), image_id, project_id, from, to, at: change.at }];
  });
}

function statusSeen(image: CloudImage | null, project_id: string): number | null {
  return image && typeFor(image, project_id) ? image.status : null;
}

function kindOf(change: ImageChange, from: number | null, to: number | null): HistoryEntry['kind'] {
  if (from === null) return change.before ? 'shared' : 'created';
  if (to === null) return change.after ? 'unshared' : 'deleted';
  return from === to ? 'updated' : 'status_changed';
}
