/** What one look was shown: everything that passed the seam between the sweep and the network. */
import { CphError } from '../../src/cph/errors.ts';
import type { Listing } from '../../src/cph/listing.ts';
import type { ImageRecord, ImageType, Source } from '../../src/inventory/image.ts';
import type { ListingResult } from '../../src/inventory/listing.ts';
import type { SyncProject } from '../../src/sync/project.ts';

export interface Shown {
  readonly source: Source;
  readonly image_type: ImageType | 'all';
  /** A listing of images being created only. */
  readonly creating: boolean;
  /** Null when it failed. */
  readonly result: ListingResult | null;
}

interface Answered {
  readonly image_id: string;
  readonly word: 'found' | 'unreadable' | 'absent' | 'failed';
}

export interface Sight {
  readonly listings: Shown[];
  readonly answers: Answered[];
  /** Records that single questions brought. */
  readonly found: ImageRecord[];
}

/** Where a look can be made to wait. */
export interface Halts {
  /** When all its listings have been read. */
  readonly listed?: () => Promise<void> | void;
  /** Before it asks for a single image. */
  readonly asking?: () => Promise<void> | void;
}

/** The project as one look uses it, and what it is shown. Takes no part in what is asked or answered. */
export function witnessed(project: SyncProject, halts: Halts): { project: SyncProject; sight: Sight } {
  const sight: Sight = { listings: [], answers: [], found: [] };
  let reading = 0;
  const watched = (listing: Listing, creating: boolean): Listing => ({
    ...listing,
    list: async (look) => {
      const { source, image_type } = listing;
      reading += 1;
      try {
        const result = await listing.list(look);
        sight.listings.push({ source, image_type, creating, result });
        return result;
      } catch (error) {
        sight.listings.push({ source, image_type, creating, result: null });
        throw error;
      } finally {
        reading -= 1;
        if (reading === 0) await halts.listed?.();
      }
    },
  });
  return {
    sight,
    project: {
      ...project,
      listings: project.listings.map((listing) => watched(listing, false)),
      creatingListing: (type) => watched(project.creatingListing(type), true),
      findImage: async (image_id, type, look) => {
        await halts.asking?.();
        try {
          const answer = await project.findImage(image_id, type, look);
          if (answer && !('reason' in answer)) sight.found.push(answer);
          const word = answer === null ? 'absent' : 'reason' in answer ? 'unreadable' : 'found';
          sight.answers.push({ image_id, word });
          return answer;
        } catch (error) {
          if (error instanceof CphError) sight.answers.push({ image_id, word: 'failed' });
          throw error;
        }
      },
    },
  };
}

/** Every record the look was shown. */
export function recordsIn({ listings, found }: Sight): ImageRecord[] {
  return [...listings.flatMap(({ result }) => result?.records ?? []), ...found];
}

/** The ids a look was shown in each source, of records that could be read and of others. */
interface ShownIds {
  readonly ids: ReadonlySet<string>;
  /** A row without an id was among them, which may be any image. */
  readonly anonymous: boolean;
}

export function idsIn(sight: Sight): Readonly<Record<Source, ShownIds>> {
  return { images: idsOf(sight, 'images'), 'phone-images': idsOf(sight, 'phone-images') };
}

function idsOf({ listings, answers }: Sight, source: Source): ShownIds {
  const results = listings.flatMap((shown) =>
    shown.source === source && shown.result ? [shown.result] : [],
  );
  const rejected = results.flatMap((result) => result.rejected.map((row) => row.image_id));
  const asked =
    source === 'images' ? answers.filter(({ word }) => word === 'found' || word === 'unreadable') : [];
  const ids = [...results.flatMap((result) => result.records), ...asked].map(({ image_id }) => image_id);
  return {
    ids: new Set([...ids, ...rejected.filter((id) => id !== null)]),
    anonymous: rejected.includes(null),
  };
}

/** Every listing of a sweep proven, or stood in for, and every question answered: only this may tell of absence. */
export function isComplete({ listings, answers }: Sight): boolean {
  const proofs = listings.map(({ result }) => result?.proof);
  const phoneImages = listings.find(({ source }) => source === 'phone-images')?.result?.proof;
  const refusedAlone = proofs.includes('unsupported') && phoneImages !== 'complete';
  return (
    !listings.some(({ creating }) => creating) &&
    proofs.every((proof) => proof === 'complete' || proof === 'unsupported') &&
    !refusedAlone &&
    !answers.some(({ word }) => word === 'failed')
  );
}
