import { constants, openSync } from 'node:fs';

/** Opens a directory, to be handed to a program that cannot, or may not, come there by its name. */
export function openFolder(path: string): number {
  const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW } = constants;
  return openSync(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
}

/** The name under which a program finds an open file or directory it was handed. */
export function handedPath(descriptor: number): string {
  return `/proc/self/fd/${descriptor}`;
}
