/** What is deployed, as a test reads it: manifests, compose, environment files, and the program's own names. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { describeSettings } from '../../src/config/describe-settings.ts';
import { ROOT } from './checkout.ts';

// biome-ignore lint/suspicious/noExplicitAny: of many kinds, and a test that reads a wrong path fails
export type Manifest = any;

export const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** The documents of a YAML file, with aliases and merges resolved. */
export const readYaml = (file: string): Manifest[] =>
  parseAllDocuments(read(file)).map((document) => document.toJS());

/** Every manifest below a folder, but for the instructions to kustomize. */
export function manifestsIn(folder: string): Manifest[] {
  const files = readdirSync(join(ROOT, folder), { recursive: true }).map(String);
  return files
    .filter((file) => file.endsWith('.yaml') && !/(^|\/)(kustomization|cph-inventory)\.yaml$/.test(file))
    .flatMap((file) => readYaml(join(folder, file)))
    .filter((manifest) => manifest?.kind !== undefined);
}

/** The lines of an environment file. */
export function readEnvironmentFile(file: string): Record<string, string> {
  const lines = Array.from(read(file).matchAll(/^([A-Z_]+)=(.*)$/gm), ([, name, value]) => [name, value]);
  return Object.fromEntries(lines);
}

/** The commands that `src/commands/program.ts` has. */
export const COMMANDS = Array.from(
  read('src/commands/program.ts').matchAll(/\.command\('([a-z]+)'\)/g),
  ([, name]) => name,
);

/** How long the program takes to stop where nothing is configured, in seconds. */
export const STOPS_WITHIN = Number.parseInt(
  describeSettings().find(({ name }) => name === 'CPH_SHUTDOWN_TIMEOUT')?.default ?? '',
  10,
);
