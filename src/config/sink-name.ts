import { textLike } from './fields.ts';

/** Stands in metrics, tables and commands, and so has no blanks and no characters a shell would take. */
export function sinkName(example: string) {
  return textLike(
    /^[a-z0-9][a-z0-9_-]{0,62}$/,
    `a name in lower-case letters, digits, - and _, such as ${example}`,
  );
}
