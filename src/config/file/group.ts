import { FILE_KEY_SUFFIX, type Row } from '../setting-table.ts';
import type { Setting, SettingGroup, Settings } from '../settings.ts';
import { childAt, originOf, type Place } from './place.ts';
import type { Rule } from './scalar.ts';
import { type Reading, secretFileAt, settingAt } from './setting.ts';

/** Where to look for the settings of a group. */
export interface Lookup {
  /** The first of them that has a setting decides it. */
  readonly layers: readonly Place[];
  /** Tells of a setting that none of them has. */
  readonly missing: (row: Row) => Setting;
}

/** The settings of a group in a file, each found where {@link Lookup} says. */
export function readGroup<Key extends string>(
  { table, fields }: SettingGroup<Key>,
  { layers, missing }: Lookup,
  reading: Reading,
): Settings<Key> {
  const settings: Partial<Record<Key, Setting>> = {};
  for (const key in table) {
    const rule = { row: table[key], field: fields[key] };
    settings[key] = firstIn(layers, (layer) => settingIn(layer, rule, reading)) ?? missing(rule.row);
  }
  return settings as Settings<Key>;
}

/** A setting nobody gave: its default, under the name it would have at a place. */
export function defaultAt(place: Place): Lookup['missing'] {
  return ({ key, default: value }) => ({ origin: originOf(place, key), value, unreadable: false });
}

function firstIn(layers: readonly Place[], read: (layer: Place) => Setting | null): Setting | null {
  for (const layer of layers) {
    const setting = read(layer);
    if (setting) return setting;
  }
  return null;
}

/** Null where the layer says nothing about it. */
function settingIn(layer: Place, rule: Rule, reading: Reading): Setting | null {
  const { key, secret } = rule.row;
  const place = childAt(layer, key);
  const pathPlace = secret && childAt(layer, key + FILE_KEY_SUFFIX);
  if (!pathPlace) return place ? settingAt(place, rule, reading) : null;
  if (!place) return secretFileAt(pathPlace, reading);
  const where = `${originOf(place)} and ${originOf(pathPlace)}`;
  reading.findings.faults.push({ where, got: 'both', expected: 'one of the two' });
  return { origin: where, value: undefined, unreadable: true };
}
