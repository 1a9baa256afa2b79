import type { Edition } from './edition.ts';
import { Refusal } from './errors.ts';
import type { VisibleImage } from './image.ts';
import { type Question, wholeNumber } from './query.ts';

const MAX_LIMIT = 500;

export interface PhonePage {
  readonly images: readonly VisibleImage[];
  /** How many images there are in all. */
  readonly count: number;
  /** The parameter that asks for the next page; null behind the last one. */
  readonly next: { readonly name: 'marker' | 'offset'; readonly value: string } | null;
}

/** How many rows a page of phone-images has at most. Throws {@link Refusal} for a `limit` out of its range. */
export function rowsOfPhonePage({ query, edition }: Question): number {
  if (edition.phoneImagesPaging === 'none') return Number.POSITIVE_INFINITY;
  const asked = wholeNumber(query, 'limit', { low: 1, high: MAX_LIMIT, refusal: 'CPS.0002' });
  return Math.min(asked ?? MAX_LIMIT, edition.phoneImagesPageRows);
}

/** The page asked for. Throws {@link Refusal} for an offset that is no number, or a marker the edition refuses. */
export function phonePage(listed: readonly VisibleImage[], question: Question): PhonePage {
  const { query, edition } = question;
  const rows = rowsOfPhonePage(question);
  const paging = edition.phoneImagesPaging;
  if (paging === 'none') return { images: listed, count: listed.length, next: null };
  const first =
    paging === 'offset'
      ? (wholeNumber(query, 'offset', { low: 0, refusal: 'CPS.0002' }) ?? 0)
      : startAfter(listed, query.get('marker'), edition);
  const images = listed.slice(first, first + rows);
  const last = images.at(-1);
  const more = first + rows < listed.length && last !== undefined;
  const next = paging === 'offset' ? String(first + rows) : last && markerOf(last, edition);
  return {
    images,
    count: listed.length,
    next:
      more && next !== undefined ? { name: paging === 'offset' ? 'offset' : 'marker', value: next } : null,
  };
}

function startAfter(listed: readonly VisibleImage[], marker: string | null, edition: Edition): number {
  if (!marker) return 0;
  const place = listed.findIndex((visible) => markerOf(visible, edition) === marker);
  if (place >= 0) return place + 1;
  if (edition.unknownMarker === 'refused') throw new Refusal('CPS.0002');
  return edition.unknownMarker === 'ignored' ? 0 : listed.length;
}

/** The reference leaves open what a marker is made of: the id of the last image, or something only the API can read. */
function markerOf({ image }: VisibleImage, { phoneImagesMarkers }: Edition): string {
  if (phoneImagesMarkers === 'last-id') return image.image_id;
  return Buffer.from(`after ${image.image_id}`).toString('base64url');
}
