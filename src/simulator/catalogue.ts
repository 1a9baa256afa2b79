import { type CloudImage, type ImageEndpoint, listedBy, typeFor, type VisibleImage } from './image.ts';

/** All images of the cloud, and the lists each project sees of them. */
export interface Catalogue {
  get(image_id: string): CloudImage | undefined;
  all(): Iterable<CloudImage>;
  put(image: CloudImage): void;
  remove(image_id: string): void;
  /**
   * What `endpoint` lists to a project, newest first. Made once per change of what the project sees, and not
   * once per page.
   */
  listing(project_id: string, endpoint: ImageEndpoint): readonly VisibleImage[];
}

/** A viewer that sees what is public, as every project does. No project has this id. */
const EVERYBODY = '';

export function createCatalogue(): Catalogue {
  const images = new Map<string, CloudImage>();
  // An index by viewer. With 300 projects of 100 images, a search through all images kept a processor busy by
  // itself.
  const imagesSeenBy = new Map<string, Map<string, CloudImage>>();
  const listings = new Map<string, Map<ImageEndpoint, readonly VisibleImage[]>>();

  function show(image: CloudImage): void {
    for (const viewer of viewersOf(image)) {
      entry(imagesSeenBy, viewer, () => new Map()).set(image.image_id, image);
      outdate(viewer);
    }
  }
  function hide(image: CloudImage): void {
    for (const viewer of viewersOf(image)) {
      imagesSeenBy.get(viewer)?.delete(image.image_id);
      outdate(viewer);
    }
  }
  function outdate(viewer: string): void {
    if (viewer === EVERYBODY) listings.clear();
    else listings.delete(viewer);
  }
  function seenBy(viewer: string): CloudImage[] {
    return [...(imagesSeenBy.get(viewer)?.values() ?? [])];
  }
  return {
    get: (image_id) => images.get(image_id),
    all: () => images.values(),
    put(image) {
      const before = images.get(image.image_id);
      if (before) hide(before);
      images.set(image.image_id, image);
      show(image);
    },
    remove(image_id) {
      const image = images.get(image_id);
      if (image) hide(image);
      images.delete(image_id);
    },
    listing(project_id, endpoint) {
      const known = entry(listings, project_id, () => new Map());
      return entry(known, endpoint, () =>
        listImages([...seenBy(EVERYBODY), ...seenBy(project_id)], project_id, endpoint),
      );
    },
  };
}

function viewersOf({ is_public, owner, shared_with }: CloudImage): readonly string[] {
  return is_public ? [EVERYBODY] : [owner, ...shared_with];
}

/** What `map` has under `key`; made, and kept there, when it has nothing. */
function entry<Key, Value>(map: Map<Key, Value>, key: Key, make: () => Value): Value {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}

function listImages(
  images: readonly CloudImage[],
  project_id: string,
  endpoint: ImageEndpoint,
): readonly VisibleImage[] {
  const visible = images.flatMap((image) => {
    const image_type = typeFor(image, project_id);
    return image_type && listedBy(image, endpoint) ? [{ image, image_type }] : [];
  });
  return visible.sort(newestFirst);
}

function newestFirst({ image: left }: VisibleImage, { image: right }: VisibleImage): number {
  if (left.create_time !== right.create_time) return left.create_time < right.create_time ? 1 : -1;
  return right.ordinal - left.ordinal;
}
