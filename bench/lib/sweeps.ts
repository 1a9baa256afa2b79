/** Sweeps whose listings are read beforehand: what is left is what the database's part costs, ours included. */
import type { Image, ImageRecord } from '../../src/inventory/image.ts';
import type { ListingResult } from '../../src/inventory/listing.ts';
import { mergeImage } from '../../src/inventory/merge.ts';
import { assembleSnapshot } from '../../src/inventory/snapshot.ts';
import type { Database } from '../../src/store/database.ts';
import type { SyncProject } from '../../src/sync/project.ts';
import { sweepProject } from '../../src/sync/sweep.ts';

export type Listed = readonly ListingResult[];

/** A sweep that is told what its listings say. Throws when it does not succeed. */
export async function sweepListed(db: Database, project: SyncProject, listed: Listed): Promise<void> {
  const listings = project.listings.map(({ source, image_type }, i) => ({
    source,
    image_type,
    list: () => Promise.resolve(listed[i] as ListingResult),
  }));
  const control = { now: () => new Date(), signal: new AbortController().signal };
  const report = await sweepProject(db, { ...project, listings }, control);
  if (report.status !== 'succeeded') throw report.error;
}

/** The images that the listings amount to. */
export function imagesOf({ listings }: SyncProject, listed: Listed): Image[] {
  const parts = listings.map(({ source, image_type }, i) => {
    return { source, image_type, proof: 'complete' as const, result: listed[i] ?? null };
  });
  return Array.from(assembleSnapshot(parts).sightings.values(), (sighting) => mergeImage(null, sighting));
}

/** The same listings in which a share of the images is of another version. */
export function changed(listed: Listed, share: number, version: string): Listed {
  const every = Math.round(1 / share);
  const change = (record: ImageRecord, i: number): ImageRecord =>
    record.source === 'images' && i % every === 0 ? { ...record, image_version: version } : record;
  return listed.map((result) => ({ ...result, records: result.records.map(change) }));
}
