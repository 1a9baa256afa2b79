/**
 * The property: whatever happens upstream, on the wire and to the looks, every law holds.
 *
 *   HISTORIES=2000     how many histories both files play together; 150 unless set
 *   HISTORY_SEED=…     plays the histories of a failure again: the seed it printed, …
 *   HISTORY_PATH=…     … and only the smallest one it found: the path it printed
 *   HISTORY_SHRINK=off reports the first failure as it is, without looking for a smaller one
 *
 * Requests of several listings are in flight together, so when pages shift, a replay may meet them in another order: the
 * laws hold in any.
 */
import fc from 'fast-check';
import type { Database } from '../../src/store/database.ts';
import { answersForAnyTime } from './as-of-laws.ts';
import { histories } from './history.ts';
import {
  datesTransitions,
  endsEveryRun,
  foldsToTheTable,
  marksTheBaseline,
  measuresTimeInStatus,
  neverGoesBack,
  numbersInOrder,
  recordsEachTransitionOnce,
} from './log-laws.ts';
import { LOOK_LAWS } from './look-laws.ts';
import { type Looked, type Played, play } from './play.ts';
import { keepsToTheLimit, letsGoOnlyWhatIsGone } from './removal-laws.ts';
import { comesToTheTruth, restsQuietly } from './rest-laws.ts';

const LAWS: readonly ((played: Played) => Iterable<string>)[] = [
  letsGoOnlyWhatIsGone,
  keepsToTheLimit,
  neverGoesBack,
  numbersInOrder,
  foldsToTheTable,
  recordsEachTransitionOnce,
  datesTransitions,
  measuresTimeInStatus,
  marksTheBaseline,
  endsEveryRun,
  comesToTheTruth,
  restsQuietly,
];

/** Longer than any number of histories takes. */
export const HOURS = 4 * 3_600_000;

/** Plays `share` of the histories, in projects that have `images` at the start. Rejects with the first that breaks a law. */
export async function playAll(
  db: Database,
  { images, share }: { images: fc.Arbitrary<number>; share: number },
): Promise<void> {
  let played = 0;
  const lawful = fc.asyncProperty(histories(images), async (history) => {
    played += 1;
    const project_id = `p${played}`;
    const result = await play(db, history, project_id);
    const broken = brokenLaws(result);
    for await (const text of answersForAnyTime(db, result, project_id)) broken.push(text);
    if (broken.length > 0) throw new Error([...broken, ...result.looks.map(inWords)].join('\n'));
  });
  const { HISTORIES = '150', HISTORY_SEED, HISTORY_PATH, HISTORY_SHRINK } = process.env;
  await fc.assert(lawful, {
    numRuns: Math.ceil(Number(HISTORIES) * share),
    endOnFailure: HISTORY_SHRINK === 'off',
    ...(HISTORY_SEED && { seed: Number(HISTORY_SEED) }),
    ...(HISTORY_PATH && { path: HISTORY_PATH }),
  });
}

function inWords({ report: { run_id, kind, status, error, listings } }: Looked): string {
  const proofs = listings.map(
    ({ source, image_type, proof, drift }) => `${source} ${image_type} ${proof} ${drift}`,
  );
  return `run ${run_id}: ${kind} ${status}: ${error}; ${proofs.join(', ')}`;
}

function brokenLaws(played: Played): string[] {
  const ofLook = (look: Looked) =>
    LOOK_LAWS.flatMap((law) =>
      Array.from(law(look, played), (text) => `${law.name}: run ${look.report.run_id}: ${text}`),
    );
  const ofHistory = LAWS.flatMap((law) => Array.from(law(played), (text) => `${law.name}: ${text}`));
  return [...ofHistory, ...played.looks.flatMap(ofLook)];
}
