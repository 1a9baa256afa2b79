/** The images endpoint: `GET /v1/{project_id}/cloud-phone/images` (API reference, Querying Images). */
import { z } from 'zod';
import { type ImagesRecord, type ImageType, statusOfCode } from '../inventory/image.ts';
import type { ListingResult, RejectedRecord } from '../inventory/listing.ts';
import type { JsonObject } from './answer-body.ts';
import { invalidAnswer, shapeOf } from './answer-shape.ts';
import type { CphClient } from './client.ts';
import type { Page } from './completeness.ts';
import { CphError } from './errors.ts';
import type { Listing, RequestScope } from './listing.ts';
import { LIMIT, listOnce } from './offset-listing.ts';
import { listUntilComplete, UNSUPPORTED } from './relist.ts';
import { bytes, code, id, readRow, text, time } from './row.ts';
import type { Query } from './url.ts';

const ENDPOINT = 'cloud-phone/images';

/** The SDKs have every field of the answer optional, the list included. */
const answerSchema = z.object({
  image_infos: z.array(z.unknown()).nullish(),
  total: z.int().nonnegative().nullish().catch(null),
});

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
  };
}

/** The images of one type that are being created: few, so pages come one after another. Proven like any listing. */
export function listCreating(
  client: CphClient,
  imageType: ImageType,
  scope: RequestScope,
): Promise<ListingResult> {
  return list(client, { imageType, query: { image_type: imageType, status: 0 }, scope, pageConcurrency: 1 });
}

/**
 * The image with this id, asked for by itself: there is no other way to ask for one. Null is the API's word that a
 * project has no such image of this type. A row whose id cannot be read may be the image, and is returned as such.
 * Throws a {@link CphError} with code `invalid_answer` when there are more rows than the answer shows.
 */
export async function findImage(
  client: CphClient,
  { image_id, image_type }: { image_id: string; image_type: string },
  scope: RequestScope,
): Promise<ImagesRecord | RejectedRecord | null> {
  const body = await client.get(ENDPOINT, { image_id, image_type }, scope);
  const { rows, total } = pageOf(body, image_type);
  const row = rows.find((one) => one.image_id === image_id) ?? rows.find((one) => one.image_id === null);
  if (row) return row;
  // An API that ignores the id answers with other images, and ours may be on a page behind them.
  if (rows.length >= LIMIT || (total ?? 0) > rows.length) {
    throw invalidAnswer(body, `${ENDPOINT}: the answer does not tell whether the image is there`);
  }
  return null;
}

interface Asked {
  readonly imageType: string;
  readonly query: Query;
  readonly scope: RequestScope;
}

async function list(client: CphClient, asked: Asked & { pageConcurrency: number }): Promise<ListingResult> {
  const { scope, pageConcurrency, query } = asked;
  const ask = (offset: number, signal: AbortSignal) =>
    askPage(client, { ...asked, query: { ...query, limit: LIMIT, offset }, scope: { ...scope, signal } });
  try {
    return await listUntilComplete(() => listOnce({ ask, scope, pageConcurrency, learned: client.learned }));
  } catch (error) {
    if (asked.imageType === 'public' && isRefusal(error)) return UNSUPPORTED;
    throw error;
  }
}

/** Newer editions list public images through phone-images alone and refuse the type here, with a code of their own. */
function isRefusal(error: unknown): boolean {
  return (
    error instanceof CphError &&
    error.status === 400 &&
    error.kind === 'refused' &&
    /^(CPS|APIGW?)\./.test(error.code) &&
    error.code !== 'CPS.0002' // about offset or limit: the type itself is supported
  );
}

async function askPage(client: CphClient, { imageType, query, scope }: Asked): Promise<ImagesPage> {
  return pageOf(await client.get(ENDPOINT, query, scope), imageType);
}

interface ImagesPage extends Page {
  readonly rows: readonly (ImagesRecord | RejectedRecord)[];
}

function pageOf(body: JsonObject, imageType: string): ImagesPage {
  const { image_infos, total } = shapeOf(body, { schema: answerSchema, endpoint: ENDPOINT });
  return { rows: (image_infos ?? []).map((raw) => readImagesRow(raw, imageType)), total: total ?? null };
}

/** `ListImagesView` of the API reference (Querying Images), as far as it is kept. */
const schema = z.object(
  {
    image_id: id,
    image_name: text,
    image_type: text,
    status: code,
    image_version: text,
    image_size: bytes,
    domain_id: text,
    src_project_id: text,
    create_time: time,
    update_time: time,
  },
  'an object',
);

/** A private image's `project_id` repeats the project that was asked. */
const DROPPED = ['project_id'];

/** A row of a listing that asked for `asked`, the type of rows that name none. */
export function readImagesRow(raw: unknown, asked: string): ImagesRecord | RejectedRecord {
  const row = readRow(raw, { source: 'images', schema, dropped: DROPPED });
  if ('reason' in row) return row;
  const { status, image_type, ...fields } = row;
  return {
    source: 'images',
    ...fields,
    image_type: image_type ?? asked,
    status: status === null ? null : statusOfCode(status),
    status_code: status,
  };
}
