/** What the head of an answer says of rows that its body does not hold. */
import type { JsonObject } from './answer-body.ts';
import type { Answer } from './classify.ts';

const OF_PAGES = /^x-.*(?:total|next|marker|cursor|continuation|more|truncated|page)/;
const OF_LIMITS = /rate|quota|retry/;

/**
 * Headers that tell of pages as fields, under names that say the same in a body: `Link` (RFC 8288), `Content-Range`
 * and status 206 (RFC 9110), and whatever `X-` calls a total or a next page.
 */
export function pagingFields({ status, headers }: Pick<Answer, 'status' | 'headers'>): JsonObject {
  const fields: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(headers)) {
    const text = String(value ?? '');
    if (name === 'link') fields.next = nextLink(text);
    else if (name === 'content-range') fields.total = /\/\s*(\d+)\s*$/.exec(text)?.[1];
    else if (OF_PAGES.test(name) && !OF_LIMITS.test(name)) fields[name] = text;
  }
  if (status === 206 && fields.total === undefined) fields.partial = true;
  return fields;
}

function nextLink(header: string): string | undefined {
  return /<([^>]*)>[^,<]*;\s*rel="?next\b/i.exec(header)?.[1];
}
