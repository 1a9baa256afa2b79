/** The phone-images endpoint: `GET /v1/{project_id}/cloud-phone/phone-images` (Querying the Image of a Cloud Phone). */
import { z } from 'zod';
import type { PhoneImagesRecord } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';
import { shapeOf } from './answer-shape.ts';
import type { CphClient } from './client.ts';
import type { Listing, RequestScope } from './listing.ts';
import { listByMarker, type MarkerPage } from './marker-listing.ts';
import { listUntilComplete } from './relist.ts';
import { code, flag, id, readRow, text } from './row.ts';

const ENDPOINT = 'cloud-phone/phone-images';

/** `page_info` is not in the reference; one client of a newer edition reads it. */
const answerSchema = z.object({
  phone_images: z.array(z.unknown()).nullish(),
  page_info: z.object({ next_marker: z.string().nullish() }).nullish(),
});

/** One listing of all types: its rows do not say which they belong to, and one question is fewer to go wrong. */
export function phoneImagesListing(client: CphClient): Listing {
  return {
    source: 'phone-images',
    image_type: 'all',
    list: (scope) => listUntilComplete(() => listByMarker((marker) => askPage(client, { marker, scope }))),
  };
}

/** Without `limit`: an edition that does not page may refuse it, and one that does gives its largest page anyway. */
async function askPage(
  client: CphClient,
  { marker, scope }: { marker: string | null; scope: RequestScope },
): Promise<MarkerPage> {
  const query = { image_type: 'all', ...(marker === null ? {} : { marker }) };
  const body = await client.get(ENDPOINT, query, scope);
  const { phone_images, page_info } = shapeOf(body, { schema: answerSchema, endpoint: ENDPOINT });
  return { rows: (phone_images ?? []).map(readPhoneImagesRow), nextMarker: page_info?.next_marker ?? null };
}

/** `PhoneImage` of the API reference (Querying the Image of a Cloud Phone). */
const schema = z.object(
  {
    image_id: id,
    image_name: text,
    os_type: text,
    os_name: text,
    is_public: code,
    image_label: text,
    is_support_encrypt: flag,
    receive_status: code,
  },
  'an object',
);

export function readPhoneImagesRow(raw: unknown): PhoneImagesRecord | RejectedRecord {
  const row = readRow(raw, { source: 'phone-images', schema, dropped: [] });
  return 'reason' in row ? row : { source: 'phone-images', ...row };
}
