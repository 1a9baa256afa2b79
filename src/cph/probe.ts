import type { ImageType, Source } from '../inventory/image.ts';
import type { Look } from '../inventory/listing.ts';
import type { CphClient } from './client.ts';

/** One question that shows whether an endpoint lets us read it. */
export interface Probe {
  readonly source: Source;
  readonly image_type: ImageType | 'all';
  /** Rejects with what a listing would fail with. */
  readonly ask: (look: Look) => Promise<void>;
}

/** The cheapest question of every listing of a project: one row where the endpoint can be asked for so few. */
export function probesOf(
  client: CphClient,
  { sources, imageTypes }: { sources: readonly Source[]; imageTypes: readonly ImageType[] },
): Probe[] {
  const images = imageTypes.map((image_type): Probe => {
    const query = { image_type, limit: 1, offset: 0 };
    return {
      source: 'images',
      image_type,
      ask: async (look) => void (await client.get('cloud-phone/images', query, look)),
    };
  });
  const query = { image_type: 'all' };
  const phoneImages: Probe = {
    source: 'phone-images',
    image_type: 'all',
    ask: async (look) => void (await client.get('cloud-phone/phone-images', query, look)),
  };
  return [
    ...(sources.includes('images') ? images : []),
    ...(sources.includes('phone-images') ? [phoneImages] : []),
  ];
}
