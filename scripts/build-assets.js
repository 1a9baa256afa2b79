/**
 * Makes what a browser loads from the page: the islands as modules, the library they use, and the style sheets.
 * Plain JavaScript, like build.js.
 */
import { execFileSync } from 'node:child_process';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Writes into the compiled `page` folder `out`, to the places the sources have in theirs. */
export function buildAssets(out) {
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const project = join(root, 'src', 'page', 'islands');
  const islands = join(out, 'islands');
  execFileSync(process.execPath, [compiler, '-p', project, '--noEmit', 'false', '--outDir', islands], {
    stdio: 'inherit',
  });
  cpSync(join(root, 'src', 'page', 'style'), join(out, 'style'), { recursive: true });
  // The library is published small only as a script with a global; a module imports it by name.
  const library = readFileSync(join(root, 'node_modules', 'idiomorph', 'dist', 'idiomorph.min.js'), 'utf8');
  writeFileSync(join(islands, 'idiomorph.js'), `${library}\nexport { Idiomorph };\n`);
}
