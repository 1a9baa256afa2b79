import type { CphClient } from '../../src/cph/client.ts';
import { imagesListing } from '../../src/cph/list-images.ts';
import type { Listing } from '../../src/cph/listing.ts';
import type { ListingResult } from '../../src/inventory/listing.ts';
import { type Edition, REFERENCE_EDITION } from '../../src/simulator/edition.ts';
import { clientFor, newLook, type OwnClient } from './cph-api.ts';
import { type Cloud, startCloud } from './cph-cloud.ts';

/** One listing, and what its images are missed on: where it asks for that, also what lies behind its end. */
export async function believed(listing: Listing) {
  const look = newLook();
  const result = await listing.list(look);
  const requests = look.trace.requests;
  const confirmed = result.endAssumed && listing.confirmEnd ? await listing.confirmEnd(result, look) : result;
  return { result, confirmed, requests };
}

export const countOf = ({ records }: ListingResult) => new Set(records.map((record) => record.image_id)).size;

export const privateImages = (client: CphClient) => imagesListing(client, 'private', { pageConcurrency: 4 });

/** A cloud whose edition changes from case to case, each with a client that has learned nothing yet. */
export async function cloudOfEditions(images: number): Promise<Cloud & { begin: BeginCase }> {
  const cloud = await startCloud({ images });
  for (let i = 0; i < 7; i += 1)
    cloud.world.create({ image_id: `lent-${i}`, image_type: 'share', status: 1 });
  const clients: OwnClient[] = [];
  const authorize = () => ({ 'X-Auth-Token': cloud.cloud.token });
  return {
    ...cloud,
    begin: (edition) => {
      cloud.cloud.setEdition({ ...REFERENCE_EDITION, ...edition });
      const client = clientFor(cloud.cloud.url, { authorize, maxRetries: 0 });
      clients.push(client);
      return client;
    },
    close: async () => {
      for (const client of clients) await client.close();
      await cloud.close();
    },
  };
}

export type BeginCase = (edition: Partial<Edition>) => CphClient;

/** Every combination of one value for each name. */
export function combinations<T extends Record<string, readonly unknown[]>>(
  choices: T,
): { [Name in keyof T]: T[Name][number] }[] {
  let all: Record<string, unknown>[] = [{}];
  for (const [name, values] of Object.entries(choices)) {
    all = all.flatMap((one) => values.map((value) => ({ ...one, [name]: value })));
  }
  return all as { [Name in keyof T]: T[Name][number] }[];
}
