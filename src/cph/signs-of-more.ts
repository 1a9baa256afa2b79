/**
 * What an answer says of rows it does not hold, by whatever name and at whatever level. The reference
 * describes no paging for phone-images and editions differ, so any such sign is taken seriously: a marker, a
 * link, a flag, a count.
 */
import type { JsonObject } from './answer-body.ts';
import { isSilent, wholeNumber } from './field.ts';

export interface SignsOfMore {
  /** The query parameters that ask for the next page; null when no marker or link says how. */
  readonly next: Readonly<Record<string, string>> | null;
  /** A flag says that there is more. */
  readonly flagged: boolean;
  /** The largest number of rows, and of pages, that anything counts; 0 when nothing does. */
  readonly counted: number;
  readonly pages: number;
  /**
   * The answer tells where it ends: its field for the next page is empty, or it says that there is no more.
   */
  readonly tellsEnd: boolean;
}

/** What an answer says that says nothing of it. */
export const NO_SIGNS: SignsOfMore = { next: null, flagged: false, counted: 0, pages: 0, tellsEnd: false };

/** Names are looked at word by word, `nextMarker` like `next_marker`. */
const words = (list: string) => new RegExp(`(?:^|_)(?:${list})(?:_|$)`);
const ELSEWHERE = words('prev|previous|current|self|request|first|limit|max|size');
const NEXT = words('next|marker|cursor|continuation|continue|after|page_token');
const MORE = words('more|next|truncated|incomplete|partial');
const LAST = words('last|end|eof|finished|complete|completed|done');
const REST = words('remaining|rest|left');
const PAGES = words('pages|page_count|page_num|page_total|total_page|last_page');
const COUNT = words('total|totals|count|counts|num|number|records');
const DEEPEST = 4;

/** Looks through everything of an answer but the rows themselves, which are the field `list`. */
export function signsOfMore(body: JsonObject, list: string): SignsOfMore {
  const found: Found = { ...NO_SIGNS };
  for (const [name, value] of Object.entries(body)) {
    if (name !== list) look(found, { name, value, depth: 0 });
  }
  return found;
}

type Found = { -readonly [Key in keyof SignsOfMore]: SignsOfMore[Key] };

interface Field {
  readonly name: string;
  readonly value: unknown;
  readonly depth: number;
}

function look(found: Found, { name, value, depth }: Field): void {
  const key = name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .replace(/[-.]/g, '_')
    .toLowerCase();
  if (Array.isArray(value)) lookAtLinks(found, value);
  else if (typeof value === 'object' && value !== null) lookInside(found, { key, value, depth });
  else if (!ELSEWHERE.test(key)) read(found, key, value);
}

function lookInside(
  found: Found,
  { key, value, depth }: { key: string; value: object; depth: number },
): void {
  if (NEXT.test(key) && !ELSEWHERE.test(key)) found.next ??= nextOf(key, linkIn(value));
  if (depth >= DEEPEST) return;
  for (const [inner, one] of Object.entries(value))
    look(found, { name: inner, value: one, depth: depth + 1 });
}

function read(found: Found, key: string, value: unknown): void {
  const flag = flagOf(value);
  const number = wholeNumber(value) ?? 0;
  if (PAGES.test(key)) found.pages = Math.max(found.pages, number);
  else if (REST.test(key)) note(found, flag ?? number > 0);
  else if (COUNT.test(key)) found.counted = Math.max(found.counted, number);
  else if (MORE.test(key) && flag !== null) note(found, flag);
  else if (LAST.test(key) && flag !== null) note(found, !flag);
  else if (NEXT.test(key)) {
    found.next ??= nextOf(key, value);
    if (isSilent(value)) found.tellsEnd = true;
  }
}

function note(found: Found, more: boolean): void {
  if (more) found.flagged = true;
  else found.tellsEnd = true;
}

function flagOf(value: unknown): boolean | null {
  const word = String(value).trim().toLowerCase();
  if (/^(?:true|1|y|yes)$/.test(word)) return true;
  return /^(?:false|0|n|no)$/.test(word) ? false : null;
}

/** `[{"rel": "next", "href": "…"}]` */
function lookAtLinks(found: Found, links: readonly unknown[]): void {
  for (const link of links) {
    if (Object(link).rel === 'next') found.next ??= nextOf('next', linkIn(link));
  }
}

function linkIn(value: unknown): unknown {
  const { href, url, marker } = Object(value);
  return href ?? url ?? marker;
}

/** A link is followed by its parameters alone: credentials go nowhere but to the endpoint. */
function nextOf(key: string, value: unknown): Record<string, string> | null {
  if (typeof value !== 'string' && typeof value !== 'number') return null;
  const text = String(value).trim();
  if (text === '') return null;
  const isLink = /^(?:https?:\/\/|\/|\?)/.test(text) && text.includes('?');
  if (isLink) return Object.fromEntries(new URLSearchParams(text.slice(text.indexOf('?') + 1)));
  return words('link|links|url|href').test(key) ? null : { marker: text };
}
