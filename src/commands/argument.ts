/** What options and arguments take, checked before a command begins. */
import { InvalidArgumentError } from 'commander';
import type { z } from 'zod';
import { takeParameters } from '../answers/parameters.ts';
import { duration } from '../config/fields.ts';
import { QueryFault } from '../queries/run.ts';
import { CommandError, EXIT } from './command.ts';

export function parseDuration(text: string): number {
  const parsed = duration({ upTo: '24h', example: '30s' }).safeParse(text);
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError('It takes a duration such as 30s or 5m.');
}

/** An empty path would mean the environment instead. It comes from a script's variable that was not set. */
export function parsePath(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It takes the path of a file.');
}

export function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}

export function parseSeq(text: string): number {
  if (/^\d{1,19}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes the sequence number of an event.');
}

export function parsePort(text: string): number {
  const port = parseCount(text);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('It takes a port, 0 to 65535.');
}

/** A number of things to print, from 1. */
export function parseLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number from 1.');
}

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
