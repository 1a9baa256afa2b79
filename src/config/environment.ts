import { readFileSync, statSync } from 'node:fs';
import { shownPath } from './fault.ts';
import { type FileReader, Secret } from './secret.ts';
import { readSecretFile } from './secret-file.ts';
import { FILE_SUFFIX, type Row, type SettingTable } from './setting-table.ts';
import type { Findings, Setting, Settings } from './settings.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The part of the world that a configuration is made from. */
export interface Surroundings {
  readonly env: Environment;
  readonly files: FileReader;
}

/** The same surroundings with the configuration file that the command line names, if it names one. */
export function withConfigFile(surroundings: Surroundings, path: string | undefined): Surroundings {
  return path === undefined
    ? surroundings
    : { ...surroundings, env: { ...surroundings.env, CPH_CONFIG: path } };
}

/** Environment and files of this process. Everywhere else they are arguments. */
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

/** The settings of a table as the environment has them. */
export function readEnvironment<Key extends string>(
  table: SettingTable<Key>,
  surroundings: Surroundings,
  findings: Findings,
): Settings<Key> {
  const settings: Partial<Record<Key, Setting>> = {};
  for (const key in table) settings[key] = readVariable(table[key], surroundings, findings);
  return settings as Settings<Key>;
}

/**
 * One setting as the environment has it. An empty variable counts as not set: compose files and CI set to
 * nothing what nobody gave.
 */
export function readVariable(row: Row, { env, files }: Surroundings, findings: Findings): Setting {
  const { variable, key, default: fallback, secret } = row;
  if (variable === undefined) return { origin: key, value: fallback, unreadable: false };
  if (secret) return readSecret(variable, { env, files }, findings);
  return { origin: variable, value: (env[variable] || fallback)?.trim(), unreadable: false };
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
  if (path) return readSecretFile({ origin: fileName, path, shown: shownPath(path) }, files, findings);
  return { origin: name, value: text ? Secret.of(text) : undefined, unreadable: false };
}
