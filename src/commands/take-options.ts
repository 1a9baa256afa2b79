import type { z } from 'zod';
import { takeParameters } from '../answers/parameters.ts';
import { QueryFault } from '../queries/run.ts';
import { CommandError, EXIT } from './command.ts';

/** What was given on the command line, by the names of the parameters it stands for. */
type Given = Readonly<Record<string, string | boolean | undefined>>;

/**
 * The parameters of an answer as options give them: `--older-than` is `older_than`. The same rules hold as for
 * the page and `/api`.
 *
 * @throws CommandError, naming the option, for what a parameter does not take
 */
export function takeOptions<Schema extends z.ZodObject>(schema: Schema, given: Given): z.output<Schema> {
  const texts = Object.entries(given).flatMap(([name, value]) =>
    value === undefined || value === false ? [] : [[name, String(value)] as const],
  );
  try {
    return takeParameters(schema, Object.fromEntries(texts));
  } catch (error) {
    if (!(error instanceof QueryFault)) throw error;
    const option = `--${error.parameter === 'at' ? 'as-of' : error.parameter.replaceAll('_', '-')}`;
    throw new CommandError(error.message.replace(error.parameter, option), EXIT.usage);
  }
}
