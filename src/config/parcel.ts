/** A configuration as it goes from one thread to another, which keeps no classes and no private fields. */
import type { Config } from './config.ts';
import { type FileReader, type PortableSecret, Secret } from './secret.ts';

/** Stands for a secret. No setting has a key like it. */
const SECRET = '[secret]';

/** A copy of plain values with everything that `structuredClone` would lose put into words. */
export function pack(config: Config): unknown {
  return copied(config, (value) => (value instanceof Secret ? { [SECRET]: value.portable() } : undefined));
}

/** What was packed, with secrets that go on reading their files. It is not frozen. */
export function unpack(packed: unknown, files: FileReader): Config {
  const received = (value: object) =>
    isParcel(value) ? Secret.fromPortable(value[SECRET], files) : undefined;
  return copied(packed, received) as Config;
}

function isParcel(value: object): value is { readonly [SECRET]: PortableSecret } {
  return SECRET in value;
}

/** Copies arrays and plain objects, each once, and puts in what `replace` gives for an object. */
function copied(root: unknown, replace: (value: object) => unknown): unknown {
  const copies = new Map<object, unknown>();
  const copy = (value: unknown): unknown => {
    if (typeof value !== 'object' || value === null || value instanceof Set) return value;
    if (!copies.has(value)) copies.set(value, replace(value) ?? members(value));
    return copies.get(value);
  };
  const members = (value: object) =>
    Array.isArray(value)
      ? value.map(copy)
      : Object.fromEntries(Object.entries(value).map(([key, member]) => [key, copy(member)]));
  return copy(root);
}
