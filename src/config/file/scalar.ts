import type { Scalar } from 'yaml';
import type { z } from 'zod';
import type { Environment } from '../environment.ts';
import type { Fault } from '../fault.ts';
import { fileForm } from '../fields.ts';
import type { Row } from '../setting-table.ts';
import type { Findings } from '../settings.ts';
import { kindAt, originOf, type Place, scalarAt } from './place.ts';
import { type FilledIn, fillIn } from './references.ts';

/** What a setting is called and takes. */
export interface Rule {
  readonly row: Row;
  readonly field: z.ZodType;
}

/** A single value as text, the way it was written. */
export interface ScalarText extends Pick<FilledIn, 'text' | 'referred'> {
  readonly written: string;
}

/** Null, with a fault, when no text can be had from what stands there. */
export function textAt(
  place: Place,
  rule: Rule,
  { env, findings }: { env: Environment; findings: Findings },
): ScalarText | null {
  const scalar = scalarAt(place);
  const slip = scalar ? lostQuotes(scalar, rule) : { got: kindAt(place), expected: 'a single value' };
  const written = String(scalar?.source ?? scalar?.value);
  const { text, referred, faults } = fillIn(written, env);
  const found = slip === null ? faults : [slip];
  findings.faults.push(...found.map((fault) => ({ where: originOf(place), ...fault })));
  return found.length === 0 ? { text, referred, written } : null;
}

/**
 * A project id of digits alone is a number to YAML, and `007` is then seven: whoever wrote the file, and whatever tool
 * writes it next, may mean another thing. What the setting would refuse in quotes too is left to its own words.
 */
function lostQuotes({ value, source }: Scalar, { row, field }: Rule): Pick<Fault, 'got' | 'expected'> | null {
  if (typeof value === 'string') return null;
  if (row.secret) return { got: `a ${typeof value}`, expected: 'text in quotes' };
  const text = String(source ?? value);
  const plain = typeof value === 'number' ? ['number', 'integer'] : ['boolean'];
  const { type } = fileForm(field);
  if ([type].flat().some((name) => plain.includes(String(name)))) return null;
  if (!field.safeParse(text).success) return null;
  return { got: text, expected: `text in quotes, here ${JSON.stringify(text)}` };
}
