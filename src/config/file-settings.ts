import type { Tree, TreeLeaf, TreeMap } from './document.ts';
import type { Environment } from './environment.ts';
import { readSecretFile } from './environment.ts';
import { FILE_KEY } from './file-keys.ts';
import { suggestion } from './nearest-word.ts';
import { type FileReader, Secret } from './secret.ts';
import type { SettingTable } from './setting-table.ts';
import type { Findings, Setting, Settings } from './settings.ts';

export interface FileReading {
  readonly env: Environment;
  readonly files: FileReader;
  readonly findings: Findings;
}

/** Where a group of settings stands in the file, and where else to look for what it leaves out. */
export interface Place {
  readonly at: TreeMap;
  /** What all projects have in common. */
  readonly defaults?: TreeMap | null;
  /** Called for what the file leaves out; the table's default where there is none. */
  readonly otherwise?: (key: string) => Setting | undefined;
}

/** One group of settings as the file has them, each found by its path, for the same judges as the environment's. */
export function readGroup<Key extends string>(
  { table, paths }: { table: SettingTable<Key>; paths: Readonly<Record<Key, string>> },
  place: Place,
  reading: FileReading,
): Settings<Key> {
  const settings: Partial<Record<Key, Setting>> = {};
  for (const key in table) {
    const row = table[key];
    const path = paths[key];
    const found = row.secret ? readSecret(path, place.at, reading) : readPlain(path, place, reading);
    settings[key] = found ??
      place.otherwise?.(key) ?? { origin: pathIn(place.at, path), value: row.default, unreadable: false };
  }
  return settings as Settings<Key>;
}

function readPlain(path: string, { at, defaults }: Place, reading: FileReading): Setting | undefined {
  const node = nodeAt(at, path) ?? (defaults ? nodeAt(defaults, path) : undefined);
  return node && settingOf(node, path, reading);
}

/** Text that a mistyped scalar would lose part of: 007 is read as 7, and 1e3 as 1000. */
const TEXTS = new Set(['project_id', 'region', 'name', 'user_name', 'domain_name']);

/** A list counts as its members with commas between them, which is how the environment writes one. */
function settingOf(node: Tree, path: string, { findings }: FileReading): Setting {
  const { origin } = node;
  if (node.kind === 'list') {
    const leaves = node.members.filter((member): member is TreeLeaf => member.kind === 'leaf');
    return { origin, value: leaves.map((leaf) => String(leaf.value)).join(','), unreadable: false };
  }
  if (node.kind === 'map') {
    findings.faults.push({ where: origin, got: 'a mapping', expected: 'one value' });
    return { origin, value: undefined, unreadable: true };
  }
  if (TEXTS.has(path) && typeof node.value === 'number') {
    findings.faults.push({
      where: origin,
      got: 'a number',
      expected: `text: put it in quotes, "${node.source}"`,
    });
    return { origin, value: undefined, unreadable: true };
  }
  return { origin, value: node.value === null ? undefined : String(node.value), unreadable: node.unreadable };
}

/** A secret by its key, or by the key of its file. Numbers are taken as they were written. */
export function readSecret(path: string, at: TreeMap, { files, findings }: FileReading): Setting | undefined {
  const direct = nodeAt(at, path);
  const file = nodeAt(at, `${path}${FILE_KEY}`);
  if (direct && file) {
    findings.faults.push({
      where: direct.origin,
      got: `also ${path}${FILE_KEY}`,
      expected: 'one of the two',
    });
    return { origin: direct.origin, value: undefined, unreadable: true };
  }
  if (file?.kind === 'leaf')
    return readSecretFile({ origin: file.origin, path: String(file.value) }, files, findings);
  if (!direct) return undefined;
  const { origin } = direct;
  if (direct.kind !== 'leaf') {
    findings.faults.push({ where: origin, got: `a ${direct.kind}`, expected: 'one value' });
    return { origin, value: undefined, unreadable: true };
  }
  const text = typeof direct.value === 'string' ? direct.value : direct.source;
  return { origin, value: text ? Secret.of(text) : undefined, unreadable: direct.unreadable };
}

/** The node at a path with dots; undefined where there is none, or only an empty one. */
export function nodeAt(map: TreeMap, path: string): Tree | undefined {
  const [head = '', ...rest] = path.split('.');
  const node = map.entries.get(head);
  if (node?.kind === 'leaf' && node.value === null) return undefined;
  if (rest.length === 0) return node;
  return node?.kind === 'map' ? nodeAt(node, rest.join('.')) : undefined;
}

/** What a fault calls a key that is not there. */
export function pathIn(map: TreeMap, path: string): string {
  const base = map.origin.replace(/ \(line.*/, '');
  return base ? `${base}.${path}` : path;
}

/** Faults for keys that mean nothing: a setting that is quietly ignored is worse than one that is refused. */
export function refuseUnknown(map: TreeMap, known: readonly string[], findings: Findings): void {
  const heads = [...new Set(known.map((path) => path.split('.')[0] ?? ''))];
  for (const [key, node] of map.entries) {
    if (!heads.includes(key)) {
      const expected = `one of ${heads.join(', ')}${suggestion(key, heads)}`;
      findings.faults.push({ where: node.origin || key, got: 'a key that means nothing here', expected });
      continue;
    }
    const below = known
      .filter((path) => path.startsWith(`${key}.`))
      .map((path) => path.slice(key.length + 1));
    if (below.length > 0 && node.kind === 'map') refuseUnknown(node, below, findings);
  }
}
