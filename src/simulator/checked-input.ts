import { readFile } from 'node:fs/promises';
import type { z } from 'zod';

/**
 * What the simulator was given cannot be used. The message names what was given and everything that is wrong
 * in it.
 */
export class UnusableInput extends Error {
  constructor(source: string, problems: readonly string[], cause: unknown) {
    super(`${source}: ${problems.join('; ')}`, { cause });
    this.name = 'UnusableInput';
  }
}

/** The value as the schema reads it. Throws {@link UnusableInput}, which calls the value `source`. */
export function checkedValue<Form extends z.ZodType>(
  value: unknown,
  form: Form,
  source: string,
): z.infer<Form> {
  const parsed = form.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new UnusableInput(source, parsed.error.issues.map(problemText), parsed.error);
}

/**
 * Reads a JSON file. Throws {@link UnusableInput} when it is not there, no JSON, or something else than the
 * schema.
 */
export async function checkedFile<Form extends z.ZodType>(file: string, form: Form): Promise<z.infer<Form>> {
  let json: unknown;
  try {
    json = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new UnusableInput(file, [cause instanceof Error ? cause.message : String(cause)], cause);
  }
  return checkedValue(json, form, file);
}

function problemText({ path, message }: z.core.$ZodIssue): string {
  const place = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');
  return place === '' ? message : `${place.replace(/^\./, '')}: ${message}`;
}
