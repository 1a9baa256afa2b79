/** Where every history must end: once nothing goes wrong any more, the table is the truth. */
import { isDeepStrictEqual } from 'node:util';
import type { Played } from './play.ts';
import { currentImages } from './tables.ts';
import { trueImages } from './truth.ts';

/** What is gone is removed, what is there is known as it is, and a calm sweep was a success. */
export function* comesToTheTruth({ looks, upstream, history }: Played): Generator<string> {
  const rested = looks.at(-2);
  if (rested?.report.status !== 'succeeded') yield `a calm sweep ended as ${rested?.report.status}`;
  const table = currentImages(rested?.after ?? new Map());
  const truth = trueImages(upstream.look(), history.sources);
  for (const image_id of new Set([...table.keys(), ...truth.keys()])) {
    const [says, is] = [table.get(image_id), truth.get(image_id)];
    if (!isDeepStrictEqual(says, is))
      yield `${image_id} is ${JSON.stringify(is)}, the table says ${JSON.stringify(says)}`;
  }
}

/** The same sweep once more writes no row but those of the run and the project. */
export function* restsQuietly({ looks, log }: Played): Generator<string> {
  const [rested, quiet] = looks.slice(-2);
  if (!isDeepStrictEqual(rested?.after, quiet?.after)) yield 'a sweep that brought nothing new wrote images';
  if (quiet?.report.status !== 'succeeded' || quiet.events.length > 0) yield 'a quiet sweep was none';
  if (log.digest === null) yield 'the next sweep will not know that nothing has changed';
}
