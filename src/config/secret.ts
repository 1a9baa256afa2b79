import { inspect } from 'node:util';

/** The two questions asked of a secret's file. Both throw what `node:fs` throws. */
export interface FileReader {
  /** Changes whenever the file does: its modification time, size and inode. */
  stamp(path: string): string;
  read(path: string): string;
}

/** What a file held, and when. */
interface Version {
  readonly stamp: string;
  readonly value: string;
}

const HIDDEN = '[secret]';

/** A secret in words that another thread of this program can take: its text, or the file it is read from. */
export type PortableSecret = { readonly text: string } | { readonly path: string; readonly version: Version };

/** A text that shows itself as `[secret]` wherever it is printed, joined, inspected or turned into JSON. */
export class Secret {
  readonly #current: () => string;
  readonly #portable: () => PortableSecret;

  private constructor(current: () => string, portable: () => PortableSecret) {
    this.#current = current;
    this.#portable = portable;
  }

  static of(text: string): Secret {
    const value = withoutLineEnd(text);
    return new Secret(
      () => value,
      () => ({ text: value }),
    );
  }

  /**
   * The content of a file without the line end after it; null when nothing else is in it. Throws when the
   * file cannot be read now. The file is read again whenever it has changed, so rotation needs no restart.
   * While it is gone or empty, as in the middle of being rewritten, the last value stays.
   */
  static fromFile(path: string, files: FileReader): Secret | null {
    const version = readVersion(path, files);
    return version.value === '' ? null : Secret.#following(path, version, files);
  }

  /** The secret that {@link Secret.portable} has put into words. Reads nothing yet. */
  static fromPortable(portable: PortableSecret, files: FileReader): Secret {
    if ('text' in portable) return Secret.of(portable.text);
    return Secret.#following(portable.path, portable.version, files);
  }

  static #following(path: string, known: Version, files: FileReader): Secret {
    let version = known;
    return new Secret(
      () => {
        version = latestVersion(version, path, files);
        return version.value;
      },
      () => ({ path, version }),
    );
  }

  /** The text itself. For a file this costs one `stat`. Call it where the secret is used; keep no copy. */
  reveal(): string {
    return this.#current();
  }

  /** For {@link Secret.fromPortable} in another thread. It holds the text: keep it nowhere. */
  portable(): PortableSecret {
    return this.#portable();
  }

  toString(): string {
    return HIDDEN;
  }

  toJSON(): string {
    return HIDDEN;
  }

  [inspect.custom](): string {
    return HIDDEN;
  }
}

// The stamp is taken first. A write between the two calls is then seen at the next use instead of never.
function readVersion(path: string, files: FileReader): Version {
  const stamp = files.stamp(path);
  return { stamp, value: withoutLineEnd(files.read(path)) };
}

function latestVersion(known: Version, path: string, files: FileReader): Version {
  try {
    if (files.stamp(path) === known.stamp) return known;
    const latest = readVersion(path, files);
    return latest.value === '' ? known : latest;
  } catch {
    return known;
  }
}

// Editors, `echo` and base64-encoded Kubernetes secrets leave one behind. No token or password ends in it.
function withoutLineEnd(text: string): string {
  return text.replace(/[\r\n]+$/, '');
}
