/** What the fields of an image mean, in every table, view and function that has them. */
import type { FIELD_KINDS } from '../../inventory/image.ts';

const IF_NOT_IMAGES = 'Null while the images endpoint does not list the image.';
const IF_NOT_PHONE = 'Null while phone-images does not list the image.';

export const FIELD_COMMENTS: Readonly<Record<keyof typeof FIELD_KINDS, string>> = {
  image_name:
    'Name, as reported; that of the images endpoint where both list the image. Null when none was reported.',
  image_type: `public, private or share, as the images endpoint says. ${IF_NOT_IMAGES}`,
  status: `creating, usable, failed, or unknown for a code that the API reference does not name. ${IF_NOT_IMAGES}`,
  status_code: `The status as reported: 0 creating, 1 usable, 2 failed. ${IF_NOT_IMAGES}`,
  image_version: `Version, as reported, such as "AOSP 10.0". ${IF_NOT_IMAGES}`,
  image_size: `Size in bytes. Null when none was reported, and while the images endpoint does not list the image.`,
  domain_id: `The account that owns the image. ${IF_NOT_IMAGES}`,
  src_project_id: 'The project that a shared image comes from. Null for other images.',
  create_time: `When the image was created, by the API's clock. ${IF_NOT_IMAGES}`,
  update_time: `When the image last changed, by the API's clock. ${IF_NOT_IMAGES}`,
  os_type: `Kind of operating system, as reported. ${IF_NOT_PHONE}`,
  os_name: `Name of the operating system, as reported. ${IF_NOT_PHONE}`,
  is_public: `1 public, 2 private, as reported. ${IF_NOT_PHONE}`,
  image_label: `Label, as reported. Null when none was reported, and while phone-images does not list the image.`,
  is_support_encrypt: `Whether the image can be encrypted. ${IF_NOT_PHONE}`,
  receive_status:
    'Of a shared image: 0 waiting to be accepted, 1 accepted, 2 rejected, as reported. Null for other images, and while phone-images does not say.',
};

/** Beside its fields, what is reported of an image. */
export const REPORTED_COMMENTS = {
  listed_in: 'The endpoints that list the image: images, phone-images, or both. Never empty.',
  extra: 'Fields that the API sent and its reference does not name: a JSON object, {} when there are none.',
} as const;

export const PROJECT_COMMENTS = {
  project_id: 'The project, by the id that the API knows it by.',
  project_name: 'The name that the configuration gives the project. Null when it gives none.',
  region: 'The region of the project, such as ap-southeast-3.',
  image_id: 'The image, by the id that the API knows it by. Unique within a project.',
} as const;
