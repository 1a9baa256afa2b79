import type { KnownImage } from './diff.ts';
import type { Sighting } from './image.ts';
import type { Snapshot } from './snapshot.ts';

/**
 * The records of a known image that a look goes by. Two listings may show one image and describe it differently. The
 * record of another listing than its own counts only where its own was read to the end and lacks the image, or is not
 * asked for any more: then the image has moved. A watch, and a sweep whose own listing failed, see one of the two alone,
 * and the image would change with every look.
 */
export function sightingOf(known: KnownImage, { sightings, outcomes }: Snapshot): Sighting {
  const { image, listed_under, removed } = known;
  const sighting = sightings.get(image.image_id) ?? {};
  const { images, ...others } = sighting;
  const isOwn = !images || listed_under === null || images.listed_under === listed_under;
  if (removed || isOwn) return sighting;
  const own = outcomes.find((one) => one.source === 'images' && one.image_type === listed_under);
  const hasMoved = outcomes.length > 0 && (own === undefined || own.proof === 'complete');
  return hasMoved ? sighting : others;
}
