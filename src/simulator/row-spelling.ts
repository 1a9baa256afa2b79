import { randomUUID } from 'node:crypto';
import type { Edition } from './edition.ts';
import type { ImageType, VisibleImage } from './image.ts';
import { spellBlanks, spellNumbers, spellTimes } from './value-spelling.ts';

export type Row = Readonly<Record<string, unknown>>;

/** One way in which an edition writes rows differently. */
type Step = (row: Row, visible: VisibleImage) => Row;

/** Where the type that a row names belongs to another image. */
const OTHER_TYPE: Readonly<Record<ImageType, ImageType>> = {
  public: 'private',
  private: 'share',
  share: 'private',
};

/** How this edition writes rows. `turn` counts the answers to the same question, for what comes by turns. */
export function rowSpelling(edition: Edition, turn: number): Step {
  // A way that is not the edition's costs nothing: some tests list tens of thousands of rows.
  const steps = [
    edition.names === 'chinese' && chineseName,
    edition.imageType !== 'documented' && typeSpelling(edition.imageType),
    edition.tags !== 'none' && tags(edition.tags === 'shuffled' ? turn : 0),
    edition.signedUrl !== 'none' && signedUrl(edition.signedUrl),
    edition.revision === 'large' && revision,
    (edition.blanks !== 'as-is' || edition.leftOut.length > 0) && spellBlanks(edition, turn),
    edition.times !== 'documented' && spellTimes(edition.times, turn),
    edition.numbers !== 'number' && spellNumbers(edition.numbers, turn),
  ].filter((step) => step !== false);
  return (row, visible) => steps.reduce((spelt, step) => step(spelt, visible), row);
}

/** Letters that neither ASCII nor, all of them, any one-byte charset has. */
function chineseName(row: Row): Row {
  return typeof row.image_name === 'string' ? { ...row, image_name: `云手机é-${row.image_name}` } : row;
}

function typeSpelling(form: Exclude<Edition['imageType'], 'documented'>): Step {
  return (row, { image_type }) => {
    if (!('image_type' in row)) return row;
    const { image_type: _, ...others } = row;
    switch (form) {
      case 'upper':
        return { ...row, image_type: image_type.toUpperCase() };
      case 'shared':
        return { ...row, image_type: image_type === 'share' ? 'shared' : image_type };
      case 'other':
        return { ...row, image_type: OTHER_TYPE[image_type] };
      case 'absent':
        return others;
    }
  };
}

/** The same three labels, beginning with another one in each turn. */
function tags(turn: number): Step {
  return (row, { image }) => {
    const labels = ['cloud-phone', image.image_label, image.os_name];
    return { ...row, tags: labels.map((_, place) => labels[(place + turn) % labels.length]) };
  };
}

/** Signed once an answer, so that a row that is listed twice in it is the same row twice. */
function signedUrl(place: 'field' | 'nested'): Step {
  const signature = randomUUID();
  return (row, { image }) => {
    const url = `https://download.example.com/${image.image_id}?signature=${signature}`;
    return place === 'field' ? { ...row, download_url: url } : { ...row, links: { download: url } };
  };
}

/**
 * Grows by one for each second that an image was updated later, where a double can tell every second one
 * only.
 */
function revision(row: Row, { image }: VisibleImage): Row {
  return { ...row, revision: 2n ** 53n + BigInt(Date.parse(image.update_time) / 1000) };
}
