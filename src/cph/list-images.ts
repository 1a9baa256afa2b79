/** The images endpoint: `GET /v1/{project_id}/cloud-phone/images` (API reference, Querying Images). */
import {
  IMAGE_TYPES,
  type IMAGES_FIELDS,
  type ImagesRecord,
  type ImageType,
  NO_IMAGES_FIELDS,
  statusOfCode,
} from '../inventory/image.ts';
import type { ListingResult, RejectedRecord } from '../inventory/listing.ts';
import { isSpelling } from '../inventory/spelling.ts';
import { invalidAnswer, isNoPage, listOf } from './answer-list.ts';
import type { CphClient } from './client.ts';
import { CphError } from './errors.ts';
import { bytes, code, text, time } from './field.ts';
import { createLessons, type Lessons, replaceLessons, teachingOf } from './lessons.ts';
import type { Listing, RequestScope, RequestTrace } from './listing.ts';
import type { PageRequest } from './listing-end.ts';
import { listOnce } from './offset-listing.ts';
import type { Page } from './received.ts';
import { listUntilComplete } from './relist.ts';
import { rowReader, SAYS_NOTHING } from './row.ts';
import { signsOfMore } from './signs-of-more.ts';
import type { Query } from './url.ts';

const ENDPOINT = 'cloud-phone/images';
const LIST = 'image_infos';

/** The listing of all images of one type, with up to `pageConcurrency` pages in flight. */
export function imagesListing(
  client: CphClient,
  imageType: ImageType,
  { pageConcurrency }: { pageConcurrency: number },
): Listing {
  const query = { image_type: imageType };
  return {
    source: 'images',
    image_type: imageType,
    list: (scope) => list(client, { imageType, query, scope, pageConcurrency }),
    confirmEnd: (result, scope) => listAnew(client, { imageType, query, scope, pageConcurrency }, result),
  };
}

/**
 * The images of one type that are being created: few, so pages come one after another. Proven like any
 * listing.
 */
export function listCreating(
  client: CphClient,
  imageType: ImageType,
  scope: RequestScope,
): Promise<ListingResult> {
  return list(client, { imageType, query: { image_type: imageType, status: 0 }, scope, pageConcurrency: 1 });
}

/**
 * The image with this id, asked for by itself: there is no other way to ask for one. Null is the API's word
 * that a project has no such image of this type. A row without a usable id may be the image, and is returned
 * as such. Throws a {@link CphError} with code `invalid_answer` when the answer is about other images and may
 * not show them all.
 */
export async function findImage(
  client: CphClient,
  { image_id, image_type }: { image_id: string; image_type: ImageType },
  scope: RequestScope,
): Promise<ImagesRecord | RejectedRecord | null> {
  const body = await client.get(ENDPOINT, { image_id, image_type }, scope);
  const { rows, total } = pageOf(client, { body, imageType: image_type });
  const row = rows.find((one) => 'image_id' in one && one.image_id === image_id);
  if (row) return row;
  if (rows.length === 0 && !total) return null;
  const unknown = invalidAnswer(body, `${ENDPOINT}: the answer does not tell whether the image is there`);
  if (rows.length === 0 || rows.some((one) => 'image_id' in one && isSpelling(image_id, one.image_id)))
    throw unknown;
  // It may be the row without an id; else the API ignores the id, and ours may be behind these rows.
  const rejected = rows.find((one) => 'reason' in one);
  if (rejected) return rejected;
  const all = await listAllOnce(client, { imageType: image_type, query: { image_id, image_type }, scope });
  if (all.proof !== 'complete') throw unknown;
  return all.records.find((one): one is ImagesRecord => one.image_id === image_id) ?? all.rejected[0] ?? null;
}

/** What was listed in a look because the API ignores the id, by type. */
const LISTED = new WeakMap<RequestTrace, Map<ImageType, Promise<ListingResult>>>();

/** The whole answer of an API that ignores the id: one listing a look, not one for each image asked for. */
function listAllOnce(client: CphClient, asked: Asked): Promise<ListingResult> {
  const { trace } = asked.scope;
  const listed = LISTED.get(trace) ?? new Map<ImageType, Promise<ListingResult>>();
  LISTED.set(trace, listed);
  const listing = listed.get(asked.imageType) ?? list(client, { ...asked, pageConcurrency: 1 });
  listed.set(asked.imageType, listing);
  return listing;
}

interface Asked {
  readonly imageType: ImageType;
  readonly query: Query;
  readonly scope: RequestScope;
}

interface Wanted extends Asked {
  readonly pageConcurrency: number;
}

async function list(client: CphClient, asked: Wanted, lessons = client.lessons): Promise<ListingResult> {
  const { scope, pageConcurrency } = asked;
  const ask = (page: PageRequest, signal: AbortSignal) =>
    askPage(client, { ...asked, page, lessons, scope: { ...scope, signal } });
  let endAssumed = false;
  let listless = false;
  const attempt = async () => {
    const read = await listOnce({ ask, scope, pageConcurrency, lessons });
    endAssumed = !read.metTotal;
    listless = read.pages[0]?.listless ?? false;
    return read;
  };
  const result = await listUntilComplete(attempt, teachingOf(lessons));
  return { ...result, endAssumed: endAssumed && result.proof === 'complete', listless };
}

/**
 * Lists again as if nothing were known of the endpoint: what earlier listings taught, and this one relied on,
 * may have ceased to be true. Where it did, it is forgotten.
 */
async function listAnew(client: CphClient, asked: Wanted, before: ListingResult): Promise<ListingResult> {
  const fresh = createLessons();
  const result = await list(client, asked, fresh);
  const isRefuted = result.proof !== 'complete' || result.records.length > before.records.length;
  if (isRefuted) replaceLessons(client.lessons, fresh);
  return result;
}

const NO_PAGE: Page = { rows: [], total: null, refused: true };

/** Fewer rows than the reference allows; the last is the least that it names. */
const SMALLER_LIMITS = [50, 20, 10];

/**
 * A page behind the last may be refused, or come without its list, rather than empty: the question differs in
 * nothing else from those before. A first page may be refused for its `limit`: then fewer rows are asked for, and from
 * now on no more.
 */
async function askPage(
  client: CphClient,
  asked: Asked & { page: PageRequest; lessons: Lessons },
): Promise<Page> {
  const { page, lessons } = asked;
  const limit = Math.min(page.limit, lessons.mostAsked);
  try {
    return await askRows(client, { ...asked, page: { ...page, limit } });
  } catch (error) {
    if (page.offset > 0 && isNoPage(error)) return NO_PAGE;
    const fewer = SMALLER_LIMITS.find((one) => one < limit);
    if (fewer === undefined || !isAboutLimit(error)) throw error;
    const smaller = await askPage(client, { ...asked, page: { ...page, limit: fewer } }).catch(() => null);
    if (smaller === null) throw error;
    lessons.mostAsked = Math.min(lessons.mostAsked, fewer);
    return smaller;
  }
}

/** The code that the reference has for an offset or a limit. */
function isAboutLimit(error: unknown): boolean {
  return error instanceof CphError && error.kind === 'refused' && error.code === 'CPS.0002';
}

async function askRows(
  client: CphClient,
  { imageType, query, page: { limit, offset }, scope }: Asked & { page: PageRequest },
): Promise<Page> {
  const { body, paging } = await client.getPage(ENDPOINT, { ...query, limit, offset }, scope);
  const page = pageOf(client, { body, imageType });
  if (offset > 0 && page.listless) return NO_PAGE;
  const { next, flagged } = signsOfMore({ ...body, head: paging }, LIST);
  return { ...page, limit, goesOn: next !== null || flagged };
}

interface ImagesPage extends Page {
  readonly rows: readonly (ImagesRecord | RejectedRecord)[];
}

function pageOf(
  client: CphClient,
  { body, imageType }: { body: Parameters<typeof listOf>[0]; imageType: ImageType },
): ImagesPage {
  const { rows, ...said } = listOf(body, { list: LIST, endpoint: ENDPOINT });
  return { rows: rows.map((raw) => readImagesRow(raw, imageType, client.ignoredFields)), ...said };
}

/**
 * `ListImagesView` of the API reference, as far as it is kept; a private image's `project_id` repeats what
 * was asked.
 */
const readRow = rowReader<ImagesRecord, 'image_name' | Exclude<(typeof IMAGES_FIELDS)[number], 'status'>>({
  blank: { source: 'images', ...SAYS_NOTHING, ...NO_IMAGES_FIELDS, listed_under: 'private' },
  fields: {
    image_name: text,
    image_type: text,
    status_code: code,
    image_version: text,
    image_size: bytes,
    domain_id: text,
    src_project_id: text,
    create_time: time,
    update_time: time,
  },
  called: { status_code: 'status' },
  dropped: ['project_id'],
});

const NONE: ReadonlySet<string> = new Set();

/**
 * A row of the listing that asked for the type `asked`. It belongs to that listing, however it spells its
 * type. One that names none leaves it open: what is known of the image decides (`inventory/merge.ts`).
 */
export function readImagesRow(
  raw: unknown,
  asked: ImageType,
  ignored: ReadonlySet<string> = NONE,
): ImagesRecord | RejectedRecord {
  const record = readRow(raw, ignored);
  if ('reason' in record) return record;
  const { image_type, status_code } = record;
  record.image_type = spelledType(image_type);
  record.listed_under = asked;
  record.status = status_code === null ? null : statusOfCode(status_code);
  return record;
}

function spelledType(type: string | null): string | null {
  if (type === null || IMAGE_TYPES.some((one) => one === type)) return type;
  const word = type.trim().toLowerCase();
  if (word === 'shared') return 'share';
  return IMAGE_TYPES.find((one) => one === word) ?? type;
}
