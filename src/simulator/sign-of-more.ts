import { atPath } from './field-path.ts';
import type { PhonePage } from './phone-paging.ts';
import type { Question } from './query.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What an answer of phone-images says about there being more, as the edition says it. */
export function signOfMore(question: Question, page: PhonePage): Fields {
  const { phoneImagesPaging: paging, phoneImagesMore: sign } = question.edition;
  if (paging === 'none' || paging === 'bare' || sign === 'nothing') return {};
  if ('flag' in sign) return atPath(sign.flag, page.next !== null);
  if ('count' in sign) return atPath(sign.count, page.count);
  if ('marker' in sign) return pointer(sign.marker, page.next?.value, question);
  if ('links' in sign) return atPath(sign.links, linkList(question, page));
  const absolute = 'link' in sign;
  return pointer(absolute ? sign.link : sign.relativeLink, nextUrl(question, page, absolute), question);
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
