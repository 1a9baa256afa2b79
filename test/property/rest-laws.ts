/** Where every history must end: once nothing goes wrong any more, the table is the truth. */
import { isDeepStrictEqual } from 'node:util';
import { IMAGES_FIELDS, PHONE_IMAGES_FIELDS, type Source } from '../../src/inventory/image.ts';
import { endsUntold, isProvable, isReadable } from './editions.ts';
import type { Configuration } from './history.ts';
import type { Played } from './play.ts';
import { knownRows, type TableRow } from './tables.ts';
import { type TrueImage, trueImages } from './truth.ts';

/** What is there is known as it is, what is gone is removed, and a calm sweep was a success. */
export function* comesToTheTruth({ looks, upstream, history }: Played): Generator<string> {
  const { edition, configuration } = history;
  if (!isReadable(edition)) return;
  const [inTime, rested] = [looks.at(-3), looks.at(-2)];
  if (rested?.report.status !== 'succeeded') yield `a calm sweep ended as ${rested?.report.status}`;
  const truth = trueImages(upstream.look(), { edition, configuration });
  for (const [image_id, is] of truth) {
    const row = rested?.after.get(image_id);
    if (!row || row.row.removed_at) yield `${image_id} is not in the table`;
    else yield* differences(row, is, { configuration, proven: isProvable(edition) });
  }
  if (!isProvable(edition)) return;
  for (const row of knownRows(inTime?.after ?? new Map())) {
    const isKept = (source: Source) => !isAskedFor(row, source, configuration);
    if (!truth.has(row.image_id) && !row.listed_in.every(isKept))
      yield `${row.image_id} is still in the table`;
  }
}

function isAskedFor(
  { listed_under }: TableRow['row'],
  source: Source,
  { sources, imageTypes }: Configuration,
): boolean {
  if (!sources.includes(source)) return false;
  return source === 'phone-images' || listed_under === null || imageTypes.includes(listed_under);
}

/**
 * Fields of the sources that are read. Others are as of when they were. Where nobody says by id what became of an image,
 * a source that no longer lists it stays.
 */
function* differences(
  { row, fields }: TableRow,
  is: TrueImage,
  { configuration, proven }: { configuration: Configuration; proven: boolean },
): Generator<string> {
  const read = is.listed_in.flatMap((source): readonly string[] =>
    source === 'images' ? IMAGES_FIELDS : PHONE_IMAGES_FIELDS,
  );
  const whole = proven && row.listed_in.every((source) => isAskedFor(row, source, configuration));
  const compared = whole ? [...read, 'image_name', 'listed_in'] : read;
  const said: Readonly<Record<string, unknown>> = { ...is };
  for (const field of compared.filter((name) => !configuration.ignored.includes(name))) {
    if (!isDeepStrictEqual(fields[field], said[field]))
      yield `${row.image_id} has ${field} ${JSON.stringify(said[field])}, the table says ${JSON.stringify(fields[field])}`;
  }
}

/** The same sweep once more writes no row but those of the run and the project. */
export function* restsQuietly({ looks, log, history }: Played): Generator<string> {
  const [rested, quiet] = looks.slice(-2);
  // A status that is not told in every answer is as of the last one that did, which the row says.
  // And what a listing hides that looks whole is asked for by id, some of it in each sweep.
  const tells = !history.edition.leftOut.includes('status') && !endsUntold('images', history.edition);
  if (tells && !isDeepStrictEqual(rested?.after, quiet?.after))
    yield 'a sweep that brought nothing new wrote images';
  if (quiet && quiet.events.length > 0) yield 'a sweep that brought nothing new has events';
  if (!isReadable(history.edition) || !isProvable(history.edition)) return;
  if (quiet?.report.status !== 'succeeded') yield 'a quiet sweep was none';
  if (log.digest === null) yield 'the next sweep will not know that nothing has changed';
}
