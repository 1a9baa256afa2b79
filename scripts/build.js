/**
 * Compiles src/ into dist/. npm runs it as `prepare` after every install in a checkout (`--prepare`), also
 * where development packages are left out: then there is no compiler, and what an earlier build left is kept
 * if it was made from the same sources. Plain JavaScript, because nothing is there that could compile it.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildAssets } from './build-assets.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');
/** Only our own: a folder above may have another version. */
const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
/** What dist/ was made from, kept beside the programs. */
const stamp = join(dist, '.built-from');

const INSTALL =
  'Run `npm ci`, which builds it, and then `npm ci --omit=dev`; or install the packed program (docs/deploying.md).';

function main() {
  if (existsSync(compiler)) return build();
  if (!process.argv.includes('--prepare')) return refuse('The compiler is not installed.');
  if (!existsSync(join(dist, 'cli.js')))
    return refuse('The program is not built, and its compiler is left out.');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') !== digestOfSources()) {
    return refuse('The program was built from other sources than these, and its compiler is left out.');
  }
}

/** A clean dist/: a file that an earlier version left would go into the package too. */
function build() {
  rmSync(dist, { recursive: true, force: true });
  execFileSync(process.execPath, [compiler, '-p', join(root, 'tsconfig.build.json')], { stdio: 'inherit' });
  buildAssets(join(dist, 'page'));
  writeFileSync(stamp, digestOfSources());
}

function digestOfSources() {
  const names = readdirSync(join(root, 'src'), { recursive: true }).filter((name) =>
    /\.(tsx?|css)$/.test(name),
  );
  const digest = createHash('sha256');
  for (const name of names.sort()) digest.update(name).update(readFileSync(join(root, 'src', name)));
  return digest.digest('hex');
}

function refuse(reason) {
  process.stderr.write(`${reason} ${INSTALL}\n`);
  process.exitCode = 1;
}

main();
