import { Secret } from './secret.ts';

/** One thing wrong with the configuration. None of the three texts holds a secret. */
export interface Fault {
  /** The environment variable, or the path in the configuration file. */
  readonly where: string;
  /** The value as found, quoted; its kind only where it is secret; `nothing` where there is none. */
  readonly got: string;
  /** What would be right, with an example. */
  readonly expected: string;
}

/** The configuration cannot be used. The error holds every fault there is, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly faults: readonly Fault[];
  /** The configuration file, where there is one. */
  readonly file: string | null;

  constructor(faults: readonly Fault[], file: string | null = null) {
    const heading = file === null ? 'The configuration' : `The configuration in ${file}`;
    const lines = faults.map(({ where, got, expected }) => `  ${where}: got ${got}; takes ${expected}`);
    super([`${heading} cannot be used:`, ...lines].join('\n'));
    this.faults = faults;
    this.file = file;
  }
}

const LONGEST_SHOWN = 80;

/** A value as a fault or warning may show it: quoted, short, without the credentials or query of a URL. */
export function shown(value: string | Secret | undefined): string {
  if (value === undefined) return 'nothing';
  if (value instanceof Secret) return 'a value that is not shown';
  const text = withoutCredentials(value);
  return JSON.stringify(text.length > LONGEST_SHOWN ? `${text.slice(0, LONGEST_SHOWN)}…` : text);
}

/**
 * A path as a fault may show it: only text that begins like one. A person may have put the secret itself
 * where the path of its file belongs.
 */
export function shownPath(text: string): string {
  return /^(?:\.{0,2}[\\/]|~|[a-z]:[\\/])/i.test(text)
    ? shown(text)
    : 'a value that does not begin like a path';
}

// Works on the text and not on a parsed URL: what reaches a fault is often no URL at all. An unescaped "@" or
// "/" in a password is a common reason, so everything before the last "@" goes.
function withoutCredentials(text: string): string {
  const bare = text.replace(/^([a-z][a-z0-9+.-]*:\/\/)?.+@/is, '$1***@');
  return bare.includes('://') ? bare.replace(/[?#].*$/s, (rest) => `${rest[0]}***`) : bare;
}
