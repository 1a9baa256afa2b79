import { type Answer, apiAnswer } from './answer.ts';
import { Refusal } from './errors.ts';
import type { VisibleImage } from './image.ts';
import { imageType, type Question, wholeNumber } from './query.ts';

const MAX_LIMIT = 100;

/**
 * `GET /v1/{project_id}/cloud-phone/images`, as its reference page says. Images come newest first. Where the page is
 * silent: no `image_type` means all types, names match as a whole, and `create_since` and `create_until` are
 * milliseconds. Throws {@link Refusal} for parameters the API refuses.
 */
export function answerImages(question: Question): Answer {
  const { query, edition } = question;
  const limit = wholeNumber(query, 'limit', { low: 1, high: MAX_LIMIT, refusal: 'CPS.0002' }) ?? MAX_LIMIT;
  const offset = wholeNumber(query, 'offset', { low: 0, refusal: 'CPS.0002' }) ?? 0;
  const matching = matchingImages(question);
  const first = edition.offset === 'index' ? offset : offset * limit;
  const page = matching.slice(first, first + limit);
  const total = { grand: matching.length, page: page.length, absent: null }[edition.total];
  return apiAnswer(200, {
    image_infos: page.map((visible) => imageRow(visible)),
    ...(total === null ? {} : { total }),
  });
}

function matchingImages({ world, edition, project_id, query }: Question): readonly VisibleImage[] {
  const image_type = imageType(query, ['public', 'private', 'share']);
  if (image_type === 'public' && edition.publicImages === 'refused') throw new Refusal('CPS.0009');
  const status = wholeNumber(query, 'status', { low: 0, high: 2, refusal: 'CPS.0010' });
  const image_id = requestedId(query);
  const image_name = query.get('image_name');
  const src_project_id = query.get('src_project_id');
  const since = wholeNumber(query, 'create_since', { low: 0, refusal: 'CPS.0002' });
  const until = wholeNumber(query, 'create_until', { low: 0, refusal: 'CPS.0002' });
  return world
    .listing(project_id, 'images')
    .filter(
      ({ image, image_type: type }) =>
        (type !== 'public' || edition.publicImages === 'listed') &&
        (image_type === null || type === image_type) &&
        (status === null || image.status === status) &&
        (image_id === null || image.image_id === image_id) &&
        (image_name === null || image.image_name === image_name) &&
        (src_project_id === null || (type === 'share' && image.owner === src_project_id)) &&
        (since === null || Date.parse(image.create_time) >= since) &&
        (until === null || Date.parse(image.create_time) <= until),
    );
}

function requestedId(query: URLSearchParams): string | null {
  const image_id = query.get('image_id');
  if (image_id === '') throw new Refusal('CPS.0029');
  if (image_id !== null && !/^[\w-]{1,32}$/.test(image_id)) throw new Refusal('CPS.0030');
  return image_id;
}

/** `ListImagesView`: the project's id only for its own images, the source's only for shared ones. */
function imageRow({ image, image_type }: VisibleImage): Readonly<Record<string, unknown>> {
  return {
    domain_id: image.domain_id,
    image_name: image.image_name,
    update_time: image.update_time,
    create_time: image.create_time,
    image_size: image.image_size,
    ...(image_type === 'private' ? { project_id: image.owner } : {}),
    image_id: image.image_id,
    image_version: image.image_version,
    image_type,
    status: image.status,
    ...(image_type === 'share' ? { src_project_id: image.owner } : {}),
    ...image.rows.images,
  };
}
