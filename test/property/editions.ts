/** The editions of the API that histories are played in: any of the simulator's, a few ways from the reference at once. */
import fc from 'fast-check';
import type { Source } from '../../src/inventory/image.ts';
import { type Edition, REFERENCE_EDITION } from '../../src/simulator/edition.ts';

type Choices = { readonly [Name in keyof Edition]?: readonly Edition[Name][] };

/** Every way in which an edition may differ from the reference. `byIdOnly` names images by their place at the start. */
const CHOICES: Choices = {
  total: ['page', 'absent', 'absent', 'all-types', { capped: 10 }, { capped: 100 }],
  totalAs: ['text'],
  offset: ['page-number', 'page-number', 'ignored'],
  limit: ['ignored', { clamped: 50 }, { clamped: 7 }, { most: 50 }, { most: 10 }],
  beyondEnd: ['refused', 'last-page', 'no-content', 'no-list'],
  deepest: [{ row: 2 }, { row: 7 }, { row: 100 }, { row: 200 }],
  publicImages: ['refused', 'refused', 'empty', { refused: 'CPS.0099' }, { refused: 'CPS.0099/403' }],
  byId: ['ignored', 'listless', { refused: 'CPS.0099' }, { refused: 'CPS.0099/403' }],
  byIdOnly: [['0'], ['1', '4']],
  statusFilter: ['ignored'],
  phoneImagesPaging: ['marker', 'offset', 'bare'],
  phoneImagesPageRows: [500, 50, 10],
  phoneImagesMore: [
    'nothing',
    { marker: 'next_marker' },
    { link: 'links.next' },
    { relativeLink: 'next' },
    { links: 'links' },
    { flag: 'has_more' },
    { count: 'total' },
    { count: 'page_info.total_count' },
    { header: 'Link' },
    { header: 'X-Total-Count' },
    { header: 'Content-Range' },
  ],
  phoneImagesMarkers: ['opaque'],
  unknownMarker: ['ignored', 'empty'],
  phoneImagesEnd: ['null', 'absent'],
  emptyList: ['null', 'absent-with-total', 'absent'],
  successFields: [{ error_code: '0' }, { error_code: 'CPS.0000', error_msg: 'success' }],
  duplicates: ['on-page', 'at-border'],
  duplicatesCounted: [false],
  imageType: ['upper', 'shared', 'absent', 'other'],
  numbers: ['text', 'float', 'by-turns'],
  times: ['epoch-ms', 'epoch-s', 'rfc-1123', 'offset', 'zoneless', 'spaced', 'empty', 'by-turns'],
  blanks: ['absent', 'null', 'empty-text', 'by-turns'],
  leftOut: [['status'], ['image_name', 'os_name'], ['image_type', 'update_time'], ['image_size', 'status']],
  tags: ['ordered', 'shuffled'],
  signedUrl: ['field', 'nested'],
  revision: ['large'],
  names: ['chinese'],
  charset: ['utf-8-bom', 'utf-16', 'gb18030', 'iso-8859-1'],
};

type Difference = Partial<Edition>;

const difference: fc.Arbitrary<Difference> = fc
  .constantFrom(...Object.entries(CHOICES))
  .chain(([name, choices]) => fc.constantFrom(...choices).map((choice) => ({ [name]: choice })));

/** Ways to page that the API is known to have in one edition or another. */
const usual: fc.Arbitrary<Difference> = fc.record(
  {
    total: fc.constantFrom('grand', 'page', 'absent'),
    offset: fc.constantFrom('index', 'page-number'),
    phoneImagesPaging: fc.constantFrom('none', 'marker', 'bare'),
    publicImages: fc.constantFrom('listed', 'listed', 'refused'),
  },
  { noNullPrototype: true },
);

export const editions: fc.Arbitrary<Edition> = fc
  .tuple(
    fc.oneof({ weight: 2, arbitrary: usual }, { weight: 1, arbitrary: fc.constant({}) }),
    fc.array(difference, { maxLength: 3 }),
  )
  .map(([first, others]): Edition => Object.assign({ ...REFERENCE_EDITION }, first, ...others));

/**
 * Whether an absence can be told in the end. Where it cannot, because pages cannot be reached or nobody says what
 * became of an image, nothing is removed, and that is all that can be asked of such an edition.
 */
export function isProvable(edition: Edition): boolean {
  return isReadable(edition) && (edition.byId === 'answers' || edition.byId === 'ignored');
}

/**
 * Whether no question tells a listing that is cut off from one that is over: pages that are counted do not overlap, so none of
 * them lies across the row behind which no page begins.
 */
export function endsUntold(source: Source, { offset, deepest }: Edition): boolean {
  return source === 'images' && offset === 'page-number' && deepest !== 'end';
}

/** Whether every sweep in which nothing goes wrong is complete. */
export function isReadable(edition: Edition): boolean {
  const { beyondEnd, charset, deepest, duplicates, offset, publicImages, emptyList } = edition;
  const { phoneImagesPaging, phoneImagesMore, phoneImagesMarkers } = edition;
  // A row that comes again behind the end, or twice on a page, leaves small listings without a proof of their end.
  if (beyondEnd === 'last-page' || duplicates === 'on-page') return false;
  // Counted pages that overlap leave no room on the page that would show that nothing follows a refusal.
  if (duplicates === 'at-border' && offset === 'page-number' && beyondEnd !== 'empty') return false;
  if (deepest !== 'end') return false;
  if (charset === 'utf-16' || charset === 'gb18030') return false;
  // phone-images has no total that would show an answer without rows to be a list.
  if (offset === 'ignored' || emptyList !== 'array') return false;
  if (typeof publicImages === 'object' && publicImages.refused.endsWith('403')) return false;
  if (phoneImagesPaging === 'none' || phoneImagesPaging === 'offset') return true;
  return phoneImagesMarkers === 'last-id' || (phoneImagesPaging === 'marker' && tellsHow(phoneImagesMore));
}

/** Whether a sign of more says by which marker to ask for it. */
function tellsHow(sign: Edition['phoneImagesMore']): boolean {
  if (typeof sign === 'string' || 'flag' in sign || 'count' in sign) return false;
  return !('header' in sign) || sign.header === 'Link';
}
