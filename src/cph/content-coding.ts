/** Bodies as they were before a server or a proxy compressed them, and the text they hold. */
import { promisify } from 'node:util';
import { brotliDecompress, gunzip, inflate, inflateRaw } from 'node:zlib';

/** What we can read, as `Accept-Encoding` says it. */
export const READABLE_CODINGS = 'gzip, deflate, br';

/** An answer whose bytes cannot be turned into text. */
export class UnreadableBody extends Error {
  override readonly name = 'UnreadableBody';
  /** `UNREADABLE` is there to stay; `BROKEN` may be better the next time. */
  readonly code: 'UNREADABLE' | 'BROKEN' | 'TOO_LARGE';

  constructor(message: string, { code, cause }: { code: UnreadableBody['code']; cause?: unknown }) {
    super(message, { cause });
    this.code = code;
  }
}

interface BodyHeaders {
  readonly contentEncoding: string;
  readonly contentType: string;
}

/**
 * The text of a body of which no stage may be larger than `maxBytes`. Throws {@link UnreadableBody}: for a
 * coding or charset that is not known, and for bytes that are not what the headers say. Nothing is replaced.
 */
export async function textOf(
  bytes: Uint8Array,
  { contentEncoding, contentType }: BodyHeaders,
  maxBytes: number,
): Promise<string> {
  return decodeText(await decompress(bytes, contentEncoding, maxBytes), contentType);
}

/** One more than anybody stacks; each stage costs memory. */
const MOST_CODINGS = 3;

async function decompress(bytes: Uint8Array, contentEncoding: string, maxBytes: number): Promise<Uint8Array> {
  const codings = contentEncoding
    .toLowerCase()
    .split(',')
    .map((coding) => coding.trim())
    .filter((coding) => coding !== '' && coding !== 'identity');
  const unknown = codings.find((coding) => !Object.hasOwn(DECODERS, coding));
  if (unknown !== undefined || codings.length > MOST_CODINGS) {
    const what = (unknown ?? codings.join(', ')).replace(/[^\w, -]/g, '?').slice(0, 40);
    throw new UnreadableBody(`the answer is encoded as ${what}, which was not asked for`, {
      code: 'UNREADABLE',
    });
  }
  let decoded = bytes;
  // The one that was applied last is named last.
  for (const coding of codings.reverse()) decoded = await decode(decoded, coding, maxBytes);
  return decoded;
}

type Decoder = (bytes: Uint8Array, options: { maxOutputLength: number }) => Promise<Uint8Array>;

const DECODERS: Readonly<Record<string, Decoder>> = {
  gzip: promisify(gunzip),
  'x-gzip': promisify(gunzip),
  // By the standard with a header of zlib's; some servers leave that out.
  deflate: (bytes, options) => (hasZlibHeader(bytes) ? inflated : inflatedRaw)(bytes, options),
  br: promisify(brotliDecompress),
};
const inflated: Decoder = promisify(inflate);
const inflatedRaw: Decoder = promisify(inflateRaw);

function hasZlibHeader([method = 0, flags = 0]: Uint8Array): boolean {
  return (method & 0x0f) === 8 && ((method << 8) | flags) % 31 === 0;
}

async function decode(bytes: Uint8Array, coding: string, maxBytes: number): Promise<Uint8Array> {
  if (bytes.length === 0) return bytes;
  try {
    return (await DECODERS[coding]?.(bytes, { maxOutputLength: maxBytes })) ?? bytes;
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ERR_BUFFER_TOO_LARGE') {
      throw new UnreadableBody('the answer is too large once it is decompressed', {
        code: 'TOO_LARGE',
        cause,
      });
    }
    throw new UnreadableBody(`the answer says ${coding} and cannot be decompressed`, {
      code: 'BROKEN',
      cause,
    });
  }
}

/** UTF-8, unless the answer says otherwise. Its own mark counts for more than what a header says. */
function decodeText(bytes: Uint8Array, contentType: string): string {
  const label = charsetOfMark(bytes) ?? charsetOfHeader(contentType) ?? 'utf-8';
  let decoder: InstanceType<typeof TextDecoder>;
  try {
    decoder = new TextDecoder(label, { fatal: true });
  } catch (cause) {
    const shown = label.replace(/[^\w-]/g, '?').slice(0, 40);
    throw new UnreadableBody(`the answer is in ${shown}, which is not known`, { code: 'UNREADABLE', cause });
  }
  try {
    return decoder.decode(bytes);
  } catch (cause) {
    throw new UnreadableBody(`the answer is not the ${decoder.encoding} it should be`, {
      code: 'BROKEN',
      cause,
    });
  }
}

function charsetOfMark([first, second, third]: Uint8Array): string | null {
  if (first === 0xef && second === 0xbb && third === 0xbf) return 'utf-8';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  return first === 0xff && second === 0xfe ? 'utf-16le' : null;
}

function charsetOfHeader(contentType: string): string | null {
  const [, quoted, plain] = /;\s*charset\s*=\s*(?:"([^"]*)"|([^\s;"]+))/i.exec(contentType) ?? [];
  return quoted ?? plain ?? null;
}
