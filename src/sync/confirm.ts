import { CphError } from '../cph/errors.ts';
import type { RequestScope } from '../cph/listing.ts';
import type { Image, ImagesRecord, ImageType } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';

/** What asking for single images by id brought to light. */
export interface Answers {
  readonly found: readonly ImagesRecord[];
  readonly rejected: readonly RejectedRecord[];
  readonly absent: readonly string[];
  /** Why some questions have no answer; their images are neither seen nor absent. */
  readonly error: CphError | null;
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

/** An image to ask for, under the type it is known by. */
export type Suspect = Pick<Image, 'image_id' | 'image_type'>;

/**
 * Asks for each suspect by id: the last word before a removal, and the way to learn what became of an image that is no
 * longer being created. A question that fails for good ends the asking; what was answered until then counts.
 */
export async function askById(
  suspects: readonly Suspect[],
  project: Asking,
  scope: RequestScope,
): Promise<Answers> {
  const answers = { found: [] as ImagesRecord[], rejected: [] as RejectedRecord[], absent: [] as string[] };
  for (let start = 0; start < suspects.length; start += CONCURRENCY) {
    const asked = suspects.slice(start, start + CONCURRENCY);
    const settled = await Promise.allSettled(asked.map((suspect) => askFor(suspect, project, scope)));
    scope.signal.throwIfAborted();
    for (const [i, { image_id }] of asked.entries()) {
      const answer = settled[i];
      if (answer?.status === 'fulfilled') sort(answers, image_id, answer.value);
    }
    const refused = settled.find((answer) => answer.status === 'rejected');
    if (refused?.reason instanceof CphError) return { ...answers, error: refused.reason };
    if (refused) throw refused.reason;
  }
  return { ...answers, error: null };
}

function sort(
  answers: { found: ImagesRecord[]; rejected: RejectedRecord[]; absent: string[] },
  image_id: string,
  answer: ImagesRecord | RejectedRecord | null,
): void {
  if (answer === null) answers.absent.push(image_id);
  else if ('reason' in answer) answers.rejected.push({ ...answer, image_id });
  else answers.found.push(answer);
}

/** Under its own type; one whose type is none that can be asked for, under all of them before the answer is no. */
async function askFor(
  suspect: Suspect,
  { imageTypes, findImage }: Asking,
  scope: RequestScope,
): Promise<ImagesRecord | RejectedRecord | null> {
  const own = imageTypes.filter((type) => type === suspect.image_type);
  for (const type of own.length > 0 ? own : imageTypes) {
    const answer = await findImage(suspect.image_id, type, scope);
    if (answer) return answer;
  }
  return null;
}
