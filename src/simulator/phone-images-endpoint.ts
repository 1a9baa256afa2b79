import { type Answer, apiAnswer } from './answer.ts';
import { Refusal } from './errors.ts';
import type { VisibleImage } from './image.ts';
import { imageType, type Question, wholeNumber } from './query.ts';

const MAX_LIMIT = 500;
const TYPE_ORDER = ['public', 'private', 'share'] as const;

/**
 * `GET /v1/{project_id}/cloud-phone/phone-images`, as its reference page says, or paged as the newest edition is: from
 * the image after `marker`, up to `limit` of them. No `image_type` means all. Throws {@link Refusal} for parameters the
 * API refuses, a marker that is no longer listed among them.
 */
export function answerPhoneImages(question: Question): Answer {
  const listing = phoneImages(question);
  const rows = (page: readonly VisibleImage[]) => ({ phone_images: page.map(phoneImageRow) });
  if (question.edition.phoneImagesPaging === 'none') return apiAnswer(200, rows(listing));

  const limits = { low: 1, high: MAX_LIMIT, refusal: 'CPS.0002' } as const;
  const limit = wholeNumber(question.query, 'limit', limits) ?? MAX_LIMIT;
  const first = startAfter(listing, question.query.get('marker'));
  const page = listing.slice(first, first + limit);
  if (question.edition.phoneImagesPaging === 'bare') return apiAnswer(200, rows(page));

  const more = first + limit < listing.length;
  const next_marker = (more && page.at(-1)?.image.image_id) || '';
  return apiAnswer(200, { ...rows(page), page_info: { next_marker } });
}

function phoneImages({ world, project_id, query }: Question): readonly VisibleImage[] {
  const image_type = imageType(query, [...TYPE_ORDER, 'all']) ?? 'all';
  const types = image_type === 'all' ? TYPE_ORDER : [image_type];
  const listing = world.listing(project_id, 'phone-images');
  return types.flatMap((type) => listing.filter((visible) => visible.image_type === type));
}

function startAfter(listing: readonly VisibleImage[], marker: string | null): number {
  if (!marker) return 0;
  const place = listing.findIndex(({ image }) => image.image_id === marker);
  if (place < 0) throw new Refusal('CPS.0002');
  return place + 1;
}

/** `PhoneImage`. It knows public and private only: what others share counts as private. */
function phoneImageRow({ image, image_type }: VisibleImage): Readonly<Record<string, unknown>> {
  return {
    image_name: image.image_name,
    os_type: image.os_type,
    is_public: image_type === 'public' ? 1 : 2,
    os_name: image.os_name,
    image_label: image.image_label,
    image_id: image.image_id,
    is_support_encrypt: image.is_support_encrypt,
    ...image.rows['phone-images'],
  };
}
