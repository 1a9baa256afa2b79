// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references, as a person writes them
/** What the parser's errors mean, in our own words: its own quote the file, and with it whatever secret is there. */
import type { YAMLError } from 'yaml';
import type { Fault } from '../fault.ts';

type Meaning = Pick<Fault, 'got' | 'expected'>;

const UNCLEAR = {
  got: 'something that is not YAML',
  expected: 'quotes around text that is not meant as YAML, such as ${NAME} within { } or [ ]',
};
const TWO_KEYS = {
  got: 'a second colon, or a line that belongs to no key',
  expected: 'one key a line, and quotes around text with a colon and a blank in it',
};

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
    got: 'something unfinished',
    expected: 'the missing quote, bracket, comma or colon, and ${NAME} within { } or [ ] in quotes',
  },
  MULTIPLE_DOCS: { got: 'a second document', expected: 'one document, without --- in between' },
  TAG_RESOLVE_FAILED: {
    got: 'a tag (!) that means nothing here',
    expected: 'a value without a tag, or the text in quotes',
  },
};

export const NO_ANCHOR: Meaning = {
  got: 'an alias (*) of nothing',
  expected: 'the name of an anchor (&) above it, or the text in quotes',
};

export function meaningOf(code: YAMLError['code']): Meaning {
  return MEANINGS[code] ?? UNCLEAR;
}
