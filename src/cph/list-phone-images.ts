/**
 * The phone-images endpoint: `GET /v1/{project_id}/cloud-phone/phone-images` (Querying the Image of a Cloud
 * Phone).
 */
import {
  NO_PHONE_IMAGES_FIELDS,
  type PHONE_IMAGES_FIELDS,
  type PhoneImagesRecord,
} from '../inventory/image.ts';
import type { ListingResult, RejectedRecord } from '../inventory/listing.ts';
import { isNoPage, listOf } from './answer-list.ts';
import type { CphClient } from './client.ts';
import { code, flag, text } from './field.ts';
import type { Listing, RequestScope } from './listing.ts';
import { askBehind } from './marker-end.ts';
import { listByMarker, type MarkerAttempt, type MarkerPage, type PageParameters } from './marker-listing.ts';
import { type Attempt, listUntilComplete } from './relist.ts';
import { rowReader, SAYS_NOTHING } from './row.ts';
import { NO_SIGNS, signsOfMore } from './signs-of-more.ts';

const ENDPOINT = 'cloud-phone/phone-images';
const LIST = 'phone_images';

/**
 * One listing of all types: its rows do not say which they belong to, and one question is fewer to go wrong.
 */
export function phoneImagesListing(client: CphClient): Listing {
  return {
    source: 'phone-images',
    image_type: 'all',
    list: (scope) => list(client, scope, () => listFromStart(client, scope)),
    confirmEnd: (result, scope) => confirmEnd(client, result, scope),
  };
}

/**
 * Asks what lies behind a listing. What came or went since it was read contradicts the answers; so then it is read anew
 * before it is asked again.
 */
async function confirmEnd(
  client: CphClient,
  { records, rejected }: ListingResult,
  scope: RequestScope,
): Promise<ListingResult> {
  const ask = (parameters: PageParameters) => askPage(client, parameters, scope);
  const { lessons } = client;
  let isFirst = true;
  return await list(client, scope, async () => {
    if (isFirst) {
      isFirst = false;
      return await askBehind([...records, ...rejected], ask);
    }
    const read = await listByMarker({ ask, goesOnBy: lessons.phoneImagesGoOnBy });
    return read.drift === null && read.endAssumed ? await askBehind(read.rows, ask) : read;
  });
}

async function list(
  client: CphClient,
  scope: RequestScope,
  attempt: () => Promise<MarkerAttempt>,
): Promise<ListingResult> {
  const { lessons } = client;
  let endAssumed = false;
  let listless = false;
  const read = async (): Promise<Attempt> => {
    scope.signal.throwIfAborted();
    const attempted = await attempt();
    lessons.phoneImagesGoOnBy = attempted.wentOnBy ?? lessons.phoneImagesGoOnBy;
    endAssumed = attempted.endAssumed;
    listless = attempted.pages[0]?.listless ?? false;
    return attempted;
  };
  const forget = () => {
    lessons.phoneImagesGoOnBy = null;
    lessons.phoneImagesTried = false;
  };
  const result = await listUntilComplete(read, { forget, accept: () => false });
  return { ...result, endAssumed: endAssumed && result.proof === 'complete', listless };
}

/** Reads all there is. Behind a number of rows that pages have, it is asked once whether there is more. */
async function listFromStart(client: CphClient, scope: RequestScope): Promise<MarkerAttempt> {
  const { lessons } = client;
  const ask = (parameters: PageParameters) => askPage(client, parameters, scope);
  const read = await listByMarker({ ask, goesOnBy: lessons.phoneImagesGoOnBy });
  if (read.drift !== null || !read.endAssumed || lessons.phoneImagesTried || !isRound(read.rows.length))
    return read;
  const further = await askBehind(read.rows, ask);
  lessons.phoneImagesTried = further.drift === null && further.wentOnBy === null;
  return further;
}

function isRound(rows: number): boolean {
  return rows > 0 && (rows % 50 === 0 || rows === 10 || rows === 20);
}

/**
 * Without `limit`: an edition that does not page may refuse it, and one that does gives its largest page
 * anyway.
 */
async function askPage(
  client: CphClient,
  parameters: PageParameters,
  scope: RequestScope,
): Promise<MarkerPage> {
  try {
    const { body, paging } = await client.getPage(ENDPOINT, { image_type: 'all', ...parameters }, scope);
    const { rows, listless, partial } = listOf(body, { list: LIST, endpoint: ENDPOINT });
    return {
      rows: rows.map((raw) => readPhoneImagesRow(raw, client.ignoredFields)),
      listless,
      partial,
      signs: signsOfMore({ ...body, head: paging }, LIST),
    };
  } catch (error) {
    const asked = Object.keys(parameters).length > 0;
    if (!asked || !isNoPage(error)) throw error;
    return { rows: [], signs: NO_SIGNS, refused: true };
  }
}

/** `PhoneImage` of the API reference. */
const readRow = rowReader<PhoneImagesRecord, 'image_name' | (typeof PHONE_IMAGES_FIELDS)[number]>({
  blank: { source: 'phone-images', ...SAYS_NOTHING, ...NO_PHONE_IMAGES_FIELDS },
  fields: {
    image_name: text,
    os_type: text,
    os_name: text,
    is_public: code,
    image_label: text,
    is_support_encrypt: flag,
    receive_status: code,
  },
  dropped: [],
});

const NONE: ReadonlySet<string> = new Set();

export function readPhoneImagesRow(
  raw: unknown,
  ignored: ReadonlySet<string> = NONE,
): PhoneImagesRecord | RejectedRecord {
  return readRow(raw, ignored);
}
