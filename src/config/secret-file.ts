import { type FileReader, Secret } from './secret.ts';
import type { Findings, Setting } from './settings.ts';

/** Where a setting says its secret is. */
interface SecretPath {
  readonly origin: string;
  readonly path: string;
  /** How a fault shows the path. */
  readonly shown: string;
}

/** The setting that a secret's file makes; unreadable, with a fault, when the file yields nothing now. */
export function readSecretFile(
  { origin, path, shown }: SecretPath,
  files: FileReader,
  findings: Findings,
): Setting {
  const unusable = (reason: string): Setting => {
    const expected = 'the path of a file with the secret in it, such as /run/secrets/cph';
    findings.faults.push({ where: origin, got: `${shown}, which ${reason}`, expected });
    return { origin, value: undefined, unreadable: true };
  };
  try {
    const value = Secret.fromFile(path, files);
    return value === null ? unusable('leads to an empty file') : { origin, value, unreadable: false };
  } catch (error) {
    return unusable(cannotBeRead(error));
  }
}

const WHY_NOT: Readonly<Record<string, string>> = {
  ENOENT: 'is not there (ENOENT)',
  EISDIR: 'is a folder (EISDIR)',
  ENOTDIR: 'leads through something that is no folder (ENOTDIR)',
  EACCES: 'this account may not read (EACCES)',
};

/** What a fault says of a file that cannot be read, with the system's code for the reason. */
export function cannotBeRead(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return WHY_NOT[code] ?? `cannot be read${code && ` (${code})`}`;
}
