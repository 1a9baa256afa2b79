// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references, as a person writes them
/**
 * Reading one setting of a configuration file into the text an environment variable would hold:
 * `${NAME}` is filled in, the elements of a list are joined, and paths start at the folder of the file.
 */
import { dirname, resolve } from 'node:path';
import type { Scalar } from 'yaml';
import type { z } from 'zod';
import type { Environment, Surroundings } from '../environment.ts';
import { type Fault, shown, shownPath } from '../fault.ts';
import { fileForm, textLike } from '../fields.ts';
import { Secret } from '../secret.ts';
import { readSecretFile } from '../secret-file.ts';
import type { Row } from '../setting-table.ts';
import type { Findings, Setting } from '../settings.ts';
import type { ConfigFile } from './parse.ts';
import { elementsOf, kindAt, originOf, type Place, scalarAt } from './place.ts';

/** What reading a file takes besides the place. */
export interface Reading {
  readonly file: ConfigFile;
  readonly surroundings: Surroundings;
  readonly findings: Findings;
}

/** What a setting is called and takes. */
export interface Rule {
  readonly row: Row;
  readonly field: z.ZodType;
}

/** The setting at a place. It is unreadable, with a fault, when the place yields no text. */
export function settingAt(place: Place, rule: Rule, reading: Reading): Setting {
  const parts = partsOf(place, rule);
  if (parts.length === 0) return emptySetting(place, rule);
  const texts = parts.map((one) => textAt(one, rule, reading));
  const found = texts.filter((text) => text !== null);
  if (found.length < texts.length) return { origin: originOf(place), value: undefined, unreadable: true };
  const text = found.map((one) => one.text).join(',');
  if (rule.row.secret) return { origin: originOf(place), value: Secret.of(text), unreadable: false };
  const value = rule.row.path ? besideFile(text.trim(), reading) : text.trim();
  return { origin: originOf(place), value, unreadable: false, ...writtenAs(found) };
}

/** The secret in the file whose path stands at a place. */
export function secretFileAt(place: Place, reading: Reading): Setting {
  const { surroundings, findings } = reading;
  const { origin, value, written, unreadable } = settingAt(place, PATH, reading);
  const usable = typeof value === 'string' && value !== '';
  if (!usable && !unreadable) {
    findings.faults.push({ where: origin, got: written ?? 'nothing', expected: A_PATH });
  }
  if (!usable) return { origin, value: undefined, unreadable: true };
  const path = besideFile(value, reading);
  return readSecretFile({ origin, path, shown: written ?? shownPath(value) }, surroundings.files, findings);
}

const A_PATH = 'the path of a file, such as /run/secrets/cph';
const PATH: Rule = {
  row: { key: '', description: A_PATH },
  field: textLike(/\S/, A_PATH),
};

/** The single values a setting is made of: itself, or the elements of a list where the field takes one. */
function partsOf(place: Place, { field }: Rule): readonly Place[] {
  const elements = elementsOf(place);
  if (elements === null) return scalarAt(place) ? [place] : [];
  return fileForm(field).type === 'array' ? elements : [];
}

/** Empty text. Every field refuses it in its own words, and those say what belongs there. */
function emptySetting(place: Place, { row }: Rule): Setting {
  const value = row.secret ? Secret.of('') : '';
  return { origin: originOf(place), value, unreadable: false, written: kindAt(place) };
}

/** What came from a variable is not shown: nobody knows here whether it was meant to be seen. */
function writtenAs(found: readonly ScalarText[]): Pick<Setting, 'written'> {
  if (!found.some(({ referred }) => referred)) return {};
  const raw = found.map(({ written }) => written).join(',');
  return { written: `${shown(raw)}, filled in from the environment` };
}

/** A path as the file means it: the file and what it names move together, wherever the program starts. */
function besideFile(path: string, { file }: Reading): string {
  return path === '' ? path : resolve(dirname(file.path), path);
}

/** A fault of a text, wherever that stands. */
type Problem = Pick<Fault, 'got' | 'expected'>;

/** A text with its references to the environment filled in. */
interface FilledIn {
  readonly text: string;
  /** Whether any of it came from the environment. Such a text must not be shown. */
  readonly referred: boolean;
  readonly faults: readonly Problem[];
}

/** A single value as text. */
interface ScalarText extends Pick<FilledIn, 'text' | 'referred'> {
  /** The text before references were filled in. */
  readonly written: string;
}

/** Null, with a fault, when the place yields no text. */
function textAt(place: Place, rule: Rule, { surroundings, findings }: Reading): ScalarText | null {
  const scalar = scalarAt(place);
  const slip = scalar ? lostQuotes(scalar, rule) : { got: kindAt(place), expected: 'a single value' };
  const written = String(scalar?.source ?? scalar?.value);
  const { text, referred, faults } = fillIn(written, surroundings.env);
  const found = slip === null ? faults : [slip];
  findings.faults.push(...found.map((fault) => ({ where: originOf(place), ...fault })));
  return found.length === 0 ? { text, referred, written } : null;
}

/**
 * A fault for text that lost its quotes. A project id of digits alone is a number to YAML, and `007` is
 * then seven: the person who wrote the file may mean another thing, and so may a tool that writes it next.
 * What the setting would refuse in quotes too is left to the setting's own words.
 */
function lostQuotes({ value, source }: Scalar, { row, field }: Rule): Problem | null {
  if (typeof value === 'string') return null;
  if (row.secret) return { got: `a ${typeof value}`, expected: 'text in quotes' };
  const text = String(source ?? value);
  const plain = typeof value === 'number' ? ['number', 'integer'] : ['boolean'];
  const { type } = fileForm(field);
  if ([type].flat().some((name) => plain.includes(String(name)))) return null;
  if (!field.safeParse(text).success) return null;
  return { got: text, expected: `text in quotes, here ${JSON.stringify(text)}` };
}

/** A text with a reference in it. */
export const REFERENCE_PATTERN = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
// "$${" is a plain "${". The name is everything up to the brace, so that a fault can say what is wrong.
const REFERENCE = /\$\$\{|\$\{([^{}]*)(\}?)/g;

/** Every variable that a file refers to. */
export function referredNames(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(REFERENCE)].flatMap(([, name]) => name ?? []));
}

/** Puts the environment's values for `${NAME}`. References within those values are left as they are. */
function fillIn(written: string, env: Environment): FilledIn {
  const faults: Problem[] = [];
  let referred = false;
  const text = written.replace(REFERENCE, (whole, name: string | undefined, end: string) => {
    if (name === undefined) return '${';
    referred = true;
    const named = end === '}' && NAME.test(name);
    const value = named && Object.hasOwn(env, name) ? env[name] : undefined;
    if (!value) faults.push(named ? unset(name, value) : NO_NAME);
    return value ?? whole;
  });
  return { text, referred, faults };
}

function unset(name: string, value: string | undefined): Problem {
  const why = value === '' ? 'empty' : 'not set';
  return { got: `\${${name}}, which is ${why}`, expected: 'a variable that is set in the environment' };
}

const NO_NAME: Problem = {
  got: 'a reference that names no variable',
  expected: 'the name of an environment variable between ${ and }, or $${ for ${ itself',
};
