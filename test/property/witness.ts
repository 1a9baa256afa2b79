/** What one look was shown: everything that passed the seam between the sweep and the network. */
import { CphError } from '../../src/cph/errors.ts';
import type { Listing, RequestScope } from '../../src/cph/listing.ts';
import type { ImageRecord, ImageType, Source } from '../../src/inventory/image.ts';
import type { ListingResult, RejectedRecord } from '../../src/inventory/listing.ts';
import type { SyncProject } from '../../src/sync/project.ts';

export interface Shown {
  readonly source: Source;
  readonly image_type: ImageType | 'all';
  /** A listing of images being created only. */
  readonly creating: boolean;
  /** Null when it failed. */
  readonly result: ListingResult | null;
  /** What reading on behind its end has brought. */
  readonly further: ListingResult[];
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
  const watched = (listing: Listing, creating: boolean): Listing => {
    let shown: Shown | null = null;
    const { confirmEnd } = listing;
    return {
      ...listing,
      ...(confirmEnd && {
        confirmEnd: async (result: ListingResult, scope: RequestScope) => {
          // Where it fails, the listing is not proven.
          const at = shown?.further.push({ ...result, proof: 'incomplete' }) ?? 0;
          const further = await confirmEnd(result, scope);
          shown?.further.splice(at - 1, 1, further);
          return further;
        },
      }),
      list: async (look) => {
        const { source, image_type } = listing;
        reading += 1;
        try {
          const result = await listing.list(look);
          shown = { source, image_type, creating, result, further: [] };
          sight.listings.push(shown);
          return result;
        } catch (error) {
          sight.listings.push({ source, image_type, creating, result: null, further: [] });
          throw error;
        } finally {
          reading -= 1;
          if (reading === 0) await halts.listed?.();
        }
      },
    };
  };
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
  const listed = listings.flatMap(({ result, further }) => [
    ...(result?.records ?? []),
    ...further.flatMap(({ records }) => records),
  ]);
  return [...listed, ...found];
}

/** The ids a look was shown in each source. */
export function idsIn(sight: Sight): Readonly<Record<Source, ReadonlySet<string>>> {
  const of = (source: Source) =>
    new Set(recordsIn(sight).flatMap((record) => (record.source === source ? [record.image_id] : [])));
  return { images: of('images'), 'phone-images': of('phone-images') };
}

/** An image as it was known before a look. */
interface KnownRow {
  readonly image_id: string;
  readonly listed_in: readonly Source[];
  readonly listed_under: string | null;
}

/** The listings of a source that may show an image; none where they are not read. */
export function listingsOf({ listings }: Sight, { listed_under }: KnownRow, source: Source): Shown[] {
  return listings.filter(
    (shown) =>
      shown.source === source &&
      (source === 'phone-images' || listed_under === null || shown.image_type === listed_under),
  );
}

/** Whether the images endpoint is asked for every type that might show an image. */
export function isAsked(sight: Sight, known: KnownRow, source: Source): boolean {
  return listingsOf(sight, known, source).length > 0;
}

/** Rows without an id of a listing; of what was read behind its end, those that it had not. */
function rejectedIn({ result, further }: Shown): RejectedRecord[] {
  const first = result?.rejected ?? [];
  return [...first, ...further.flatMap(({ rejected }) => rejected.slice(first.length))];
}

/**
 * Everything that was asked is proven, and no row without an id may be one of the images that are not shown: only this
 * may tell of absence. A type that was refused is nothing to know, if it has never shown an image, and phone-images has.
 */
export function isComplete(sight: Sight, known: readonly KnownRow[]): boolean {
  const { listings } = sight;
  const isProven = ({ source, image_type, result, further }: Shown) => {
    if (result) return result.proof === 'complete' && further.every(({ proof }) => proof === 'complete');
    const worked = known.some((row) => row.listed_in.includes('images') && row.listed_under === image_type);
    const phone = listings.find((one) => one.source === 'phone-images')?.result?.proof;
    return source === 'images' && image_type === 'public' && !worked && phone === 'complete';
  };
  const rejected = listings.flatMap(rejectedIn);
  const read = listings.reduce((count, { result }) => count + (result?.records.length ?? 0), 0);
  if (listings.some(({ creating }) => creating) || !listings.every(isProven)) return false;
  if (rejected.length > 3 && rejected.length > 0.01 * (rejected.length + read)) return false;
  const shown = idsIn({ ...sight, found: [] });
  return !known.some((row) =>
    row.listed_in.some(
      (source) =>
        rejected.some((one) => one.source === source) &&
        isAsked(sight, row, source) &&
        !shown[source].has(row.image_id),
    ),
  );
}
