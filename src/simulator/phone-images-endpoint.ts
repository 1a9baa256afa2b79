import type { Answer } from './answer.ts';
import type { VisibleImage } from './image.ts';
import { listAnswer } from './list-answer.ts';
import { withDuplicate } from './paging.ts';
import { headersOfMore, phonePage, rowsOfPhonePage, signOfMore } from './phone-paging.ts';
import { imageType, type Question } from './query.ts';

const TYPE_ORDER = ['public', 'private', 'share'] as const;

/**
 * `GET /v1/{project_id}/cloud-phone/phone-images`, as its reference page says, or paged as the edition has
 * it. No `image_type` means all. Throws Refusal for parameters the API refuses.
 */
export function answerPhoneImages(question: Question): Answer {
  const listed = withDuplicate(phoneImages(question), rowsOfPhonePage(question), question.edition);
  const page = phonePage(listed, question);
  const answer = listAnswer(question, {
    list: 'phone_images',
    page: page.images,
    row: phoneImageRow,
    fields: signOfMore(question, page),
  });
  return { ...answer, headers: { ...answer.headers, ...headersOfMore(question, page) } };
}

function phoneImages({ world, project_id, query }: Question): readonly VisibleImage[] {
  const image_type = imageType(query, [...TYPE_ORDER, 'all']) ?? 'all';
  const types = image_type === 'all' ? TYPE_ORDER : [image_type];
  const listing = world.listing(project_id, 'phone-images');
  return types.flatMap((type) => listing.filter((visible) => visible.image_type === type));
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
    ...(image_type === 'share' ? { receive_status: image.receive_status } : {}),
    ...image.rows['phone-images'],
  };
}
