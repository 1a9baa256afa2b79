/** Status codes as the API reports them. Others may be set: the SDKs allow 0 to 10000. */
export const STATUS = { creating: 0, usable: 1, failed: 2 } as const;

/** An endpoint that lists images. */
export type ImageEndpoint = 'images' | 'phone-images';

/** What an image is to the project that looks at it. */
export type ImageType = 'public' | 'private' | 'share';

/**
 * Fields laid over the row that an endpoint lists: other values, other fields, or `undefined` to leave a
 * field out.
 */
type RowPatch = Readonly<Record<string, unknown>>;

/**
 * One image of the cloud, whoever looks at it. Field names are the API's. A change replaces the whole object,
 * so a page in the making never shows half of one.
 */
export interface CloudImage {
  readonly image_id: string;
  readonly image_name: string;
  readonly status: number;
  readonly image_version: string;
  /** Bytes. */
  readonly image_size: number;
  readonly domain_id: string;
  /** UTC, whole seconds, as listed. */
  readonly create_time: string;
  readonly update_time: string;
  readonly os_type: string;
  readonly os_name: string;
  readonly image_label: string;
  readonly is_support_encrypt: boolean;
  /** 0 waiting to be accepted, 1 accepted, 2 rejected; listed to those it is shared with. */
  readonly receive_status: number;
  /** Listed to every project; belongs to none. */
  readonly is_public: boolean;
  /** The project it is private to; perhaps one outside this world. */
  readonly owner: string;
  readonly shared_with: readonly string[];
  /** The endpoints that list it; null leaves it to its status, see {@link listedBy}. */
  readonly listed_in: readonly ImageEndpoint[] | null;
  readonly rows: Readonly<Partial<Record<ImageEndpoint, RowPatch>>>;
  /** Order of creation: breaks ties between images of the same second. */
  readonly ordinal: number;
}

/** An image as one project sees it. */
export interface VisibleImage {
  readonly image: CloudImage;
  readonly image_type: ImageType;
}

/** What `image` is to a project, or null where the project does not see it. */
export function typeFor(image: CloudImage, project_id: string): ImageType | null {
  if (image.is_public) return 'public';
  if (image.owner === project_id) return 'private';
  return image.shared_with.includes(project_id) ? 'share' : null;
}

/**
 * Whether `endpoint` lists the image. phone-images offers only what phones can be made from: usable images.
 */
export function listedBy(image: CloudImage, endpoint: ImageEndpoint): boolean {
  if (image.listed_in) return image.listed_in.includes(endpoint);
  return endpoint === 'images' || image.status === STATUS.usable;
}

/** `2024-04-11T06:38:21Z`, the only form of time the images endpoint shows. */
export function wholeSeconds(instant: Date): string {
  return `${instant.toISOString().slice(0, 19)}Z`;
}
