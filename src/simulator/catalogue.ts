import { type CloudImage, type ImageEndpoint, listedBy, typeFor, type VisibleImage } from './image.ts';

/** All images of the cloud, and the lists each project sees of them. */
export interface Catalogue {
  get(image_id: string): CloudImage | undefined;
  all(): Iterable<CloudImage>;
  put(image: CloudImage): void;
  remove(image_id: string): void;
  /** What `endpoint` lists to a project, newest first. Sorted once per change, not once per page. */
  listing(project_id: string, endpoint: ImageEndpoint): readonly VisibleImage[];
}

export function createCatalogue(): Catalogue {
  const images = new Map<string, CloudImage>();
  const listings = new Map<string, readonly VisibleImage[]>();

  return {
    get: (image_id) => images.get(image_id),
    all: () => images.values(),
    put(image) {
      images.set(image.image_id, image);
      listings.clear();
    },
    remove(image_id) {
      images.delete(image_id);
      listings.clear();
    },
    listing(project_id, endpoint) {
      const key = `${endpoint} ${project_id}`;
      const known = listings.get(key);
      if (known) return known;
      const listing = listImages(images.values(), project_id, endpoint);
      listings.set(key, listing);
      return listing;
    },
  };
}

function listImages(
  images: Iterable<CloudImage>,
  project_id: string,
  endpoint: ImageEndpoint,
): readonly VisibleImage[] {
  const visible: VisibleImage[] = [];
  for (const image of images) {
    const image_type = typeFor(image, project_id);
    if (image_type && listedBy(image, endpoint)) visible.push({ image, image_type });
  }
  return visible.sort(newestFirst);
}

function newestFirst({ image: left }: VisibleImage, { image: right }: VisibleImage): number {
  if (left.create_time !== right.create_time) return left.create_time < right.create_time ? 1 : -1;
  return right.ordinal - left.ordinal;
}
