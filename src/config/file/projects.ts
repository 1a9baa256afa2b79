import type { CredentialSettings } from '../credentials.ts';
import { shown } from '../fault.ts';
import { suggestion } from '../nearest-word.ts';
import type { ProjectSettings } from '../project.ts';
import { defaultAt, type Lookup, readGroup } from './group.ts';
import { childAt, elementsOf, entriesOf, originOf, type Place } from './place.ts';
import type { Reading } from './setting.ts';
import { CREDENTIAL, CREDENTIALS_OF_PROJECT, PROJECT, SECTIONS } from './shape.ts';
import { structureFaults } from './structure.ts';

/** Null where something else than credentials stands under the name. */
type NamedCredentials = ReadonlyMap<string, CredentialSettings | null>;

/** The projects of a file, each with what it says itself, then what `defaults` says, and the credentials it names. */
export function projectsInFile(root: Place, reading: Reading): ProjectSettings[] {
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
    names.length === 0 ? 'the name of credentials, of which the file has none' : `one of ${names.join(', ')}`;
  const meant = suggestion(text, names);
  // What is near to no name may be the secret itself, put where its name belongs.
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
