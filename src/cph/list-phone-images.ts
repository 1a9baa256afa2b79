/** The phone-images endpoint: `GET /v1/{project_id}/cloud-phone/phone-images` (Querying the Image of a Cloud Phone). */
import { z } from 'zod';
import type { Listing, Look } from '../inventory/listing.ts';
import { shapeOf } from './answer-shape.ts';
import type { CphClient } from './client.ts';
import { listByMarker, type MarkerPage } from './marker-listing.ts';
import { readPhoneImagesRow } from './phone-images-row.ts';
import { listUntilComplete } from './relist.ts';

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
    list: (look) => listUntilComplete(() => listByMarker((marker) => askPage(client, { marker, look }))),
  };
}

/** Without `limit`: an edition that does not page may refuse it, and one that does gives its largest page anyway. */
async function askPage(
  client: CphClient,
  { marker, look }: { marker: string | null; look: Look },
): Promise<MarkerPage> {
  const query = { image_type: 'all', ...(marker === null ? {} : { marker }) };
  const body = await client.get(ENDPOINT, query, look);
  const { phone_images, page_info } = shapeOf(body, { schema: answerSchema, endpoint: ENDPOINT });
  return { rows: (phone_images ?? []).map(readPhoneImagesRow), nextMarker: page_info?.next_marker ?? null };
}
