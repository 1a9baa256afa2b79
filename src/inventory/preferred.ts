import type { ImageRecord } from './image.ts';

/**
 * Of two records in which one source describes one image, the one to go by, whatever order they came in: that
 * of the listing the image says it belongs to, then that of the first listing by name, then the one updated
 * later. Sweep and watch choose by this rule alone, or an image that two listings describe differently would
 * change with every look.
 */
export function preferred<Record extends ImageRecord>(a: Record | undefined, b: Record): Record {
  if (a === undefined) return b;
  return rankOf(a) >= rankOf(b) ? a : b;
}

/** Sorts as text: the higher, the better. */
function rankOf(record: ImageRecord): string {
  if (record.source === 'phone-images') return JSON.stringify(record);
  const { listed_under, image_type, update_time, status_code } = record;
  const own = (image_type ?? listed_under) === listed_under ? '1' : '0';
  const listing = { private: '2', public: '1', share: '0' }[listed_under];
  return [own, listing, update_time ?? '', status_code ?? '', JSON.stringify(record)].join('\u0000');
}
