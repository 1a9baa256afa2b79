/** The phone-images endpoint: `GET /v1/{project_id}/cloud-phone/phone-images` (Querying the Image of a Cloud Phone). */
import type { PhoneImagesRecord } from '../inventory/image.ts';
import type { ListingResult, RejectedRecord } from '../inventory/listing.ts';
import { listOf } from './answer-list.ts';
import type { CphClient } from './client.ts';
import { CphError } from './errors.ts';
import { code, flag, text } from './field.ts';
import type { Lessons } from './lessons.ts';
import type { Listing, RequestScope } from './listing.ts';
import { listByMarker, type MarkerAttempt, type MarkerPage, type PageParameters } from './marker-listing.ts';
import { type Attempt, listUntilComplete } from './relist.ts';
import { type RowReader, readRow } from './row.ts';
import { signsOfMore } from './signs-of-more.ts';

const ENDPOINT = 'cloud-phone/phone-images';
const LIST = 'phone_images';
/** The most an edition that pages gives at once. */
const LARGEST_PAGE = '500';

/** One listing of all types: its rows do not say which they belong to, and one question is fewer to go wrong. */
export function phoneImagesListing(client: CphClient): Listing {
  return {
    source: 'phone-images',
    image_type: 'all',
    list: (scope) => list(client, scope, () => listFromStart(client, scope)),
    confirmEnd: (result, scope) => list(client, scope, () => listFurther(client, { result, scope })),
  };
}

async function list(
  client: CphClient,
  scope: RequestScope,
  attempt: () => Promise<MarkerAttempt>,
): Promise<ListingResult> {
  let endAssumed = false;
  const read = async (): Promise<Attempt> => {
    scope.signal.throwIfAborted();
    const attempted = await attempt();
    if (attempted.guessed) client.lessons.lastIdIsMarker = true;
    endAssumed = attempted.endAssumed;
    return attempted;
  };
  const { lessons } = client;
  const result = await listUntilComplete(read, {
    forget: () => (lessons.lastIdIsMarker = null),
    accept: () => true,
  });
  return { ...result, endAssumed };
}

function listFromStart(client: CphClient, scope: RequestScope): Promise<MarkerAttempt> {
  const ask = (parameters: PageParameters) => askPage(client, parameters, scope);
  return listByMarker({ ask, guesses: (page) => guesses(client.lessons, page) });
}

/**
 * Whether to ask on behind a page that says nothing of an end. Always where that has brought rows before; and once where
 * the number of rows is one that pages have.
 */
function guesses(lessons: Lessons, { rows }: MarkerPage): boolean {
  if (lessons.lastIdIsMarker !== null) return lessons.lastIdIsMarker;
  const isRound = rows.length > 0 && (rows.length % 50 === 0 || rows.length === 10 || rows.length === 20);
  if (isRound) lessons.lastIdIsMarker = false;
  return isRound;
}

/**
 * Asks on behind a listing whose end no answer has told, before an image is missed on its word: with its last id for a
 * marker, and for the largest page there is, since an edition that pages in small ones may do so without a sign.
 */
async function listFurther(
  client: CphClient,
  { result, scope }: { result: ListingResult; scope: RequestScope },
): Promise<MarkerAttempt> {
  const ask = (parameters: PageParameters) => askPage(client, parameters, scope);
  const rows = [...result.records, ...result.rejected];
  const begun = { rows, signs: signsOfMore({}, LIST) };
  const further = await listByMarker({ ask, guesses: () => true }, begun);
  if (further.drift !== null || further.rows.length > rows.length) return further;
  const largest = await askPage(client, { limit: LARGEST_PAGE }, scope);
  if (largest.refused || largest.rows.length <= rows.length) return further;
  const limited = (parameters: PageParameters) => ask({ limit: LARGEST_PAGE, ...parameters });
  return await listByMarker({ ask: limited, guesses: () => true }, largest);
}

/** Without `limit`: an edition that does not page may refuse it, and one that does gives its largest page anyway. */
async function askPage(
  client: CphClient,
  parameters: PageParameters,
  scope: RequestScope,
): Promise<MarkerPage> {
  try {
    const body = await client.get(ENDPOINT, { image_type: 'all', ...parameters }, scope);
    const { rows } = listOf(body, { list: LIST, endpoint: ENDPOINT });
    return {
      rows: rows.map((raw) => readPhoneImagesRow(raw, client.ignoredFields)),
      signs: signsOfMore(body, LIST),
    };
  } catch (error) {
    const asked = Object.keys(parameters).length > 0;
    if (!asked || !(error instanceof CphError) || error.kind !== 'refused') throw error;
    return { rows: [], signs: signsOfMore({}, LIST), refused: true };
  }
}

/** `PhoneImage` of the API reference. */
const ROW: RowReader<Omit<PhoneImagesRecord, 'source' | 'image_id' | 'extra' | 'unreadable'>> = {
  source: 'phone-images',
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
};

export function readPhoneImagesRow(
  raw: unknown,
  ignored: ReadonlySet<string> = new Set(),
): PhoneImagesRecord | RejectedRecord {
  const row = readRow(raw, ROW, ignored);
  return 'reason' in row ? row : { source: 'phone-images', ...row };
}
