import { type Fault, shown } from '../fault.ts';
import { suggestion } from '../nearest-word.ts';
import { childAt, type Entry, elementsOf, entriesOf, kindAt, originOf, type Place, wordAt } from './place.ts';
import type { KindsShape, MappingShape, Shape } from './shape.ts';

/**
 * Faults for whatever is at or below a place and may not be there: unknown and repeated keys, a list where a mapping
 * belongs. What the settings say is not looked at.
 */
export function structureFaults(place: Place, shape: Shape): Fault[] {
  if (shape.kind === 'mapping') return mappingFaults(place, shape);
  if (shape.kind === 'named') return namedFaults(place, shape.of);
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
  return entries.flatMap(({ key, place }, index) => {
    const first = entries.findIndex((entry) => entry.key === key);
    if (first === index) return [];
    const got = `this key again, after line ${entries[first]?.place.line}`;
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
