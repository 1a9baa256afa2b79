/**
 * From text to one validated, frozen object, in three steps that know nothing of each other: find the settings
 * (`environment.ts`), judge them (`project.ts`, `credentials.ts`, `global.ts`), put the configuration together (here).
 */
import { readEnvironment, type Surroundings } from './environment.ts';
import { environmentWarnings } from './environment-names.ts';
import { ConfigError } from './fault.ts';
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
}

/** Throws {@link ConfigError} with every fault there is. */
export function loadConfig(surroundings: Surroundings): Config {
  const findings = startFindings(surroundings);
  const project = assembleProject(findProject(surroundings, findings), findings);
  const sinks = assembleSinks(readEnvironment(SINK_SETTINGS, surroundings, findings), findings);
  const global = findGlobal(surroundings, findings);
  if (global === null || project === null || sinks === null || findings.faults.length > 0) {
    throw new ConfigError(findings.faults);
  }
  return deepFreeze({ ...global, projects: [project], sinks, warnings: findings.warnings });
}

/** {@link loadConfig} without projects: neither they nor credentials are read, and so not missed either. */
export function loadDatabaseConfig(surroundings: Surroundings): DatabaseConfig {
  const findings = startFindings(surroundings);
  const global = findGlobal(surroundings, findings);
  if (global === null || findings.faults.length > 0) throw new ConfigError(findings.faults);
  return deepFreeze({ ...global, warnings: findings.warnings });
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
