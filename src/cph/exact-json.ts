/**
 * Where a number may begin that has more digits than a double holds: rare enough in answers to be worth a
 * look. Sixteen digits alone are no such sign. Nearly every page has them in an id, and was written anew for
 * it, which was an eighth of the profile of a listing.
 */
const LONG_NUMBER = /(?:^|[[:,])\s*-?[\d.]{16}/;
const TOKEN = /"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/gs;

/**
 * `JSON.parse`, but for numbers with more digits than a double holds: those become text with all their
 * digits, or 9007199254740993 and 9007199254740992 would be one. Throws SyntaxError like `JSON.parse`.
 */
export function parseExactly(text: string): unknown {
  return JSON.parse(LONG_NUMBER.test(text) ? text.replace(TOKEN, quotedIfInexact) : text);
}

function quotedIfInexact(token: string): string {
  if (token.startsWith('"') || token.length < 16) return token;
  return digitsOf(token) === digitsOf(String(Number(token))) ? token : `"${token.replace(/\.0+$/, '')}"`;
}

/** The significant digits of a number's text, without sign, point, exponent and outer zeros. */
function digitsOf(number: string): string {
  return number
    .replace(/[eE].*$/, '')
    .replace(/[-.]/g, '')
    .replace(/^0+|0+$/g, '');
}

/**
 * An integer as it stood in an answer that {@link parseExactly} has read. Not the exact value of the double, which is
 * another number: 90071992547409940 is one that stands for itself, and is stored as 90071992547409936.
 */
export function integerText(value: number): string {
  return Math.abs(value) < 1e21 ? String(value) : String(BigInt(value));
}
