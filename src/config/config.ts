/**
 * From text to one validated, frozen object, in three steps that know nothing of each other: find the settings
 * (`environment.ts`), judge them (`project.ts`, `credentials.ts`, `global.ts`), put the configuration together (here).
 */
import { readEnvironment, type Surroundings } from './environment.ts';
import { CONFIG_FILE, environmentWarnings, unusedBesideFile } from './environment-names.ts';
import { ConfigError } from './fault.ts';
import { globalFrom, openConfigFile, projectsFrom, sinksFrom } from './file.ts';
import { assembleGlobal, type GlobalSettings } from './global.ts';
import { assembleProject, type ProjectConfig, type ProjectSettings } from './project.ts';
import { CREDENTIAL_SETTINGS, GLOBAL_SETTINGS, PROJECT_SETTINGS, SINK_SETTINGS } from './setting-table.ts';
import type { Findings } from './settings.ts';
import { assembleSinks, type SinkConfig } from './sinks.ts';

/** The part of the configuration that commands reading only the database need. */
export interface DatabaseConfig extends GlobalSettings {
  /** Sentences for a person, none of them a reason to stop; free of secrets. */
  readonly warnings: readonly string[];
}

/** The whole configuration. Deeply frozen, so that no part of the program can change it for another. */
export interface Config extends DatabaseConfig {
  readonly projects: readonly ProjectConfig[];
  readonly sinks: readonly SinkConfig[];
  /** Null where the environment alone was read. A file names every project there is. */
  readonly file: string | null;
}

/** Reads the file that `CPH_CONFIG` names, or else the environment alone. Throws {@link ConfigError} with every fault there is. */
export function loadConfig(surroundings: Surroundings): Config {
  const findings = startFindings(surroundings);
  const path = surroundings.env[CONFIG_FILE] || null;
  const found =
    path === null ? findInEnvironment(surroundings, findings) : findInFile(path, surroundings, findings);
  if (found === null || findings.faults.length > 0) throw new ConfigError(findings.faults);
  return deepFreeze({ ...found, file: path, warnings: findings.warnings });
}

/** {@link loadConfig} without projects: neither they nor credentials are read, and so not missed either. */
export function loadDatabaseConfig(surroundings: Surroundings): DatabaseConfig {
  const findings = startFindings(surroundings);
  const path = surroundings.env[CONFIG_FILE] || null;
  const global =
    path === null ? findGlobal(surroundings, findings) : globalInFile(path, surroundings, findings);
  if (global === null || findings.faults.length > 0) throw new ConfigError(findings.faults);
  return deepFreeze({ ...global, warnings: findings.warnings });
}

type Found = Omit<Config, 'warnings' | 'file'>;

function findInEnvironment(surroundings: Surroundings, findings: Findings): Found | null {
  const project = assembleProject(findProject(surroundings, findings), findings);
  const sinks = assembleSinks(readEnvironment(SINK_SETTINGS, surroundings, findings), findings);
  const global = findGlobal(surroundings, findings);
  return global && project && sinks && { ...global, projects: [project], sinks };
}

function findInFile(path: string, surroundings: Surroundings, findings: Findings): Found | null {
  const file = openConfigFile(path, surroundings, findings);
  if (!file) return null;
  findings.warnings.push(...unusedBesideFile(surroundings.env));
  const projects = projectsFrom(file);
  const sinks = sinksFrom(file);
  const global = globalFrom(file);
  return global && { ...global, projects, sinks };
}

/** Faults elsewhere in the file are not this command's business: a missing credential must not keep one from reading. */
function globalInFile(path: string, surroundings: Surroundings, findings: Findings): GlobalSettings | null {
  const all: Findings = { faults: [], warnings: [] };
  const file = openConfigFile(path, surroundings, all);
  findings.faults.push(
    ...all.faults.filter(({ where }) => !/^(projects|credentials|sinks|defaults)\b/.test(where)),
  );
  return file && globalFrom({ ...file, reading: { ...file.reading, findings } });
}

function startFindings({ env }: Surroundings): Findings {
  return { faults: [], warnings: environmentWarnings(env) };
}

function findProject(surroundings: Surroundings, findings: Findings): ProjectSettings {
  return {
    name: null,
    settings: readEnvironment(PROJECT_SETTINGS, surroundings, findings),
    credentials: readEnvironment(CREDENTIAL_SETTINGS, surroundings, findings),
  };
}

function findGlobal(surroundings: Surroundings, findings: Findings): GlobalSettings | null {
  return assembleGlobal(readEnvironment(GLOBAL_SETTINGS, surroundings, findings), findings);
}

function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
