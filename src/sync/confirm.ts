import { CphError } from '../cph/errors.ts';
import type { RequestScope } from '../cph/listing.ts';
import type { ImagesRecord, ImageType } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';
import { SweepDoubt } from './trouble.ts';

/** What asking for single images by id brought to light. */
export interface Answers {
  readonly found: readonly ImagesRecord[];
  readonly rejected: readonly RejectedRecord[];
  readonly absent: readonly string[];
  /** Why some questions have no answer, beside refusals; their images are neither seen nor absent. */
  readonly error: CphError | null;
  /** What says of images that the API does not tell whether they are there; null where it tells of all. */
  readonly untold: UntoldImages | null;
}

/** How to ask the images endpoint for one image. */
export interface Asking {
  readonly imageTypes: readonly ImageType[];
  readonly findImage: (
    id: string,
    type: ImageType,
    scope: RequestScope,
  ) => Promise<ImagesRecord | RejectedRecord | null>;
}

/** Questions in flight; the client's rate limit bounds how fast they go. */
const CONCURRENCY = 8;
/**
 * At 20 requests a second, ten seconds: a look that asks for longer keeps the watch from seeing what failed.
 */
const MOST_QUESTIONS = 200;

/** An image to ask for, in the listing it is known from. */
export interface Suspect {
  readonly image_id: string;
  readonly listed_under: ImageType | null;
}

/**
 * Asks for suspects by id: the last word before a removal, and the way to learn what became of an image that
 * is no longer being created. At most {@link MOST_QUESTIONS} of them; which ones goes by `turn`, so that the
 * next look asks for others. A question that is refused leaves that image unproven, and no more. When
 * everything else fails too, the asking ends; what was answered until then counts.
 */
export async function askById(
  suspects: readonly Suspect[],
  project: Asking,
  { scope, turn }: { scope: RequestScope; turn: number },
): Promise<Answers> {
  const chosen = chooseByTurn(suspects, turn);
  const answers: Collected = { found: [], rejected: [], absent: [], refusals: [], error: null };
  for (let start = 0; start < chosen.length; start += CONCURRENCY) {
    const asked = chosen.slice(start, start + CONCURRENCY);
    const settled = await Promise.allSettled(asked.map((suspect) => askFor(suspect, project, scope)));
    scope.signal.throwIfAborted();
    for (const [i, { image_id }] of asked.entries()) collect(answers, image_id, settled[i]);
    const silent = settled.every(({ status }) => status === 'rejected') && answers.error !== null;
    if (silent || answers.error?.kind === 'unauthorized') break;
  }
  const { refusals, ...others } = answers;
  const [first] = refusals;
  return { ...others, untold: first ? new UntoldImages(refusals.length, first.code) : null };
}

/** Missing images whose questions by id are refused. They stay as they are known until one is answered. */
export class UntoldImages extends SweepDoubt {
  override readonly name = 'UntoldImages';
  readonly code = 'untold_images';
  readonly images: number;
  /** `why`: the code of a refusal, or ours where the API denies by id what it lists. */
  constructor(images: number, why: string) {
    super(
      `${images} missing ${images === 1 ? 'image is' : 'images are'} kept: asked by id, the images endpoint does not tell whether they are there (${why})`,
    );
    this.images = images;
  }
}

function chooseByTurn(suspects: readonly Suspect[], turn: number): readonly Suspect[] {
  if (suspects.length <= MOST_QUESTIONS) return suspects;
  const first = (turn * MOST_QUESTIONS) % suspects.length;
  return [...suspects.slice(first), ...suspects.slice(0, first)].slice(0, MOST_QUESTIONS);
}

interface Collected {
  readonly found: ImagesRecord[];
  readonly rejected: RejectedRecord[];
  readonly absent: string[];
  readonly refusals: CphError[];
  error: CphError | null;
}

function collect(
  answers: Collected,
  image_id: string,
  settled: PromiseSettledResult<ImagesRecord | RejectedRecord | null> | undefined,
): void {
  if (settled?.status === 'rejected') {
    if (!(settled.reason instanceof CphError)) throw settled.reason;
    // The API will not say, today or tomorrow: that is no trouble of the sweep, and does not end the asking.
    const refused = settled.reason.kind === 'refused' || settled.reason.kind === 'malformed';
    if (refused) answers.refusals.push(settled.reason);
    else answers.error ??= settled.reason;
    return;
  }
  const answer = settled?.value;
  if (answer === null) answers.absent.push(image_id);
  else if (answer && 'reason' in answer) answers.rejected.push(answer);
  else if (answer) answers.found.push(answer);
}

/** In its own listing; where that is not known, in all of them before the answer is no. */
async function askFor(
  suspect: Suspect,
  { imageTypes, findImage }: Asking,
  scope: RequestScope,
): Promise<ImagesRecord | RejectedRecord | null> {
  const own = imageTypes.filter((type) => type === suspect.listed_under);
  for (const type of own.length > 0 ? own : imageTypes) {
    const answer = await findImage(suspect.image_id, type, scope);
    if (answer) return answer;
  }
  return null;
}
