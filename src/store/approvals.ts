import { sql } from 'drizzle-orm';
import type { Database } from './database.ts';
import { lockProject } from './projects.ts';

/**
 * Lets the next sweep make the removals that the last one held, and returns how many images that is about.
 * Only these images are approved. Others that go missing meanwhile are measured against the limit anew. One
 * that comes back needs a new approval. Waits for an apply under way. Throws when the project is not known.
 */
export async function approveRemovals(db: Database, project_id: string): Promise<number> {
  return await db.transaction(async (tx) => {
    const project = await lockProject(tx, project_id);
    if (project.held_removals === 0) return 0;
    const { rows } = await tx.execute(sql`
      update cph.images
      set removal_approved = true
      where project_id = ${project_id} and cardinality(missing_from) > 0 and removed_at is null
      returning image_id`);
    return rows.length;
  });
}
