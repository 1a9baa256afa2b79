/** A YAML file as a tree in which every value knows its path and line, and `${NAME}` has been filled in. */
import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { Environment } from './environment.ts';
import type { Findings } from './settings.ts';

/** A value of the file. */
export type Tree = TreeMap | TreeList | TreeLeaf;

export interface TreeMap {
  readonly kind: 'map';
  readonly origin: string;
  readonly entries: ReadonlyMap<string, Tree>;
}

export interface TreeList {
  readonly kind: 'list';
  readonly origin: string;
  readonly members: readonly Tree[];
}

export interface TreeLeaf {
  readonly kind: 'leaf';
  readonly origin: string;
  readonly value: string | number | boolean | null;
  /** A number as it was written, since 007 and 1e3 are also ids. */
  readonly source: string;
  /** A variable it names is not set; the fault for that has been found already. */
  readonly unreadable: boolean;
}

interface Reading {
  readonly env: Environment;
  readonly findings: Findings;
  readonly lines: LineCounter;
}

/** Null, with a fault for each thing wrong, when the text is no YAML document with a mapping at its top. */
export function parseTree(
  text: string,
  name: string,
  { env, findings }: Omit<Reading, 'lines'>,
): TreeMap | null {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  for (const error of document.errors) {
    const { line, col } = lines.linePos(error.pos[0]);
    findings.faults.push({
      where: `${name}:${line}:${col}`,
      got: 'text that is no YAML',
      expected: `YAML (${error.message})`,
    });
  }
  if (document.errors.length > 0) return null;
  if (isMap(document.contents)) return treeOf(document.contents, '', { env, findings, lines }) as TreeMap;
  findings.faults.push({
    where: name,
    got: document.contents === null ? 'nothing' : 'no mapping',
    expected: 'a mapping with at least projects and credentials',
  });
  return null;
}

function treeOf(node: unknown, path: string, reading: Reading): Tree {
  const origin = originOf(node, path, reading.lines);
  if (isMap(node)) {
    const entries = node.items.map(({ key, value }): [string, Tree] => {
      const name = isScalar(key) ? String(key.value) : String(key);
      return [name, treeOf(value, path ? `${path}.${name}` : name, reading)];
    });
    return { kind: 'map', origin, entries: new Map(entries) };
  }
  if (isSeq(node)) {
    return {
      kind: 'list',
      origin,
      members: node.items.map((item, i) => treeOf(item, `${path}[${i}]`, reading)),
    };
  }
  return leafOf(node, origin, reading);
}

function originOf(node: unknown, path: string, lines: LineCounter): string {
  const range = (node as Node | null)?.range;
  return range ? `${path} (line ${lines.linePos(range[0]).line})` : path;
}

function leafOf(node: unknown, origin: string, reading: Reading): TreeLeaf {
  if (!isScalar(node)) return { kind: 'leaf', origin, value: null, source: '', unreadable: false };
  const { value, source = '' } = node;
  if (typeof value === 'string') return { kind: 'leaf', origin, source, ...filledIn(value, origin, reading) };
  const plain = typeof value === 'number' || typeof value === 'boolean' ? value : null;
  return { kind: 'leaf', origin, value: plain, source, unreadable: false };
}

/** `$${` stands for `${` itself. */
function filledIn(
  text: string,
  origin: string,
  { env, findings }: Reading,
): Pick<TreeLeaf, 'value' | 'unreadable'> {
  let unreadable = false;
  const value = text.replace(/\$?\$\{([^}]*)\}/g, (whole, name: string) => {
    if (whole.startsWith('$$')) return whole.slice(1);
    const found = env[name];
    if (found) return found;
    unreadable = true;
    findings.faults.push({
      where: origin,
      got: `the variable ${/^\w+$/.test(name) ? name : '(not a name)'}, which is not set`,
      expected: 'the name of an environment variable that is, or $${ for the text itself',
    });
    return '';
  });
  return { value, unreadable };
}
