import { type ImageItem, imagesMeant } from '../answers/images.ts';
import type { Database } from '../store/database.ts';
import { CommandError, EXIT } from './command.ts';

/** More lives than that are not read by anybody, and were hardly meant. */
const MOST = 10;

/**
 * The images that a person means by an id or a name, in every project or in the one that is named.
 *
 * @throws CommandError when there is none, or when a name has too many
 */
export async function chooseImages(
  db: Database,
  image: string,
  project: string | undefined,
): Promise<ImageItem[]> {
  return few(await imagesMeant(db, { image, project }), { image, project });
}

/** The images that were found for an id or a name. Throws as {@link chooseImages} does. */
export function few(
  found: ImageItem[],
  { image, project }: { readonly image: string; readonly project?: string | undefined },
): ImageItem[] {
  if (found.length === 0) {
    const where = project === undefined ? 'No project has' : `Project ${project} does not have`;
    throw new CommandError(
      `${where} an image with the id or name ${JSON.stringify(image)}, not even a removed one. List what is known: cph-inventory images, and with --as-of TIME under the names they had then`,
    );
  }
  if (found.length <= MOST) return found;
  const ids = found.slice(0, MOST).map(({ image_id }) => image_id);
  throw new CommandError(
    `${found.length} images have the name ${JSON.stringify(image)}. Give the id of one, such as ${ids.join(', ')}.`,
    EXIT.usage,
  );
}
