/** What the inventory ought to say, from what is truly listed. */
import { SOURCES, type Source, statusOfCode } from '../../src/inventory/image.ts';
import type { Edition } from '../../src/simulator/edition.ts';
import type { VisibleImage } from '../../src/simulator/image.ts';
import type { Configuration } from './history.ts';
import type { Moment } from './upstream.ts';

export type TrueImage = Readonly<Record<string, unknown>> & { readonly listed_in: readonly Source[] };

/** How the API tells the truth, and who asks for it. */
interface Telling {
  readonly edition: Edition;
  readonly configuration: Configuration;
}

/** Every image that a listing shows that is asked for, with the reported fields its row should have. */
export function trueImages(moment: Moment, { edition, configuration }: Telling): Map<string, TrueImage> {
  const { sources, imageTypes } = configuration;
  const isAskedFor = (source: Source, { image_type }: VisibleImage) =>
    sources.includes(source) && (source === 'phone-images' || imageTypes.includes(image_type));
  const listed = (source: Source, image_id: string) => {
    const one = moment[source].get(image_id);
    return one && isAskedFor(source, one) ? one : undefined;
  };
  const ids = new Set(SOURCES.flatMap((source) => [...moment[source].keys()]));
  const told = Array.from(ids, (image_id) => {
    const image = trueImage(listed('images', image_id), listed('phone-images', image_id), edition);
    return [image_id, image] as const;
  });
  return new Map(told.filter(([, { listed_in }]) => listed_in.length > 0));
}

const OTHER_TYPE: Readonly<Record<string, string>> = {
  public: 'private',
  private: 'share',
  share: 'private',
};

function trueImage(
  images: VisibleImage | undefined,
  phone: VisibleImage | undefined,
  { imageType, names, times }: Edition,
): TrueImage {
  const { image } = images ?? phone ?? {};
  const inImages = <T>(value: T) => (images ? value : null);
  const inPhone = <T>(value: T) => (phone ? value : null);
  const time = (value: string | undefined) => inImages(times === 'empty' ? null : value);
  const type = images?.image_type ?? null;
  return {
    image_id: image?.image_id,
    image_name: names === 'chinese' ? `云手机é-${image?.image_name}` : image?.image_name,
    image_type: imageType === 'other' ? (OTHER_TYPE[type ?? ''] ?? null) : type,
    status: images ? statusOfCode(images.image.status) : null,
    status_code: inImages(image?.status),
    image_version: inImages(image?.image_version),
    image_size: inImages(image?.image_size),
    domain_id: inImages(image?.domain_id),
    src_project_id: type === 'share' ? image?.owner : null,
    create_time: time(image?.create_time),
    update_time: time(image?.update_time),
    os_type: inPhone(image?.os_type),
    os_name: inPhone(image?.os_name),
    is_public: inPhone(phone?.image_type === 'public' ? 1 : 2),
    image_label: inPhone(image?.image_label),
    is_support_encrypt: inPhone(image?.is_support_encrypt),
    receive_status: phone?.image_type === 'share' ? phone.image.receive_status : null,
    listed_in: SOURCES.filter((source) => (source === 'images' ? images : phone)),
  };
}
