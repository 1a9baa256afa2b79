import type { ImageType, Source } from '../inventory/image.ts';
import type { CphClient } from './client.ts';
import type { RequestScope } from './listing.ts';

/** One question that shows whether an endpoint lets us read it. */
export interface Probe {
  readonly source: Source;
  readonly image_type: ImageType | 'all';
  /** Rejects with what a listing would fail with. */
  readonly ask: (scope: RequestScope) => Promise<void>;
}

/**
 * The cheapest question of every listing of a project: one row where the endpoint can be asked for so few.
 */
export function probesOf(
  client: CphClient,
  { sources, imageTypes }: { sources: readonly Source[]; imageTypes: readonly ImageType[] },
): Probe[] {
  const images = imageTypes.map((image_type): Probe => {
    const query = { image_type, limit: 1, offset: 0 };
    return {
      source: 'images',
      image_type,
      ask: async (scope) => void (await client.get('cloud-phone/images', query, scope)),
    };
  });
  const query = { image_type: 'all' };
  const phoneImages: Probe = {
    source: 'phone-images',
    image_type: 'all',
    ask: async (scope) => void (await client.get('cloud-phone/phone-images', query, scope)),
  };
  return [
    ...(sources.includes('images') ? images : []),
    ...(sources.includes('phone-images') ? [phoneImages] : []),
  ];
}
