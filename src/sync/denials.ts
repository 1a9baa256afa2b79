/** Whether the images endpoint can be believed when it denies an image that is asked for by id. */
import { CphError } from '../cph/errors.ts';
import type { RequestScope } from '../cph/listing.ts';
import type { ImageType } from '../inventory/image.ts';
import type { Snapshot } from '../inventory/snapshot.ts';
import { type Answers, type Asking, type Suspect, UntoldImages } from './confirm.ts';

interface Denials {
  readonly suspects: readonly Suspect[];
  readonly snapshot: Snapshot;
  /** Whether an image was there before this sweep: one that is new may not be found by id yet. */
  readonly isKnown: (image_id: string) => boolean;
  readonly project: Asking;
  readonly scope: RequestScope;
}

/**
 * The answers, without the denials of an API that denies by id what it has just listed: an image is asked for of each
 * type of which one was denied. Where nothing is listed, nothing can be asked, and a denial stands.
 */
export async function believableDenials(answers: Answers, asked: Denials): Promise<Answers> {
  if (answers.absent.length === 0) return answers;
  const denied = new Set(answers.absent);
  const types = new Set(asked.suspects.filter(({ image_id }) => denied.has(image_id)).map(typeOf));
  const deaf = new Set<ImageType | null>();
  for (const type of types) if (await isDeaf(type, asked)) deaf.add(type);
  if (deaf.size === 0) return answers;
  const doubted = asked.suspects.filter((one) => denied.has(one.image_id) && deaf.has(typeOf(one)));
  for (const { image_id } of doubted) denied.delete(image_id);
  return {
    ...answers,
    absent: [...denied],
    untold: new UntoldImages(doubted.length + (answers.untold?.images ?? 0), 'denies_what_it_lists'),
  };
}

const typeOf = ({ listed_under }: Suspect) => listed_under;

/** Whether the API denies an image of this type that the sweep has seen; of any type where that is not known. */
async function isDeaf(
  type: ImageType | null,
  { snapshot, isKnown, project, scope }: Denials,
): Promise<boolean> {
  for (const [image_id, { images }] of snapshot.sightings) {
    if (!images || !isKnown(image_id) || (type !== null && images.listed_under !== type)) continue;
    try {
      return (await project.findImage(image_id, images.listed_under, scope)) === null;
    } catch (error) {
      scope.signal.throwIfAborted();
      if (error instanceof CphError) return false;
      throw error;
    }
  }
  return false;
}
