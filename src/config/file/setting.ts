/** Reading one setting of a configuration file, into the same text that an environment variable would hold. */
import { dirname, resolve } from 'node:path';
import type { Surroundings } from '../environment.ts';
import { shown, shownPath } from '../fault.ts';
import { fileForm, textLike } from '../fields.ts';
import { Secret } from '../secret.ts';
import { readSecretFile } from '../secret-file.ts';
import type { Findings, Setting } from '../settings.ts';
import { elementsOf, kindAt, originOf, type Place, scalarAt } from './place.ts';
import { type Rule, type ScalarText, textAt } from './scalar.ts';
import type { ConfigFile } from './text.ts';

/** What reading a file takes besides the place. */
export interface Reading {
  readonly file: ConfigFile;
  readonly surroundings: Surroundings;
  readonly findings: Findings;
}

/** The setting at a place; unreadable, with a fault, when no text can be had from there. */
export function settingAt(place: Place, rule: Rule, reading: Reading): Setting {
  const parts = partsOf(place, rule);
  if (parts.length === 0) return emptySetting(place, rule);
  const { findings, surroundings } = reading;
  const texts = parts.map((one) => textAt(one, rule, { env: surroundings.env, findings }));
  const found = texts.filter((text) => text !== null);
  if (found.length < texts.length) return { origin: originOf(place), value: undefined, unreadable: true };
  const text = found.map((one) => one.text).join(',');
  if (rule.row.secret) return { origin: originOf(place), value: Secret.of(text), unreadable: false };
  const value = rule.row.path ? besideFile(text.trim(), reading) : text.trim();
  return { origin: originOf(place), value, unreadable: false, ...writtenAs(found) };
}

/** The secret in the file whose path stands at a place. */
export function secretFileAt(place: Place, { file, surroundings, findings }: Reading): Setting {
  const { origin, value, written, unreadable } = settingAt(place, PATH, { file, surroundings, findings });
  const usable = typeof value === 'string' && value !== '';
  if (!usable && !unreadable) {
    findings.faults.push({ where: origin, got: written ?? 'nothing', expected: A_PATH });
  }
  if (!usable) return { origin, value: undefined, unreadable: true };
  const path = besideFile(value, { file });
  return readSecretFile({ origin, path, shown: written ?? shownPath(value) }, surroundings.files, findings);
}

const A_PATH = 'the path of a file, such as /run/secrets/cph';
const PATH: Rule = {
  row: { key: '', description: A_PATH },
  field: textLike(/\S/, A_PATH),
};

/** The single values a setting is made of: itself, or the elements of a list where it takes one. */
function partsOf(place: Place, { field }: Rule): readonly Place[] {
  const elements = elementsOf(place);
  if (elements === null) return scalarAt(place) ? [place] : [];
  return fileForm(field).type === 'array' ? elements : [];
}

/** No text at all is refused by every field in its own words, which say what belongs there. */
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

/** A file and what it names move together, wherever the program is started. */
function besideFile(path: string, { file }: Pick<Reading, 'file'>): string {
  return path === '' ? path : resolve(dirname(file.path), path);
}
