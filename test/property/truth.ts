/** What the inventory ought to say, from what is truly listed. */
import { SOURCES, type Source, statusOfCode } from '../../src/inventory/image.ts';
import type { VisibleImage } from '../../src/simulator/image.ts';
import type { Moment } from './upstream.ts';

/** Every image that one of `sources` lists, with the reported fields its row should have. */
export function trueImages(moment: Moment, sources: readonly Source[]): Map<string, object> {
  const read = SOURCES.filter((source) => sources.includes(source));
  const ids = new Set(read.flatMap((source) => [...moment[source].keys()]));
  return new Map(
    Array.from(ids, (image_id) => {
      const [images, phone] = SOURCES.map((source) =>
        read.includes(source) ? moment[source].get(image_id) : undefined,
      );
      return [image_id, trueImage(images, phone)];
    }),
  );
}

function trueImage(images: VisibleImage | undefined, phone: VisibleImage | undefined): object {
  const { image } = images ?? phone ?? {};
  const inImages = <T>(value: T) => (images ? value : null);
  const inPhone = <T>(value: T) => (phone ? value : null);
  return {
    image_id: image?.image_id,
    image_name: image?.image_name,
    image_type: images?.image_type ?? null,
    status: images ? statusOfCode(images.image.status) : null,
    status_code: inImages(image?.status),
    image_version: inImages(image?.image_version),
    image_size: inImages(image?.image_size),
    domain_id: inImages(image?.domain_id),
    src_project_id: images?.image_type === 'share' ? image?.owner : null,
    create_time: inImages(image?.create_time),
    update_time: inImages(image?.update_time),
    os_type: inPhone(image?.os_type),
    os_name: inPhone(image?.os_name),
    is_public: inPhone(phone?.image_type === 'public' ? 1 : 2),
    image_label: inPhone(image?.image_label),
    is_support_encrypt: inPhone(image?.is_support_encrypt),
    receive_status: phone?.image_type === 'share' ? phone.image.receive_status : null,
    listed_in: SOURCES.filter((source) => (source === 'images' ? images : phone)),
    extra: {},
  };
}
