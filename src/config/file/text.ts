/** From a path to a file that is YAML, or the faults why not. What the file means is asked elsewhere. */
import { LineCounter, parseDocument, visit } from 'yaml';
import type { Surroundings } from '../environment.ts';
import { ConfigError, type Fault, shown } from '../fault.ts';
import { cannotBeRead } from '../secret-file.ts';
import { entriesOf, kindAt, originOf, type ParsedFile, rootOf } from './place.ts';
import { meaningOf, NO_ANCHOR } from './yaml-errors.ts';

/** A configuration file that could be read, and is a mapping. */
export interface ConfigFile extends ParsedFile {
  readonly path: string;
  readonly text: string;
}

/** Throws {@link ConfigError} when the file cannot be read or is not YAML: what it would have said is not known then. */
export function readConfigFile(path: string, { files }: Surroundings): ConfigFile {
  const text = readText(path, files);
  const lines = new LineCounter();
  // Pretty errors quote the line they are about, and with it whatever secret is there.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const faults = syntaxFaults({ document, lines });
  if (faults.length > 0) throw new ConfigError(faults, path);
  return { path, text, document, lines };
}

function readText(path: string, files: Surroundings['files']): string {
  try {
    return files.read(path);
  } catch (error) {
    const got = `${shown(path)}, which ${cannotBeRead(error)}`;
    throw new ConfigError([{ where: 'the configuration file', got, expected: 'the path of a YAML file' }]);
  }
}

/** Only the first error: after it the parser is out of step, and finds one in every line. */
function syntaxFaults(file: ParsedFile): Fault[] {
  const { document, lines } = file;
  const where = (offset = 0) => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const [first] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (first) return [{ where: where(first.pos[0]), ...meaningOf(first.code) }];
  const faults = document.warnings.map(({ code, pos }) => ({ where: where(pos[0]), ...meaningOf(code) }));
  visit(document, {
    Alias: (_, alias) => {
      if (!alias.resolve(document)) faults.push({ where: where(alias.range?.[0]), ...NO_ANCHOR });
    },
  });
  return faults.length > 0 ? faults : rootFaults(file);
}

function rootFaults(file: ParsedFile): Fault[] {
  const root = rootOf(file);
  if (entriesOf(root) !== null) return [];
  return [{ where: originOf(root), got: kindAt(root), expected: 'settings, such as a list of projects' }];
}
