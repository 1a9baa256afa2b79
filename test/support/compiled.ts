/** The code, compiled, as tests start it in processes of their own. */
import { join } from 'node:path';
import { inject } from 'vitest';
import { compile } from './built-program.ts';

let compiled: Promise<string> | undefined;

/** The folder {@link compile} wrote to. Compiled once by each process that runs test files. */
export function compiledCode(): Promise<string> {
  compiled ??= compile(join(inject('runFolder'), `compiled-${process.pid}`));
  return compiled;
}
