/** What an operator asks first: may I trust it, what needs me, what is being built, how are the projects. */
import { z } from 'zod';
import type { Database } from '../store/database.ts';
import { type Attention, type AttentionItem, readAttention } from './attention.ts';
import { type BuildingItem, readBuilding } from './building.ts';
import { type ProjectItem, readProjects } from './projects.ts';
import { type Trust, trustIn } from './trust.ts';

export const NOW_PARAMETERS = z.strictObject({});

export interface Now {
  /** When it was asked. */
  readonly as_of: Date;
  readonly trust: Trust;
  readonly attention: readonly AttentionItem[];
  /** How many need attention; of images, `attention` has the first ones. */
  readonly attention_total: Attention['total'];
  readonly building: readonly BuildingItem[];
  readonly projects: readonly ProjectItem[];
}

/** `baselineAlerts` says whether images that had failed before their project was first read need attention. */
export async function readNow(
  db: Database,
  asked: { readonly now: Date; readonly baselineAlerts: boolean },
): Promise<Now> {
  const [attention, building, projects] = await Promise.all([
    readAttention(db, asked),
    readBuilding(db),
    readProjects(db),
  ]);
  const { items, total } = attention;
  return {
    as_of: asked.now,
    trust: trustIn(projects),
    attention: items,
    attention_total: total,
    building,
    projects,
  };
}
