/** Configuration files that exist only in memory, beside an environment that is only what a test says. */
import { loadConfig } from '../../src/config/config.ts';
import type { Environment, Surroundings } from '../../src/config/environment.ts';
import { ConfigError, type Fault } from '../../src/config/fault.ts';

/** Where the files of {@link surroundings} are. */
export const FOLDER = '/etc/cph';
export const PATH = `${FOLDER}/inventory.yaml`;

/** The beginning of a usable file, with credentials for the projects that follow. */
export const TOKEN = 'credentials: { main: { token: hunter2 } }\ndefaults: { credentials: main }\n';

interface FileOptions {
  readonly env?: Environment;
  /** More files, by their paths. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The world as it is for a file of this text. */
export function surroundings(text: string, { env = {}, files = {} }: FileOptions = {}): Surroundings {
  const read = (path: string) => {
    const found = { [PATH]: text, ...files }[path];
    if (found === undefined) throw Object.assign(new Error('no such file'), { code: 'ENOENT' });
    return found;
  };
  return { env: { CPH_CONFIG: PATH, ...env }, files: { stamp: read, read } };
}

export function loadFile(text: string, options?: FileOptions) {
  return loadConfig(surroundings(text, options));
}

/** What a file is refused with. */
export function errorOf(text: string, options?: FileOptions): ConfigError {
  try {
    loadFile(text, options);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('expected the configuration to be refused');
}

export function faultsOf(text: string, options?: FileOptions): readonly Fault[] {
  return errorOf(text, options).faults;
}

/** Faults as `where: got`, for tests that are about both. */
export function saidOf(text: string, options?: FileOptions): string[] {
  return faultsOf(text, options).map(({ where, got }) => `${where}: ${got}`);
}
