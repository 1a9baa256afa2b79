// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references, as a person writes them
import type { Environment } from '../environment.ts';
import type { Fault } from '../fault.ts';

/** A text with a reference in it. */
export const REFERENCE_PATTERN = /\$\{[A-Za-z_][A-Za-z0-9_]*\}/;

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;
// "$${" is a plain "${". The name is taken up to the brace, whatever it is, so that a fault can say what is wrong.
const REFERENCE = /\$\$\{|\$\{([^{}]*)(\}?)/g;

/** A fault of a text, wherever that stands. */
type Problem = Pick<Fault, 'got' | 'expected'>;

/** A text with its references to the environment filled in. */
export interface FilledIn {
  readonly text: string;
  /** Whether anything in it came from the environment: then the text must not be shown. */
  readonly referred: boolean;
  readonly faults: readonly Problem[];
}

/** Puts the environment's values for `${NAME}`. What a variable holds is not looked at for further references. */
export function fillIn(written: string, env: Environment): FilledIn {
  const faults: Problem[] = [];
  let referred = false;
  const text = written.replace(REFERENCE, (whole, name: string | undefined, end: string) => {
    if (name === undefined) return '${';
    referred = true;
    const named = end === '}' && NAME.test(name);
    const value = named && Object.hasOwn(env, name) ? env[name] : undefined;
    if (!value) faults.push(named ? unset(name, value) : NO_NAME);
    return value ?? whole;
  });
  return { text, referred, faults };
}

function unset(name: string, value: string | undefined): Problem {
  const why = value === '' ? 'empty' : 'not set';
  return { got: `\${${name}}, which is ${why}`, expected: 'a variable that is set in the environment' };
}

const NO_NAME: Problem = {
  got: 'a reference that names no variable',
  expected: 'the name of an environment variable between ${ and }, or $${ for ${ itself',
};

/** Every variable a file refers to, wherever it does. */
export function referredNames(text: string): ReadonlySet<string> {
  return new Set([...text.matchAll(REFERENCE)].flatMap(([, name]) => name ?? []));
}
