/** What needs a person, worst first: what alerts tell of, with what to do about it. */

import type { Database } from '../store/database.ts';
import { countImageTrouble, readTrouble, type Trouble } from '../store/trouble.ts';
import { advise } from './advice.ts';

/** Something that needs a person, with the facts that the alert of this name tells. */
export type AttentionItem = Trouble & {
  readonly project_name: string | null;
  /** What is wrong, in a sentence without its full stop. */
  readonly summary: string;
  /** The command to begin with. */
  readonly do: string;
  /** Where the page shows it, such as `/projects/p1`. */
  readonly path: string;
  /** The page of `docs` that says what it means and what to do. */
  readonly runbook: string;
};

export interface Attention {
  readonly items: readonly AttentionItem[];
  /** How many there are; of images, an answer tells of the first ones. */
  readonly total: number;
}

/** The worst first: where nothing can be trusted, what is wrong beside it may be unknown. */
const WORST_FIRST: readonly AttentionItem['alert'][] = [
  'CphInventoryStale',
  'CphCredentialRejected',
  'CphSyncFailing',
  'CphDeliveryFailing',
  'CphRemovalsHeld',
  'CphImageFailed',
  'CphImageStuckCreating',
  'CphRecordsUnreadable',
];
const MOST_IMAGES = 50;

/**
 * What is wrong at `now`. The same function tells alerts, so that they never differ. Of what is equally bad,
 * images that are missing come last: they may be gone. Else the newest failure comes first, and what has lasted longest.
 */
export async function readAttention(
  db: Database,
  { now, baselineAlerts }: { readonly now: Date; readonly baselineAlerts: boolean },
): Promise<Attention> {
  const asked = { now, baselineAlerts, mostImages: MOST_IMAGES };
  const [trouble, counted] = await Promise.all([readTrouble(db, asked), countImageTrouble(db, asked)]);
  const items = trouble.map((one): AttentionItem => {
    const project_name = 'project_id' in one ? one.project_name : null;
    return { ...one, project_name, ...advise(one, project_name) };
  });
  const shown = trouble.filter((one) => 'image_id' in one).length;
  return {
    items: items.sort((a, b) => WORST_FIRST.indexOf(a.alert) - WORST_FIRST.indexOf(b.alert)),
    total: items.length - shown + counted.failed + counted.stuck,
  };
}
