import { type Answer, apiAnswer } from './answer.ts';
import type { Edition } from './edition.ts';
import type { VisibleImage } from './image.ts';
import type { Question } from './query.ts';
import { type Row, rowSpelling } from './row-spelling.ts';

interface ListParts {
  /** The name of the list. */
  readonly list: 'image_infos' | 'phone_images';
  readonly page: readonly VisibleImage[];
  /** The row of an image, as the reference page has it. */
  readonly row: (visible: VisibleImage) => Row;
  /** What stands beside the list: totals and signs of more. */
  readonly fields: Row;
}

/** An answer with a list, spelt as the edition spells rows, empty lists and success. */
export function listAnswer({ edition, turn }: Question, { list, page, row, fields }: ListParts): Answer {
  const spell = rowSpelling(edition, turn);
  const rows = page.map((visible) => spell(row(visible), visible));
  const answer = apiAnswer(200, {
    ...(rows.length > 0 ? { [list]: rows, ...fields } : emptyList(list, edition, fields)),
    ...edition.successFields,
  });
  return { ...answer, charset: edition.charset };
}

function emptyList(list: string, { emptyList: form }: Edition, fields: Row): Row {
  const { total = 0, ...others } = fields;
  switch (form) {
    case 'array':
      return { [list]: [], ...fields };
    case 'null':
      return { [list]: null, ...fields };
    case 'absent-with-total':
      return { total, ...others };
    case 'absent':
      return others;
  }
}
