// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references, as a person writes them
/** From a path to a file that is YAML, or the faults why not. Other files ask what it means. */
import type { YAMLError } from 'yaml';
import type { Surroundings } from '../environment.ts';
import { ConfigError, type Fault, shown } from '../fault.ts';
import { cannotBeRead } from '../secret-file.ts';
import { entriesOf, kindAt, meaningsOf, originOf, type ParsedFile, rootOf } from './place.ts';
import { yaml } from './yaml.ts';

/** A configuration file that could be read and is a mapping. */
export interface ConfigFile extends ParsedFile {
  readonly path: string;
  readonly text: string;
}

/**
 * The file, parsed. Throws {@link ConfigError} when it cannot be read or is not YAML. Nothing else is
 * judged then, because nobody knows what the file would have said.
 */
export function readConfigFile(path: string, { files }: Surroundings): ConfigFile {
  const text = readText(path, files);
  // Read as UTF-8, every second character of UTF-16 is a NUL. YAML has none.
  if (text.includes('\0')) throw new ConfigError([NO_TEXT], path);
  const { LineCounter, parseDocument } = yaml();
  const lines = new LineCounter();
  // Pretty errors quote the line they are about, and a secret may stand on that line.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false });
  const parsed = { document, lines, meanings: meaningsOf(document) };
  const faults = syntaxFaults(parsed);
  if (faults.length > 0) throw new ConfigError(faults, path);
  return { path, text, ...parsed };
}

function readText(path: string, files: Surroundings['files']): string {
  try {
    return files.read(path);
  } catch (error) {
    const got = `${shown(path)}, which ${cannotBeRead(error)}`;
    throw new ConfigError([{ where: 'CPH_CONFIG or --config', got, expected: 'the path of a YAML file' }]);
  }
}

/** Only the first error counts: after it the parser is out of step and finds an error in every line. */
function syntaxFaults(file: ParsedFile): Fault[] {
  const { document, lines, meanings } = file;
  const where = (offset = 0) => {
    const { line, col } = lines.linePos(offset);
    return `line ${line}, column ${col}`;
  };
  const [first] = document.errors.toSorted((a, b) => a.pos[0] - b.pos[0]);
  if (first) return [{ where: where(first.pos[0]), ...meaningOf(first.code) }];
  const faults = document.warnings.map(({ code, pos }) => ({ where: where(pos[0]), ...meaningOf(code) }));
  yaml().visit(document, {
    Alias: (_, alias) => {
      if (!meanings.has(alias)) faults.push({ where: where(alias.range?.[0]), ...NO_ANCHOR });
    },
  });
  return faults.length > 0 ? faults : rootFaults(file);
}

function rootFaults(file: ParsedFile): Fault[] {
  const root = rootOf(file);
  if (entriesOf(root) !== null) return [];
  return [{ where: originOf(root), got: kindAt(root), expected: 'settings, such as a list of projects' }];
}

const NO_TEXT: Fault = {
  where: 'the file',
  got: 'something that is no text in UTF-8',
  expected: 'YAML saved as UTF-8, which some editors call plain or Unicode without UTF-16',
};

type Meaning = Pick<Fault, 'got' | 'expected'>;

const UNCLEAR = {
  got: 'something that is not YAML',
  expected:
    'quotes around text that is not meant as YAML, such as "*/5 * * * *", or ${NAME} within { } or [ ]',
};
const TWO_KEYS = {
  got: 'a second colon, or a line that belongs to no key',
  expected: 'one key a line, and quotes around text with a colon and a blank in it',
};

/** The parser's errors in our own words. Its own words quote the file, and a secret may be in the quote. */
const MEANINGS: Partial<Record<YAMLError['code'], Meaning>> = {
  TAB_AS_INDENT: { got: 'a tab', expected: 'spaces to indent with' },
  BAD_INDENT: {
    got: 'a line whose indentation fits nothing above it',
    expected: 'the indentation of its neighbours, and an end for each bracket',
  },
  BAD_SCALAR_START: {
    got: 'text that begins with a sign YAML keeps for itself',
    expected: 'the text in quotes',
  },
  BAD_DQ_ESCAPE: {
    got: 'an unknown escape in double quotes',
    expected: 'two backslashes for one, or single quotes',
  },
  BLOCK_AS_IMPLICIT_KEY: TWO_KEYS,
  MULTILINE_IMPLICIT_KEY: TWO_KEYS,
  MISSING_CHAR: {
    got: 'something unfinished, or indented otherwise than its neighbours',
    expected:
      'the missing quote, bracket, comma or colon, the indentation of its neighbours, and ${NAME} within { } or [ ] in quotes',
  },
  MULTIPLE_DOCS: { got: 'a second document', expected: 'one document, without --- in between' },
  TAG_RESOLVE_FAILED: {
    got: 'a tag (!) that means nothing here',
    expected: 'a value without a tag, or the text in quotes',
  },
};

const NO_ANCHOR: Meaning = {
  got: 'an alias (*) of nothing',
  expected: 'the name of an anchor (&) above it, or the text in quotes',
};

function meaningOf(code: YAMLError['code']): Meaning {
  return MEANINGS[code] ?? UNCLEAR;
}
