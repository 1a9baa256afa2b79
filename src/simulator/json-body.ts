import type { Edition } from './edition.ts';

export type Charset = Edition['charset'];

/** What `Content-Type` says beside `application/json`. The reference pages leave the charset out. */
export const CHARSET_PARAMETER: Readonly<Record<Charset, string>> = {
  'utf-8': '',
  'utf-8-bom': '; charset=utf-8',
  'utf-16': '; charset=UTF-16',
  gb18030: '; charset=GB18030',
  'iso-8859-1': '; charset=ISO-8859-1',
};

/**
 * JSON in another charset. Letters it does not have are escaped, which JSON allows everywhere they can be.
 */
export function encodeJson(json: string, charset: Charset): Buffer {
  switch (charset) {
    case 'utf-8':
      return Buffer.from(json);
    case 'utf-8-bom':
      return Buffer.from(`\uFEFF${json}`);
    case 'utf-16':
      return Buffer.from(`\uFEFF${json}`, 'utf16le');
    case 'iso-8859-1':
      return Buffer.from(json.replaceAll(/[\u0100-\uFFFF]/g, escaped), 'latin1');
    case 'gb18030':
      return Buffer.concat([...json].map(gb18030));
  }
}

function escaped(letter: string): string {
  return letter
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
}

function gb18030(letter: string): Buffer {
  if (letter <= '\x7F') return Buffer.from(letter);
  pairs ??= gb18030Pairs();
  return pairs.get(letter) ?? Buffer.from(escaped(letter));
}

let pairs: ReadonlyMap<string, Buffer> | undefined;

/** The letters GB18030 writes in two bytes. Node can read this charset and not write it. */
function gb18030Pairs(): ReadonlyMap<string, Buffer> {
  const decoder = new TextDecoder('gb18030');
  const found = new Map<string, Buffer>();
  for (let lead = 0x81; lead <= 0xfe; lead++) {
    for (let trail = 0x40; trail <= 0xfe; trail++) {
      const bytes = Buffer.from([lead, trail]);
      const letter = decoder.decode(bytes);
      if (letter.length === 1 && letter !== '\uFFFD') found.set(letter, bytes);
    }
  }
  return found;
}

/**
 * Stands before a number that JavaScript cannot write as it should look. A private letter, so no field begins
 * with it.
 */
const RAW = '\uE000';

/** A value that becomes exactly `text` in the JSON of {@link jsonText}. */
export function rawNumber(text: string): string {
  return `${RAW}${text}`;
}

/** The JSON of a body, whose bigints are numbers with all of their digits. */
export function jsonText(body: unknown): string {
  const text = JSON.stringify(body, (_, value: unknown) =>
    typeof value === 'bigint' ? rawNumber(String(value)) : value,
  );
  return text.includes(RAW) ? text.replaceAll(new RegExp(`"${RAW}([^"]*)"`, 'g'), '$1') : text;
}

/** `page_info.next_marker` and a value: that value, inside an object. */
export function atPath(path: string, value: unknown): Readonly<Record<string, unknown>> {
  const [name = path, ...inner] = path.split('.');
  return { [name]: inner.length === 0 ? value : atPath(inner.join('.'), value) };
}
