/** The way around a parsed YAML file: what stands where, with the path and line a person can go to. */
import type { Alias, Document, LineCounter, Node, Scalar } from 'yaml';
import { yaml } from './yaml.ts';

/** A file that is YAML. */
export interface ParsedFile {
  readonly document: Document;
  readonly lines: LineCounter;
  /** What each alias stands for; nothing for one that names no anchor before it. */
  readonly meanings: ReadonlyMap<Alias, Node>;
}

/** A place in the file and what stands there. */
export interface Place {
  /** Such as `projects[3].limits`; empty for the file as a whole. */
  readonly path: string;
  /** The line of the key, or of the element of a list. */
  readonly line: number;
  /** The parser's node, aliases followed. */
  readonly node: unknown;
  readonly file: ParsedFile;
}

/** A key of a mapping, and the place its value stands at. */
export interface Entry {
  readonly key: string;
  readonly place: Place;
}

/**
 * What the aliases of a document stand for: the last node before them with their anchor, as in chapter 7.1 of
 * YAML 1.2. All of them at once, because the parser's own `resolve` goes through the document for each: with
 * a thousand of them a file took 26 s.
 */
export function meaningsOf(document: Document): ReadonlyMap<Alias, Node> {
  const anchors = new Map<string, Node>();
  const meanings = new Map<Alias, Node>();
  yaml().visit(document, {
    Alias: (_, alias) => {
      const node = anchors.get(alias.source);
      if (node) meanings.set(alias, node);
    },
    Value: (_, node) => {
      if (node.anchor) anchors.set(node.anchor, node);
    },
  });
  return meanings;
}

export function rootOf(file: ParsedFile): Place {
  return { path: '', line: 1, node: file.document.contents, file };
}

/** What a fault calls a place, or a setting that is missing there. */
export function originOf({ path, line }: Place, key = ''): string {
  if (path === '') return key || 'the file';
  return `${key === '' ? path : `${path}.${key}`} (line ${line})`;
}

/**
 * The entries of a mapping in order, repeated keys included; null when something else stands there. They are
 * found once for a place: each of some forty settings asks for them.
 */
export function entriesOf(place: Place): readonly Entry[] | null {
  if (!yaml().isMap(place.node)) return null;
  const known = ENTRIES.get(place);
  if (known) return known;
  const { path, node, file } = place;
  const entries = node.items.map((pair) => {
    const key = yaml().isScalar(pair.key) ? String(pair.key.source ?? pair.key.value) : '?';
    return { key, place: placeOf(file, { path: joined(path, key), at: pair.key, node: pair.value }) };
  });
  ENTRIES.set(place, entries);
  return entries;
}

const ENTRIES = new WeakMap<Place, readonly Entry[]>();

/** The elements of a list; null when something else stands there. */
export function elementsOf({ path, node, file }: Place): readonly Place[] | null {
  if (!yaml().isSeq(node)) return null;
  return node.items.map((item, index) => placeOf(file, { path: `${path}[${index}]`, at: item, node: item }));
}

/** The first value of a key such as `limits.rate_limit`; undefined where there is none. */
export function childAt(place: Place, key: string): Place | undefined {
  const [first, ...rest] = key.split('.');
  const child = entriesOf(place)?.find((entry) => entry.key === first)?.place;
  return child === undefined || rest.length === 0 ? child : childAt(child, rest.join('.'));
}

/** The text, number or other single value; null for a mapping or a list, and where there is nothing. */
export function scalarAt({ node }: Place): Scalar | null {
  return yaml().isScalar(node) && node.value !== null ? node : null;
}

/** The text of a key; null where there is none, or something else. */
export function wordAt(place: Place, key: string): string | null {
  const child = childAt(place, key);
  const value = child && scalarAt(child)?.value;
  return typeof value === 'string' ? value : null;
}

/** The kind of what stands there, for faults. They never show the thing: a secret may be in any place. */
export function kindAt({ node }: Place): string {
  if (yaml().isMap(node)) return 'a mapping';
  if (yaml().isSeq(node)) return node.items.length === 0 ? 'an empty list' : 'a list';
  if (!yaml().isScalar(node) || node.value === null) return 'nothing';
  return typeof node.value === 'string' ? 'text' : `a ${typeof node.value}`;
}

interface Placement {
  readonly path: string;
  /** The node that gives the line. */
  readonly at: unknown;
  readonly node: unknown;
}

function placeOf(file: ParsedFile, { path, at, node }: Placement): Place {
  const offset =
    yaml().isAlias(at) || yaml().isScalar(at) || yaml().isMap(at) || yaml().isSeq(at)
      ? at.range?.[0]
      : undefined;
  const { line } = file.lines.linePos(offset ?? 0);
  return { path, line, node: yaml().isAlias(node) ? file.meanings.get(node) : node, file };
}

/**
 * The path of a key. A name may hold anything, and one with dots or blanks would read like another path, so
 * it is quoted. Without a blank after its colon, `token:…` within { } is all name to YAML, so a fault shows
 * nothing after a colon.
 */
function joined(path: string, key: string): string {
  if (/^[\w-]{1,64}$/.test(key)) return path === '' ? key : `${path}.${key}`;
  const told = key.replace(/:.*$/s, ':…').slice(0, 40);
  return `${path}[${JSON.stringify(told)}]`;
}
