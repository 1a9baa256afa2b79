import { z } from 'zod';

const count = z.int().min(1);
/** A code of the API, with another HTTP status than its own behind a slash: `CPS.0099/403`. */
const refused = z.strictObject({
  refused: z.string().regex(/^(CPS|APIGW?)\.\d{4}(\/[45]\d\d)?$/, {
    error: 'takes a code such as CPS.0099, or CPS.0099/403 with its status',
  }),
});
/** Where in an answer a field is: `total`, or `page_info.next_marker` inside an object. */
const path = z.string().regex(/^\w+(\.\w+)*$/);
/** Names joined by `+` on the command line, a list in a file. */
const names = z.preprocess(
  (value) => (typeof value === 'string' || typeof value === 'number' ? String(value).split('+') : value),
  z.array(z.string().min(1), { error: 'takes a list of names' }),
);

/** One of these words. By itself zod would not say of a union what is right. */
function oneOf<const Word extends string>(...words: readonly [Word, ...Word[]]) {
  return z.enum(words, { error: `takes ${words.join(', ')}` });
}

/** How the images endpoint pages and counts. */
const PAGES = {
  /**
   * Counts everything that matches, the rows of the page, every type whatever was asked, or stops at a
   * number.
   */
  total: z.union([z.enum(['grand', 'page', 'absent', 'all-types']), z.strictObject({ capped: count })], {
    error: 'takes grand, page, absent, all-types, capped:N',
  }),
  totalAs: oneOf('number', 'text'),
  /** Counts images, or pages of `limit` images; or the first page comes again, whatever is asked. */
  offset: oneOf('index', 'page-number', 'ignored'),
  /** At most so many rows whatever more is asked, or more is refused; or everything in one answer. */
  limit: z.union(
    [z.enum(['honoured', 'ignored']), z.strictObject({ clamped: count }), z.strictObject({ most: count })],
    { error: 'takes honoured, ignored, clamped:N, most:N' },
  ),
  /** What an offset behind the last row gets. */
  beyondEnd: oneOf('empty', 'refused', 'last-page', 'no-content', 'no-list'),
  /** Pages begin before this row, and what is asked behind it gets what lies behind the end. */
  deepest: z.union([z.literal('end'), z.strictObject({ row: count })], { error: 'takes end, row:N' }),
};

/** What the images endpoint lists for which question. */
const QUESTIONS = {
  /** Whether public images are listed by the images endpoint too. `refused` alone is CPS.0009. */
  publicImages: z.union([z.enum(['listed', 'refused', 'empty']), refused], {
    error: 'takes listed, refused, empty, refused:CPS.0099, refused:CPS.0099/403',
  }),
  /** What `image_id=` does: it finds, is ignored, or gets an answer without its list. */
  byId: z.union([z.enum(['answers', 'ignored', 'listless']), refused], {
    error: 'takes answers, ignored, listless, refused:CPS.0099, refused:CPS.0099/403',
  }),
  /** The ids `byId` is about. None named: all. */
  byIdOnly: names,
  statusFilter: oneOf('honoured', 'ignored'),
};

/** How phone-images pages. */
const PHONE_IMAGES = {
  /**
   * Not at all; by `marker` or `offset` with a sign of more, see `phoneImagesMore`; or by `marker` without
   * one.
   */
  phoneImagesPaging: oneOf('none', 'marker', 'offset', 'bare'),
  /** Rows of a page; `limit` may ask for fewer. */
  phoneImagesPageRows: z.int().min(1).max(500),
  /** The sign of more, by its kind and by where it is in the answer. */
  phoneImagesMore: z.union(
    [
      z.literal('nothing'),
      z.strictObject({ marker: path }),
      /** An absolute URL, or one that begins with its path. */
      z.strictObject({ link: path }),
      z.strictObject({ relativeLink: path }),
      /** A list of `{"rel": "next", "href": …}`. */
      z.strictObject({ links: path }),
      z.strictObject({ flag: path }),
      /** How many rows there are in all. */
      z.strictObject({ count: path }),
      /** In the head: a link to the next page, a total, or which part of it this is. */
      z.strictObject({ header: z.enum(['Link', 'X-Total-Count', 'Content-Range']) }),
    ],
    {
      error:
        'takes nothing, marker:PATH, link:PATH, relativeLink:PATH, links:PATH, flag:PATH, count:PATH, ' +
        'header:Link, header:X-Total-Count, header:Content-Range',
    },
  ),
  phoneImagesMarkers: oneOf('last-id', 'opaque'),
  unknownMarker: oneOf('refused', 'ignored', 'empty'),
  /** How a marker or a link is written when there is no more. */
  phoneImagesEnd: oneOf('empty-text', 'null', 'absent'),
};

/** What the rows and the answers of both endpoints look like. */
const SPELLING = {
  /** A list without rows: `[]`, null, no field but a `total`, or neither. */
  emptyList: oneOf('array', 'null', 'absent-with-total', 'absent'),
  /** Fields beside a valid list, such as `{"error_code": "0"}`. */
  successFields: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  /** One row is listed twice, both times the same. */
  duplicates: oneOf('none', 'on-page', 'at-border'),
  /** Whether `total` counts the row that is listed twice twice. */
  duplicatesCounted: z.boolean(),
  /** `other`: the type of another image than was asked for. */
  imageType: oneOf('documented', 'upper', 'shared', 'absent', 'other'),
  numbers: oneOf('number', 'text', 'float', 'by-turns'),
  times: oneOf(
    'documented',
    'epoch-ms',
    'epoch-s',
    'rfc-1123',
    'offset',
    'zoneless',
    'spaced',
    'empty',
    'by-turns',
  ),
  /**
   * How an optional field without a value is written. `as-is`: left out, or as a test laid it over the row.
   */
  blanks: oneOf('as-is', 'absent', 'null', 'empty-text', 'by-turns'),
  /** Fields that every second answer to the same question leaves blank. */
  leftOut: names,
  /** `tags`, a list of each row; shuffled, it has another order in every answer. */
  tags: oneOf('none', 'ordered', 'shuffled'),
  /** A signed URL, another one in every answer: `download_url`, or inside `links`. */
  signedUrl: oneOf('none', 'field', 'nested'),
  /** `revision`, beyond 2^53. */
  revision: oneOf('none', 'large'),
  /** Lays Chinese and accented letters before each name. */
  names: oneOf('as-is', 'chinese'),
  charset: oneOf('utf-8', 'utf-8-bom', 'utf-16', 'gb18030', 'iso-8859-1'),
};

const SHAPE = { ...PAGES, ...QUESTIONS, ...PHONE_IMAGES, ...SPELLING };

const EDITION = z.strictObject(SHAPE, {
  error: (issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.keys.join(', ')}: an edition has only ${Object.keys(SHAPE).join(', ')}`
      : 'takes an object of settings',
});

/** Some of an edition, as a file or the command line gives it. */
export const EDITION_PART = EDITION.partial();

/**
 * Where the real API's editions differ, or where its pages leave open what it does: lasting ways the API
 * works, which can be combined freely. What happens to single requests is a fault.
 */
export type Edition = Readonly<z.infer<typeof EDITION>>;

/** What the reference pages say. */
export const REFERENCE_EDITION: Edition = {
  total: 'grand',
  totalAs: 'number',
  offset: 'index',
  limit: 'honoured',
  beyondEnd: 'empty',
  deepest: 'end',
  publicImages: 'listed',
  byId: 'answers',
  byIdOnly: [],
  statusFilter: 'honoured',
  phoneImagesPaging: 'none',
  phoneImagesPageRows: 500,
  phoneImagesMore: { marker: 'page_info.next_marker' },
  phoneImagesMarkers: 'last-id',
  unknownMarker: 'refused',
  phoneImagesEnd: 'empty-text',
  emptyList: 'array',
  successFields: {},
  duplicates: 'none',
  duplicatesCounted: true,
  imageType: 'documented',
  numbers: 'number',
  times: 'documented',
  blanks: 'as-is',
  leftOut: [],
  tags: 'none',
  signedUrl: 'none',
  revision: 'none',
  names: 'as-is',
  charset: 'utf-8',
};
