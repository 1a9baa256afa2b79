import { canonicalJson } from './canonical.ts';
import type { Diff, ImageChange } from './diff.ts';

/** Fewer images may all have changed. */
const FEWEST_IMAGES = 20;
const SHARE = 0.9;
/** What an image is known by or alerts by cannot be left out. */
const KEPT = ['status', 'status_code', 'image_type', 'listed_in'];

/**
 * Fields that changed on nearly all of the known images that were seen: more likely another value in every
 * answer (a signed URL) than a change of the images. Fields of `extra` go by their own names.
 */
export function restlessFields({ changes }: Pick<Diff, 'changes'>, seen: number): string[] {
  if (seen < FEWEST_IMAGES) return [];
  const counts = new Map<string, number>();
  for (const field of changes.flatMap(changedFields)) counts.set(field, (counts.get(field) ?? 0) + 1);
  return Array.from(counts)
    .filter(([field, count]) => count > SHARE * seen && !KEPT.includes(field))
    .map(([field]) => field)
    .sort();
}

function changedFields({ before, after, changes }: ImageChange): string[] {
  if (!before || !after) return [];
  const names = Object.keys(changes).filter((field) => field !== 'extra');
  const extra = new Set([...Object.keys(before.extra), ...Object.keys(after.extra)]);
  const changed = [...extra].filter(
    (name) => canonicalJson(before.extra[name] ?? null) !== canonicalJson(after.extra[name] ?? null),
  );
  return [...names, ...changed];
}
