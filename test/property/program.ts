/** The program under one configuration: its client, and the project as looks need it. */
import type { CphClient } from '../../src/cph/client.ts';
import { findImage, imagesListing, listCreating } from '../../src/cph/list-images.ts';
import { phoneImagesListing } from '../../src/cph/list-phone-images.ts';
import { withListingDeadline } from '../../src/cph/listing-deadline.ts';
import type { Simulator } from '../../src/simulator/server.ts';
import type { SyncProject } from '../../src/sync/project.ts';
import { clientFor, type OwnClient } from '../support/cph-api.ts';
import type { Configuration, History } from './history.ts';

interface Configured {
  readonly history: History;
  readonly configuration: Configuration;
  readonly project_id: string;
}

/** A client of the cloud that ignores what is configured. */
export function connect(
  { cloud, now }: { cloud: Simulator; now: () => Date },
  { history: { maxRetries }, configuration, project_id: projectId }: Configured,
): OwnClient {
  const ignoredFields = new Set(configuration.ignored);
  const authorize = () => ({ 'X-Auth-Token': cloud.token });
  return clientFor(cloud.url, {
    projectId,
    maxRetries,
    authorize,
    ignoredFields,
    now,
    rateLimit: Number.POSITIVE_INFINITY,
  });
}

/** One that goes on for ever has asked {@link MOST_REQUESTS} times by then. */
const LISTING_DEADLINE_MS = 45_000;
/** Of one look: listings of at most 200 small pages that begin anew three times. */
export const MOST_REQUESTS = 5_000;

/** What looks are given of the project, as it is configured. */
export function projectOf(
  client: CphClient,
  { history: { pageConcurrency }, configuration, project_id }: Configured,
): SyncProject {
  const { sources, removalLimit } = configuration;
  const imageTypes = sources.includes('images') ? configuration.imageTypes : [];
  return {
    project_id,
    listings: [
      ...imageTypes.map((type) => imagesListing(client, type, { pageConcurrency })),
      ...(sources.includes('phone-images') ? [phoneImagesListing(client)] : []),
    ].map((listing) => withListingDeadline(listing, LISTING_DEADLINE_MS)),
    imageTypes,
    creatingListing: (image_type) => ({
      source: 'images',
      image_type,
      list: (look) => listCreating(client, image_type, look),
    }),
    findImage: (image_id, image_type, look) => findImage(client, { image_id, image_type }, look),
    ignoredFields: new Set(configuration.ignored),
    removalLimit,
  };
}
