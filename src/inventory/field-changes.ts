/** What is different between two states of one image. */
import { canonicalJson } from './canonical.ts';
import type { FieldChanges, Transition } from './diff.ts';
import { type Extra, type Image, REPORTED_FIELDS } from './image.ts';

/** Field by field; fields that are the same are not named. */
export function fieldChanges(before: Image, after: Image): FieldChanges {
  const changes: Record<string, { from: unknown; to: unknown }> = {};
  for (const field of REPORTED_FIELDS) {
    const [from, to] = [before[field], after[field]];
    if (from === to) continue;
    if (typeof from === 'object' && typeof to === 'object' && canonicalJson(from) === canonicalJson(to))
      continue;
    changes[field] = { from, to };
  }
  return changes;
}

/** The change of the status. An image that is no longer shown to have one keeps it, and is no transition. */
export function transitionBetween(before: Image, after: Image): Transition | null {
  return after.status && after.status !== before.status ? { from: before.status, to: after.status } : null;
}

/** The image as if the ignored fields had never been reported. */
export function without(image: Image, ignored: ReadonlySet<string>): Image {
  if (ignored.size === 0) return image;
  const isKept = ([field]: [string, unknown]) => !ignored.has(field);
  const silenced = Object.fromEntries(
    [...ignored].filter((field) => Object.hasOwn(image, field)).map((field) => [field, null]),
  );
  const extra: Extra = Object.fromEntries(Object.entries(image.extra).filter(isKept));
  return { ...image, ...silenced, extra };
}
