/** Asks a ready question as people do, who know images by their names. */
import { imagesMeant } from '../answers/images.ts';
import { imageId, time } from '../queries/parameter.ts';
import { defineQuery, type Query } from '../queries/query.ts';
import { type AnswerRow, runQuery } from '../queries/run.ts';
import type { Database } from '../store/database.ts';
import { few } from './choose-images.ts';

type Given = Readonly<Record<string, string>>;

/**
 * A question about an image is asked of each that is meant, by id, at which SQL is quick.
 *
 * @throws CommandError where no image is meant, or too many are by the names they have now
 */
export async function answerOf(db: Database, question: Query, given: Given): Promise<AnswerRow[]> {
  const { image } = given;
  if (!image || question.parameters.image === undefined) return await runQuery(db, question, given);
  const answers: AnswerRow[][] = [];
  for (const id of await idsMeant(db, question, { ...given, image })) {
    answers.push(await runQuery(db, question, { ...given, image: id }));
  }
  return answers.flat();
}

/** Also of images that had the name at the time that is asked about, and have another one by now. */
async function idsMeant(
  db: Database,
  { parameters }: Query,
  { image, at = parameters.at?.fallback }: { readonly image: string; readonly at?: string },
): Promise<ReadonlySet<string>> {
  const now = await imagesMeant(db, { image });
  const isId = now.some(({ image_id }) => image_id === image);
  const then = at === undefined || isId ? [] : await runQuery(db, CALLED_AT, { image, at });
  const meant = [...then, ...(then.length > 0 ? now : few(now, { image }))];
  return new Set(meant.map(({ image_id }) => String(image_id)));
}

const CALLED_AT = defineQuery({
  name: 'called-at',
  question: 'Which images had this name at a time?',
  parameters: { image: imageId(), at: time('2h', 'the time') },
  sql: ({ image, at }) => `select image_id from cph.images_as_of(${at}) where image_name = ${image}`,
  columns: { image_id: 'text' },
  nothing: 'None had.',
});
