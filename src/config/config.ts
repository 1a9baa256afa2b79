/**
 * From text to one validated, frozen object, in three steps that know nothing of each other. The first finds
 * the settings (`found-settings.ts`, `file/settings.ts`). The second judges them (`project.ts`,
 * `credentials.ts`, `sinks.ts`, `global.ts`). The third, here, puts the configuration together.
 */
import type { Surroundings } from './environment.ts';
import { CONFIG_FILE, environmentWarnings } from './environment-names.ts';
import { ConfigError, type Fault } from './fault.ts';
import { type ConfigFile, readConfigFile } from './file/parse.ts';
import { referredNames } from './file/setting.ts';
import { settingsInFile } from './file/settings.ts';
import { type FoundSettings, settingsInEnvironment } from './found-settings.ts';
import { assembleGlobal, type GlobalSettings } from './global.ts';
import { assembleProjects, type ProjectConfig } from './project.ts';
import { type ProxyConfig, readProxies } from './proxy.ts';
import type { Findings } from './settings.ts';
import { assembleSinks, type SinkConfig } from './sinks.ts';

/** The part of the configuration that commands reading only the database need. */
export interface DatabaseConfig extends GlobalSettings {
  /** Sentences for a person. None of them is a reason to stop, none holds a secret. */
  readonly warnings: readonly string[];
}

/** The whole configuration. It is deeply frozen: no part of the program can change it for another. */
export interface Config extends DatabaseConfig {
  readonly projects: readonly ProjectConfig[];
  readonly sinks: readonly SinkConfig[];
  readonly proxies: ProxyConfig;
  /** The path of the file, which names every project there is. Null where the environment alone was read. */
  readonly file: string | null;
}

/**
 * The configuration, read anew at each call. Without a file, everything comes from the environment, for one
 * project. With the file that `CPH_CONFIG` names, projects, credentials and sinks are the file's alone; any
 * other setting is the file's where the file names it, else the environment's. Throws {@link ConfigError}
 * with every fault there is.
 */
export function loadConfig(surroundings: Surroundings): Config {
  const { found, findings, file } = find(surroundings);
  const projects = assembleProjects(found.projects(), findings);
  const sinks = assembleSinks(found.sinks(), projects, findings);
  const global = assembleGlobal(found.global(), findings);
  const proxies = readProxies(surroundings.env, findings);
  if (global === null || findings.faults.length > 0) throw refusal(findings, file);
  const path = file?.path ?? null;
  return deepFreeze({ ...global, projects, sinks, proxies, file: path, warnings: unique(findings.warnings) });
}

/** {@link loadConfig} without projects, credentials and sinks: they are not read, and so not missed. */
export function loadDatabaseConfig(surroundings: Surroundings): DatabaseConfig {
  const { found, findings, file } = find(surroundings);
  const global = assembleGlobal(found.global(), findings);
  if (global === null || findings.faults.length > 0) throw refusal(findings, file);
  return deepFreeze({ ...global, warnings: unique(findings.warnings) });
}

interface Search {
  readonly found: FoundSettings;
  readonly findings: Findings;
  readonly file: ConfigFile | null;
}

function find(surroundings: Surroundings): Search {
  const path = surroundings.env[CONFIG_FILE];
  const file = path ? readConfigFile(path, surroundings) : null;
  const beside = file && { path: file.path, refersTo: referredNames(file.text) };
  const findings: Findings = { faults: [], warnings: environmentWarnings(surroundings.env, beside) };
  const found = file
    ? settingsInFile({ file, surroundings, findings })
    : settingsInEnvironment(surroundings, findings);
  return { found, findings, file };
}

/** Each fault once: a fault of `defaults` is found again for every project that relies on it. */
function refusal({ faults, warnings }: Findings, file: ConfigFile | null): ConfigError {
  const told = new Map<string, Fault>();
  for (const fault of faults) {
    // A variable that is missing may be set under a name that is a slip of its own.
    const slip = warnings.find((warning) => warning.endsWith(`did you mean ${fault.where}?`));
    const expected = slip ? `${fault.expected} (${slip})` : unquoted(fault);
    told.set(JSON.stringify(fault), { ...fault, expected });
  }
  return new ConfigError([...told.values()], file?.path);
}

/** Quotes that were meant for a shell are seen at once where they are told of, and seldom otherwise. */
function unquoted({ got, expected }: Fault): string {
  return /^"(?:\\".*\\"|'.*')"$/s.test(got) ? `${expected}, without quotes around it` : expected;
}

function unique(sentences: readonly string[]): readonly string[] {
  return [...new Set(sentences)];
}

/** Freezes a value and all that is in it. */
export function deepFreeze<T extends object>(value: T): Readonly<T> {
  for (const part of Object.values(value)) {
    if (typeof part === 'object' && part !== null) deepFreeze(part);
  }
  return Object.freeze(value);
}
