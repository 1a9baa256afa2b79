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
    return value === null ? unusable('is empty') : { origin, value, unreadable: false };
  } catch (error) {
    return unusable(cannotBeRead(error));
  }
}

/** What a fault says of a file that cannot be read, with the system's code for the reason. */
export function cannotBeRead(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
  return `cannot be read${code}`;
}
