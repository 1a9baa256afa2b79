/**
 * What a configuration file may hold, and where. One description serves both the check of files (here) and
 * the help of editors (`schema.ts`).
 */
import type { z } from 'zod';
import { CREDENTIAL_FIELDS } from '../credentials.ts';
import { type Fault, shown } from '../fault.ts';
import { textLike } from '../fields.ts';
import { GLOBAL_FIELDS } from '../global.ts';
import { suggestion } from '../nearest-word.ts';
import { PROJECT_FIELDS } from '../project.ts';
import {
  CREDENTIAL_SETTINGS,
  FILE_KEY_SUFFIX,
  GLOBAL_SETTINGS,
  PROJECT_SETTINGS,
  type Row,
} from '../setting-table.ts';
import type { SettingGroup } from '../settings.ts';
import { ALERTMANAGER_SETTINGS, SMN_SETTINGS, WEBHOOK_SETTINGS } from '../sink-table.ts';
import { ALERTMANAGER_FIELDS, WEBHOOK_FIELDS } from '../sinks.ts';
import { SMN_FIELDS } from '../smn.ts';
import { childAt, type Entry, elementsOf, entriesOf, kindAt, originOf, type Place, wordAt } from './place.ts';

/** What may stand at a place. */
export type Shape =
  | { readonly kind: 'setting'; readonly row: Row; readonly field: z.ZodType }
  /** The path of the file that holds the secret of a setting. */
  | { readonly kind: 'secret-file'; readonly row: Row }
  /** Names of headers, each with its value, or with `_file` behind it and a path. */
  | { readonly kind: 'headers' }
  /** Left to another reader. */
  | { readonly kind: 'unread' }
  /** The one word that says which kind a mapping is of. */
  | { readonly kind: 'word'; readonly word: string }
  | MappingShape
  /** A mapping whose keys are names that people choose. */
  | { readonly kind: 'named'; readonly of: MappingShape }
  | { readonly kind: 'list'; readonly of: MappingShape | KindsShape };

export interface MappingShape {
  readonly kind: 'mapping';
  readonly keys: Readonly<Record<string, Shape>>;
  /** Keys an editor should ask for. The program notices their absence when it judges the settings. */
  readonly required?: readonly string[];
}

/** Mappings told apart by their key `kind`. */
export interface KindsShape {
  readonly kind: 'kinds';
  readonly of: Readonly<Record<string, MappingShape>>;
}

export const GLOBAL = { table: GLOBAL_SETTINGS, fields: GLOBAL_FIELDS };
export const PROJECT = { table: PROJECT_SETTINGS, fields: PROJECT_FIELDS };
export const CREDENTIAL = { table: CREDENTIAL_SETTINGS, fields: CREDENTIAL_FIELDS };
export const WEBHOOK = { table: WEBHOOK_SETTINGS, fields: WEBHOOK_FIELDS };
export const SMN = { table: SMN_SETTINGS, fields: SMN_FIELDS };
export const ALERTMANAGER = { table: ALERTMANAGER_SETTINGS, fields: ALERTMANAGER_FIELDS };

/** Credentials have names in a file, so that projects can share them. */
export const CREDENTIALS_OF_PROJECT = {
  table: { name: { key: 'credentials', description: 'which of the credentials the project is read with' } },
  fields: { name: textLike(/\S/, 'the name of one of the credentials') },
} as const;

const PROJECT_KEYS = keysOf(PROJECT, CREDENTIALS_OF_PROJECT);

/** What all projects share can be said once. What tells them apart cannot. */
const { project_id: _id, name: _name, ...DEFAULT_KEYS } = PROJECT_KEYS;

export const SECTIONS = {
  credentials: { kind: 'named', of: mapping(keysOf(CREDENTIAL)) },
  defaults: mapping(DEFAULT_KEYS),
  projects: { kind: 'list', of: mapping(PROJECT_KEYS, ['project_id']) },
  sinks: {
    kind: 'list',
    of: {
      kind: 'kinds',
      of: {
        webhook: sink('webhook', WEBHOOK, { headers: { kind: 'headers' } }),
        alertmanager: sink('alertmanager', ALERTMANAGER, { headers: { kind: 'headers' } }),
        smn: sink('smn', SMN, {}),
      },
    },
  },
} as const satisfies Record<string, Shape>;

/** The whole file. */
export const FILE_SHAPE = mapping({ ...keysOf(GLOBAL), ...SECTIONS }, ['projects']);

/** The whole file, for a reader that needs none of its sections. */
export const GLOBAL_SHAPE = mapping({ ...FILE_SHAPE.keys, ...unread(Object.keys(SECTIONS)) });

function mapping(keys: Readonly<Record<string, Shape>>, required: readonly string[] = []): MappingShape {
  return { kind: 'mapping', keys, required };
}

function unread(keys: readonly string[]): Record<string, Shape> {
  return Object.fromEntries(keys.map((key) => [key, { kind: 'unread' }]));
}

function sink(word: string, group: SettingGroup<string>, more: Record<string, Shape>): MappingShape {
  return mapping({ kind: { kind: 'word', word }, ...keysOf(group), ...more }, ['kind']);
}

function keysOf(...groups: readonly SettingGroup<string>[]): Record<string, Shape> {
  const keys: Record<string, Shape> = {};
  for (const { table, fields } of groups) {
    for (const [name, row] of Object.entries<Row>(table)) {
      const field = fields[name];
      if (field) addKey(keys, row.key, { kind: 'setting', row, field });
      if (row.secret) addKey(keys, `${row.key}${FILE_KEY_SUFFIX}`, { kind: 'secret-file', row });
    }
  }
  return keys;
}

/** A key such as `limits.rate_limit` goes into the mapping `limits`. */
function addKey(keys: Record<string, Shape>, key: string, shape: Shape): void {
  const [first = key, second] = key.split('.');
  const there = keys[first];
  if (second === undefined) keys[first] = shape;
  else keys[first] = mapping({ ...(there?.kind === 'mapping' ? there.keys : {}), [second]: shape });
}

/**
 * Faults for whatever is at or below a place and may not be there: unknown keys, repeated keys, a list
 * where a mapping belongs. The values of settings are not looked at.
 */
export function structureFaults(place: Place, shape: Shape): Fault[] {
  if (shape.kind === 'mapping') return mappingFaults(place, shape);
  if (shape.kind === 'named') return namedFaults(place, shape.of);
  if (shape.kind === 'headers') return headerFaults(place);
  return shape.kind === 'list' ? listFaults(place, shape.of) : [];
}

function mappingFaults(place: Place, { keys }: MappingShape): Fault[] {
  const entries = entriesOf(place);
  if (entries === null) return [misplaced(place, `a mapping with ${Object.keys(keys).join(', ')}`)];
  const below = entries.flatMap((entry) => {
    const shape = Object.hasOwn(keys, entry.key) ? keys[entry.key] : undefined;
    return shape ? structureFaults(entry.place, shape) : [unknownKey(entry, keys)];
  });
  return [...repeatedKeys(entries), ...below];
}

function namedFaults(place: Place, shape: MappingShape): Fault[] {
  const entries = entriesOf(place);
  if (entries === null) return [misplaced(place, 'names, each with a mapping of its own')];
  return [...repeatedKeys(entries), ...entries.flatMap((entry) => mappingFaults(entry.place, shape))];
}

function headerFaults(place: Place): Fault[] {
  const entries = entriesOf(place);
  return entries ? repeatedKeys(entries) : [misplaced(place, 'names of headers, each with its value')];
}

function listFaults(place: Place, shape: MappingShape | KindsShape): Fault[] {
  const elements = elementsOf(place);
  if (elements === null) return [misplaced(place, 'a list, with a hyphen before each element')];
  return elements.flatMap((element) =>
    shape.kind === 'mapping' ? mappingFaults(element, shape) : kindFaults(element, shape),
  );
}

function kindFaults(place: Place, { of: kinds }: KindsShape): Fault[] {
  const known = Object.keys(kinds);
  if (entriesOf(place) === null) return [misplaced(place, `a mapping of kind ${known.join(' or ')}`)];
  const word = wordAt(place, 'kind');
  const shape = word !== null && Object.hasOwn(kinds, word) ? kinds[word] : undefined;
  if (shape) return mappingFaults(place, shape);
  const at = childAt(place, 'kind');
  const where = at ? originOf(at) : originOf(place, 'kind');
  const expected = `one of ${known.join(', ')}${suggestion(word ?? '', known)}`;
  return [{ where, got: word === null && at ? kindAt(at) : shown(word ?? undefined), expected }];
}

function misplaced(place: Place, expected: string): Fault {
  return { where: originOf(place), got: kindAt(place), expected };
}

function repeatedKeys(entries: readonly Entry[]): Fault[] {
  const lines = new Map<string, number>();
  return entries.flatMap(({ key, place }) => {
    const first = lines.get(key);
    if (first === undefined) lines.set(key, place.line);
    if (first === undefined) return [];
    const got = `this key again, after line ${first}`;
    return [{ where: originOf(place), got, expected: 'each key once' }];
  });
}

function unknownKey({ key, place }: Entry, keys: MappingShape['keys']): Fault {
  const expected = `one of ${Object.keys(keys).join(', ')}${hint(key, keys)}`;
  return { where: originOf(place), got: 'an unknown key', expected };
}

function hint(key: string, keys: MappingShape['keys']): string {
  const [word = ''] = key.split(':');
  if (word !== key && Object.hasOwn(keys, word)) return `; a blank is missing after \`${word}:\``;
  if (key === '<<') return '; YAML 1.2 merges nothing, and `defaults` says what projects share';
  const within = Object.keys(keys).find((name) => {
    const shape = keys[name];
    return shape?.kind === 'mapping' && Object.hasOwn(shape.keys, key);
  });
  return within === undefined ? suggestion(key, Object.keys(keys)) : `; did you mean ${within}.${key}?`;
}
