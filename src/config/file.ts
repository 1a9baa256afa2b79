/** The configuration file: finds every setting in it, and leaves judging to the same functions as the environment. */
import { parseTree, type Tree, type TreeMap } from './document.ts';
import { readEnvironment, type Surroundings } from './environment.ts';
import { CREDENTIAL_PATHS, FILE_KEY, GLOBAL_PATHS, PROJECT_PATHS, SINK_PATHS } from './file-keys.ts';
import { type FileReading, nodeAt, pathIn, readGroup, readSecret, refuseUnknown } from './file-settings.ts';
import { assembleGlobal, type GlobalSettings } from './global.ts';
import { suggestion } from './nearest-word.ts';
import { assembleProject, type ProjectConfig } from './project.ts';
import { CREDENTIAL_SETTINGS, GLOBAL_SETTINGS, PROJECT_SETTINGS } from './setting-table.ts';
import type { Findings, Setting, Settings } from './settings.ts';
import { assembleSink, type FileSinkKey, type SinkConfig } from './sinks.ts';

/** A file that could be parsed; what it says is judged piece by piece. */
export interface ConfigFile {
  readonly root: TreeMap;
  readonly reading: FileReading;
}

const SECTIONS = [
  ...Object.values(GLOBAL_PATHS),
  `database_url${FILE_KEY}`,
  'credentials',
  'defaults',
  'projects',
  'sinks',
];

/** Reads the file; null, with faults, when it cannot be read or is no YAML mapping. */
export function openConfigFile(
  path: string,
  { env, files }: Surroundings,
  findings: Findings,
): ConfigFile | null {
  let text: string;
  try {
    text = files.read(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    findings.faults.push({
      where: path,
      got: `a file that cannot be read${code}`,
      expected: 'the path of a YAML file',
    });
    return null;
  }
  const root = parseTree(text, path, { env, findings });
  if (root) refuseUnknown(root, SECTIONS, findings);
  return root && { root, reading: { env, files, findings } };
}

/** What does not depend on a project: as the file says it, and where it is silent, as the environment does. */
export function globalFrom({ root, reading }: ConfigFile): GlobalSettings | null {
  const { findings } = reading;
  const environment = readEnvironment(GLOBAL_SETTINGS, reading, findings);
  const otherwise = (key: string) => environment[key as keyof typeof environment];
  const settings = readGroup(
    { table: GLOBAL_SETTINGS, paths: GLOBAL_PATHS },
    { at: root, otherwise },
    reading,
  );
  return assembleGlobal(settings, findings);
}

/** Every project of the file; those with faults are left out, and the faults found. */
export function projectsFrom(file: ConfigFile): ProjectConfig[] {
  const { root, reading } = file;
  const credentials = credentialsFrom(file);
  const defaults = mapAt(root, 'defaults', reading);
  const paths = ['name', 'credentials', ...Object.values(PROJECT_PATHS)];
  if (defaults)
    refuseUnknown(
      defaults,
      paths.filter((path) => path !== 'project_id' && path !== 'name'),
      reading.findings,
    );
  const projects = membersOf(root, 'projects', reading).flatMap((at) => {
    refuseUnknown(at, paths, reading.findings);
    return projectFrom(at, { defaults, credentials, reading }) ?? [];
  });
  refuseTwins(
    projects.map(({ projectId }) => projectId),
    'projects',
    reading.findings,
  );
  return projects;
}

interface ProjectPlace {
  readonly defaults: TreeMap | null;
  readonly credentials: ReadonlyMap<string, Settings<keyof typeof CREDENTIAL_SETTINGS>>;
  readonly reading: FileReading;
}

function projectFrom(at: TreeMap, { defaults, credentials, reading }: ProjectPlace): ProjectConfig | null {
  const { findings } = reading;
  const named = nodeAt(at, 'credentials') ?? (defaults ? nodeAt(defaults, 'credentials') : undefined);
  const name = named?.kind === 'leaf' ? String(named.value) : '';
  const chosen = credentials.get(name);
  const settings = readGroup({ table: PROJECT_SETTINGS, paths: PROJECT_PATHS }, { at, defaults }, reading);
  const title = nodeAt(at, 'name');
  if (!chosen) {
    findings.faults.push({
      where: named?.origin ?? pathIn(at, 'credentials'),
      got: named ? `${JSON.stringify(name)}, which is not among credentials` : 'nothing',
      expected: `the name of an entry of credentials: ${[...credentials.keys()].join(', ')}${suggestion(name, [...credentials.keys()])}`,
    });
    return null;
  }
  const label = title?.kind === 'leaf' ? String(title.value) : null;
  return assembleProject({ name: label, settings, credentials: chosen }, findings);
}

function credentialsFrom({ root, reading }: ConfigFile): ProjectPlace['credentials'] {
  const section = mapAt(root, 'credentials', reading);
  const named = new Map<string, Settings<keyof typeof CREDENTIAL_SETTINGS>>();
  const keys = Object.values(CREDENTIAL_PATHS).flatMap((path) => [path, `${path}${FILE_KEY}`]);
  for (const [name, at] of section?.entries ?? []) {
    if (at.kind !== 'map') {
      reading.findings.faults.push({
        where: at.origin,
        got: 'no mapping',
        expected: 'token, or access_key and secret_key, or user_name, password and domain_name',
      });
      continue;
    }
    refuseUnknown(at, keys, reading.findings);
    named.set(name, readGroup({ table: CREDENTIAL_SETTINGS, paths: CREDENTIAL_PATHS }, { at }, reading));
  }
  return named;
}

/** Every sink of the file. */
export function sinksFrom({ root, reading }: ConfigFile): SinkConfig[] {
  const { findings } = reading;
  const sinks = membersOf(root, 'sinks', reading, { optional: true }).flatMap((at) => {
    const secrets = ['url', 'secret'].flatMap((key) => [key, `${key}${FILE_KEY}`]);
    refuseUnknown(at, [...Object.values(SINK_PATHS), ...secrets], findings);
    return assembleSink(sinkSettings(at, reading), findings) ?? [];
  });
  refuseTwins(
    sinks.map(({ name }) => name),
    'sinks',
    findings,
  );
  return sinks;
}

function sinkSettings(at: TreeMap, reading: FileReading): Settings<FileSinkKey> {
  const missing = (path: string): Setting => ({
    origin: pathIn(at, path),
    value: undefined,
    unreadable: false,
  });
  const plain = (path: string): Setting => {
    const node = nodeAt(at, path);
    if (!node || node.kind === 'map') return missing(path);
    const values = node.kind === 'list' ? node.members : [node];
    const text = values.map((leaf) => (leaf.kind === 'leaf' ? String(leaf.value) : '')).join(',');
    return { origin: node.origin, value: text, unreadable: false };
  };
  return {
    name: plain(SINK_PATHS.name),
    kind: plain(SINK_PATHS.kind),
    url: readSecret(SINK_PATHS.url, at, reading) ?? missing(SINK_PATHS.url),
    secret: readSecret(SINK_PATHS.secret, at, reading) ?? missing(SINK_PATHS.secret),
    types: plain(SINK_PATHS.types),
    toStatus: plain(SINK_PATHS.toStatus),
  };
}

function mapAt(root: TreeMap, key: string, { findings }: FileReading): TreeMap | null {
  const node = nodeAt(root, key);
  if (!node || node.kind === 'map') return node ?? null;
  findings.faults.push({
    where: node.origin,
    got: `a ${node.kind === 'list' ? 'list' : 'value'}`,
    expected: 'a mapping',
  });
  return null;
}

function membersOf(
  root: TreeMap,
  key: string,
  { findings }: FileReading,
  { optional = false } = {},
): TreeMap[] {
  const node = nodeAt(root, key);
  if (node?.kind !== 'list' || (node.members.length === 0 && !optional)) {
    if (node || !optional)
      findings.faults.push({
        where: node?.origin ?? key,
        got: node ? 'no list of entries' : 'nothing',
        expected: `a list of ${key}`,
      });
    return [];
  }
  return node.members.filter((member: Tree): member is TreeMap => {
    if (member.kind !== 'map')
      findings.faults.push({ where: member.origin, got: 'no mapping', expected: 'a mapping' });
    return member.kind === 'map';
  });
}

function refuseTwins(names: readonly string[], section: string, findings: Findings): void {
  for (const name of new Set(names.filter((one, i) => names.indexOf(one) !== i))) {
    findings.faults.push({
      where: section,
      got: `${JSON.stringify(name)} more than once`,
      expected: 'each once',
    });
  }
}
