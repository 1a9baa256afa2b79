import { readFileSync, statSync } from 'node:fs';
import { shownPath } from './fault.ts';
import { type FileReader, Secret } from './secret.ts';
import { FILE_SUFFIX, type SettingTable } from './setting-table.ts';
import type { Findings, Setting, Settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** All of the world a configuration is made from. */
export interface Surroundings {
  readonly env: Environment;
  readonly files: FileReader;
}

/** The same surroundings with the configuration file that a person named on the command line. */
export function withConfigFile(surroundings: Surroundings, path: string | undefined): Surroundings {
  return path === undefined
    ? surroundings
    : { ...surroundings, env: { ...surroundings.env, CPH_CONFIG: path } };
}

/** Environment and files of this process. The only place where either is taken for granted. */
export function processSurroundings(): Surroundings {
  return {
    env: process.env,
    files: {
      stamp(path) {
        const { mtimeNs, size, ino } = statSync(path, { bigint: true });
        return `${mtimeNs}-${size}-${ino}`;
      },
      read: (path) => readFileSync(path, 'utf8'),
    },
  };
}

/**
 * The settings of a table as the environment has them. An empty variable counts as not set: that is how compose files
 * and CI pass on what nobody gave.
 */
export function readEnvironment<Key extends string>(
  table: SettingTable<Key>,
  { env, files }: Surroundings,
  findings: Findings,
): Settings<Key> {
  const settings: Partial<Record<Key, Setting>> = {};
  for (const key in table) {
    const { name, secret, default: fallback } = table[key];
    settings[key] = secret
      ? readSecret(name, { env, files }, findings)
      : { origin: name, value: (env[name] || fallback)?.trim(), unreadable: false };
  }
  return settings as Settings<Key>;
}

function readSecret(name: string, { env, files }: Surroundings, findings: Findings): Setting {
  const text = env[name];
  const fileName = `${name}${FILE_SUFFIX}`;
  const path = env[fileName];
  if (text && path) {
    const where = `${name} and ${fileName}`;
    findings.faults.push({ where, got: 'both', expected: 'one of the two' });
    return { origin: where, value: undefined, unreadable: true };
  }
  if (path) return readSecretFile({ origin: fileName, path }, files, findings);
  return { origin: name, value: text ? Secret.of(text) : undefined, unreadable: false };
}

/** The secret in a file; a fault where it cannot be had. */
export function readSecretFile(
  { origin, path }: { origin: string; path: string },
  files: FileReader,
  findings: Findings,
): Setting {
  const unusable = (reason: string): Setting => {
    const expected = 'the path of a file with the secret in it, such as /run/secrets/cph';
    findings.faults.push({ where: origin, got: `${shownPath(path)}, which ${reason}`, expected });
    return { origin, value: undefined, unreadable: true };
  };
  try {
    const value = Secret.fromFile(path, files);
    return value === null ? unusable('is empty') : { origin, value, unreadable: false };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? ` (${error.code})` : '';
    return unusable(`cannot be read${code}`);
  }
}
