/**
 * The settings of a configuration file: for each group, where its settings are looked for. Projects,
 * credentials and sinks are the file's alone. The environment has whatever else the file does not name.
 */
import type { CredentialSettings } from '../credentials.ts';
import { readVariable } from '../environment.ts';
import { shown } from '../fault.ts';
import type { FoundSettings } from '../found-settings.ts';
import type { GlobalKey } from '../global.ts';
import { suggestion } from '../nearest-word.ts';
import type { ProjectSettings } from '../project.ts';
import { FILE_KEY_SUFFIX, type Row } from '../setting-table.ts';
import type { Setting, SettingGroup, Settings } from '../settings.ts';
import type { SinkSettings } from '../sinks.ts';
import { headersIn } from './headers.ts';
import { childAt, elementsOf, entriesOf, originOf, type Place, rootOf, wordAt } from './place.ts';
import { type Reading, type Rule, secretFileAt, settingAt } from './setting.ts';
import {
  ALERTMANAGER,
  CREDENTIAL,
  CREDENTIALS_OF_PROJECT,
  GLOBAL,
  GLOBAL_SHAPE,
  PROJECT,
  SECTIONS,
  SMN,
  structureFaults,
  WEBHOOK,
} from './shape.ts';

/** What the file says, read part by part when it is asked for. */
export function settingsInFile(reading: Reading): FoundSettings {
  const root = rootOf(reading.file);
  return {
    projects: () => projectsInFile(root, reading),
    sinks: () => sinksInFile(root, reading),
    global: () => globalInFile(root, reading),
  };
}

function globalInFile(root: Place, reading: Reading): Settings<GlobalKey> {
  const { surroundings, findings } = reading;
  findings.faults.push(...structureFaults(root, GLOBAL_SHAPE));
  const missing = (row: Row) => readVariable(row, surroundings, findings);
  return readGroup(GLOBAL, { layers: [root], missing }, reading);
}

function sinksInFile(root: Place, reading: Reading): SinkSettings[] {
  const section = childAt(root, 'sinks');
  if (!section) return [];
  reading.findings.faults.push(...structureFaults(section, SECTIONS.sinks));
  return (elementsOf(section) ?? []).flatMap((place) => sinkAt(place, reading) ?? []);
}

/** Null when its kind is not known; the structure has a fault for that. */
function sinkAt(place: Place, reading: Reading): SinkSettings | null {
  const kind = wordAt(place, 'kind');
  const lookup = { layers: [place], missing: defaultAt(place) };
  if (kind === 'smn') return { kind, settings: readGroup(SMN, lookup, reading) };
  if (kind === 'webhook') {
    return { kind, settings: readGroup(WEBHOOK, lookup, reading), headers: headersIn(place, reading) };
  }
  if (kind === 'alertmanager') {
    return { kind, settings: readGroup(ALERTMANAGER, lookup, reading), headers: headersIn(place, reading) };
  }
  return null;
}

/** Null where something else than credentials stands under the name. */
type NamedCredentials = ReadonlyMap<string, CredentialSettings | null>;

/** Each project with what it says itself, then what `defaults` says, and with the credentials it names. */
function projectsInFile(root: Place, reading: Reading): ProjectSettings[] {
  for (const section of ['projects', 'defaults', 'credentials'] as const) {
    const place = childAt(root, section);
    if (place) reading.findings.faults.push(...structureFaults(place, SECTIONS[section]));
  }
  const named = namedCredentials(root, reading);
  const defaults = childAt(root, 'defaults');
  const projects = projectPlaces(root, reading).map((place): ProjectSettings => {
    const lookup = { layers: defaults ? [place, defaults] : [place], missing: defaultAt(place) };
    const settings = readGroup(PROJECT, lookup, reading);
    return { settings, credentials: credentialsOf(lookup, named, reading) };
  });
  reading.findings.warnings.push(...unusedWarnings(named, projects));
  return projects;
}

function projectPlaces(root: Place, { findings }: Reading): Place[] {
  const section = childAt(root, 'projects');
  const places = section ? elementsOf(section) : [];
  if (places?.length === 0) {
    const where = section ? originOf(section) : originOf(root, 'projects');
    const expected = 'a list of at least one project, each with its project_id';
    findings.faults.push({ where, got: section ? 'an empty list' : 'nothing', expected });
  }
  return (places ?? []).filter((place) => entriesOf(place) !== null);
}

function namedCredentials(root: Place, reading: Reading): NamedCredentials {
  const section = childAt(root, 'credentials');
  const entries = (section && entriesOf(section)) ?? [];
  return new Map(
    entries.map(({ key, place }) => {
      if (entriesOf(place) === null) return [key, null];
      const settings = readGroup(CREDENTIAL, { layers: [place], missing: defaultAt(place) }, reading);
      return [key, { origin: originOf(place), called: 'key', settings }];
    }),
  );
}

function credentialsOf(lookup: Lookup, named: NamedCredentials, reading: Reading): CredentialSettings | null {
  const { name } = readGroup(CREDENTIALS_OF_PROJECT, lookup, reading);
  if (name.unreadable) return null;
  const text = typeof name.value === 'string' ? name.value : '';
  const found = named.get(text);
  if (found !== undefined) return found;
  const names = [...named.keys()];
  const known =
    names.length === 0 ? 'the name of credentials, but the file has none' : `one of ${names.join(', ')}`;
  const meant = suggestion(text, names);
  // Text that is near to no name may be the secret itself, put where its name belongs.
  const value = meant === '' && text !== '' ? 'a name that is not there' : shown(name.value);
  reading.findings.faults.push({ where: name.origin, got: name.written ?? value, expected: known + meant });
  return null;
}

function unusedWarnings(named: NamedCredentials, projects: readonly ProjectSettings[]): string[] {
  const used = new Set(projects.map(({ credentials }) => credentials));
  return [...named.values()]
    .filter((found) => found !== null)
    .filter((found) => !used.has(found))
    .map(({ origin }) => `${origin}: no project uses these credentials`);
}

/** Where the settings of a group are looked for. */
interface Lookup {
  /** The first layer that has a setting decides it. */
  readonly layers: readonly Place[];
  /** Gives the setting that no layer has. */
  readonly missing: (row: Row) => Setting;
}

function readGroup<Key extends string>(
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
function defaultAt(place: Place): Lookup['missing'] {
  return ({ key, default: value }) => ({ origin: originOf(place, key), value, unreadable: false });
}

function firstIn(layers: readonly Place[], read: (layer: Place) => Setting | null): Setting | null {
  for (const layer of layers) {
    const setting = read(layer);
    if (setting) return setting;
  }
  return null;
}

/** Null where the layer does not have the setting. */
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
