import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
let loaded: typeof import('yaml') | undefined;

/**
 * The parser of YAML, loaded when it is first asked for. It is a sixth of the modules that a short command loads, and
 * where the environment says everything there is no file to parse.
 */
export function yaml(): typeof import('yaml') {
  loaded ??= require('yaml') as typeof import('yaml');
  return loaded;
}
