import { type Answer, apiAnswer, noContent, refusedAs } from './answer.ts';
import type { Edition } from './edition.ts';
import { Refusal } from './errors.ts';
import type { ImageType, VisibleImage } from './image.ts';
import { listAnswer } from './list-answer.ts';
import { pageOf, totalField, windowOf, withDuplicate } from './paging.ts';
import { imageType, type Question, wholeNumber } from './query.ts';

/**
 * `GET /v1/{project_id}/cloud-phone/images`, as its reference page says and the edition has it. Images come
 * newest first. Where the page is silent: no `image_type` means all types, names match as a whole, and
 * `create_since` and `create_until` are milliseconds. Throws {@link Refusal} for parameters the API refuses.
 */
export function answerImages(question: Question): Answer {
  const { query, edition } = question;
  const refusal = refusedQuestion(question);
  if (refusal) return refusal;
  const window = windowOf(query, edition);
  const ofAllTypes = matchingImages(question);
  const type = requestedType(query);
  const matching = ofAllTypes.filter(({ image_type }) => type === null || image_type === type);
  const listed = withDuplicate(matching, window.rows, edition);
  const page = pageOf(listed, window, edition);
  if (page === null)
    return edition.beyondEnd === 'no-content' ? noContent() : apiAnswer(200, { image_infos: null });
  return listAnswer(question, {
    list: 'image_infos',
    page,
    row: imageRow,
    fields: totalField(edition, {
      page: page.length,
      matching: edition.duplicatesCounted ? listed.length : matching.length,
      allTypes: ofAllTypes.length,
    }),
  });
}

/** The answer to a question that this edition refuses as a whole, or answers without a list. */
function refusedQuestion({ query, edition }: Question): Answer | null {
  const { publicImages } = edition;
  if (requestedType(query) === 'public') {
    if (publicImages === 'refused') throw new Refusal('CPS.0009');
    if (typeof publicImages === 'object') return refusedAs(publicImages.refused);
  }
  const byId = byIdOf(edition, requestedId(query));
  if (byId === 'listless') return apiAnswer(200, {});
  return typeof byId === 'object' ? refusedAs(byId.refused) : null;
}

/** What this edition does with a question by this id. */
function byIdOf({ byId, byIdOnly }: Edition, image_id: string | null): Edition['byId'] {
  if (image_id === null) return 'answers';
  return byIdOnly.length === 0 || byIdOnly.includes(image_id) ? byId : 'answers';
}

/** Everything the question is about but for its type. */
function matchingImages({ world, edition, project_id, query }: Question): readonly VisibleImage[] {
  const asked = wholeNumber(query, 'status', { low: 0, high: 2, refusal: 'CPS.0010' });
  const status = edition.statusFilter === 'honoured' ? asked : null;
  const id = requestedId(query);
  const image_id = byIdOf(edition, id) === 'ignored' ? null : id;
  const image_name = query.get('image_name');
  const src_project_id = query.get('src_project_id');
  const since = wholeNumber(query, 'create_since', { low: 0, refusal: 'CPS.0002' });
  const until = wholeNumber(query, 'create_until', { low: 0, refusal: 'CPS.0002' });
  return world
    .listing(project_id, 'images')
    .filter(
      ({ image, image_type }) =>
        (image_type !== 'public' || edition.publicImages === 'listed') &&
        (status === null || image.status === status) &&
        (image_id === null || image.image_id === image_id) &&
        (image_name === null || image.image_name === image_name) &&
        (src_project_id === null || (image_type === 'share' && image.owner === src_project_id)) &&
        (since === null || Date.parse(image.create_time) >= since) &&
        (until === null || Date.parse(image.create_time) <= until),
    );
}

function requestedType(query: URLSearchParams): ImageType | null {
  return imageType(query, ['public', 'private', 'share']);
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
