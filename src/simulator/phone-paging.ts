import type { Edition } from './edition.ts';
import { Refusal } from './errors.ts';
import type { VisibleImage } from './image.ts';
import { atPath } from './json-body.ts';
import { type Question, wholeNumber } from './query.ts';

const MAX_LIMIT = 500;

type Fields = Readonly<Record<string, unknown>>;

interface PhonePage {
  readonly images: readonly VisibleImage[];
  /** How many images there are in all. */
  readonly count: number;
  /** The parameter that asks for the next page; null behind the last one. */
  readonly next: { readonly name: 'marker' | 'offset'; readonly value: string } | null;
}

/**
 * How many rows a page of phone-images has at most. Throws {@link Refusal} for a `limit` out of its range.
 */
export function rowsOfPhonePage({ query, edition }: Question): number {
  if (edition.phoneImagesPaging === 'none') return Number.POSITIVE_INFINITY;
  const asked = wholeNumber(query, 'limit', { low: 1, high: MAX_LIMIT, refusal: 'CPS.0002' });
  return Math.min(asked ?? MAX_LIMIT, edition.phoneImagesPageRows);
}

/**
 * The page asked for. Throws {@link Refusal} for an offset that is no number, or a marker the edition
 * refuses.
 */
export function phonePage(listed: readonly VisibleImage[], question: Question): PhonePage {
  const { query, edition } = question;
  const rows = rowsOfPhonePage(question);
  const paging = edition.phoneImagesPaging;
  const count = edition.duplicatesCounted ? listed.length : new Set(listed).size;
  if (paging === 'none') return { images: listed, count, next: null };
  const first =
    paging === 'offset'
      ? (wholeNumber(query, 'offset', { low: 0, refusal: 'CPS.0002' }) ?? 0)
      : startAfter(listed, query.get('marker'), edition);
  const images = listed.slice(first, first + rows);
  const last = images.at(-1);
  if (!last || first + rows >= listed.length) return { images, count, next: null };
  if (paging === 'offset') return { images, count, next: { name: 'offset', value: String(first + rows) } };
  return { images, count, next: { name: 'marker', value: markerOf(last, edition) } };
}

function startAfter(listed: readonly VisibleImage[], marker: string | null, edition: Edition): number {
  if (!marker) return 0;
  const place = listed.findIndex((visible) => markerOf(visible, edition) === marker);
  if (place >= 0) return place + 1;
  if (edition.unknownMarker === 'refused') throw new Refusal('CPS.0002');
  return edition.unknownMarker === 'ignored' ? 0 : listed.length;
}

/**
 * The reference leaves open what a marker is made of: the id of the last image, or something only the API can
 * read.
 */
function markerOf({ image }: VisibleImage, { phoneImagesMarkers }: Edition): string {
  if (phoneImagesMarkers === 'last-id') return image.image_id;
  return Buffer.from(`after ${image.image_id}`).toString('base64url');
}

/** What an answer of phone-images says about there being more, as the edition says it. */
export function signOfMore(question: Question, page: PhonePage): Fields {
  const { phoneImagesPaging: paging, phoneImagesMore: sign } = question.edition;
  if (paging === 'none' || paging === 'bare' || sign === 'nothing' || 'header' in sign) return {};
  if ('flag' in sign) return atPath(sign.flag, page.next !== null);
  if ('count' in sign) return atPath(sign.count, page.count);
  if ('marker' in sign) return pointer(sign.marker, page.next?.value, question);
  if ('links' in sign) return atPath(sign.links, linkList(question, page));
  const absolute = 'link' in sign;
  return pointer(absolute ? sign.link : sign.relativeLink, nextUrl(question, page, absolute), question);
}

/** What its head says, where the edition says it there. */
export function headersOfMore(question: Question, page: PhonePage): Readonly<Record<string, string>> {
  const { phoneImagesPaging: paging, phoneImagesMore: sign } = question.edition;
  if (paging === 'none' || paging === 'bare' || sign === 'nothing' || !('header' in sign)) return {};
  if (sign.header === 'X-Total-Count') return { 'X-Total-Count': String(page.count) };
  if (sign.header === 'Content-Range') return { 'Content-Range': `items */${page.count}` };
  const next = nextUrl(question, page, false);
  return next === undefined ? {} : { Link: `<${next}>; rel="next"` };
}

/** The marker or link to the next page, or what this edition writes when there is none. */
function pointer(path: string, next: string | undefined, { edition }: Question): Fields {
  if (next !== undefined) return atPath(path, next);
  if (edition.phoneImagesEnd === 'absent') return {};
  return atPath(path, edition.phoneImagesEnd === 'null' ? null : '');
}

function linkList(question: Question, page: PhonePage): readonly Fields[] {
  const self = { rel: 'self', href: question.url.href };
  const next = nextUrl(question, page, true);
  return next === undefined ? [self] : [self, { rel: 'next', href: next }];
}

/** Where the next page is: the same question, from there on. */
function nextUrl({ url }: Question, { next }: PhonePage, absolute: boolean): string | undefined {
  if (!next) return undefined;
  const there = new URL(url);
  there.searchParams.set(next.name, next.value);
  return absolute ? there.href : `${there.pathname}${there.search}`;
}
