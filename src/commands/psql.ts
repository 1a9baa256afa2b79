import { resolve } from 'node:path';
import { passwordFile } from '../store/embedded/cluster.ts';
import type { Output } from '../terminal/output.ts';
import type { Store } from './store.ts';

/**
 * How to look into the embedded database. Its password, a superuser's, is shown to whoever sits at a
 * terminal; anywhere else what we print is kept (by journals, by CI), and names the file that holds it.
 */
export function psqlCommand(out: Output, { url }: Pick<Store, 'url'>, dataDir: string): string {
  if (out.isTTY) return `psql '${url}'`;
  const shown = new URL(url);
  shown.password = '';
  const file = resolve(passwordFile(dataDir)).replaceAll("'", `'\\''`);
  return `PGPASSWORD="$(cat '${file}')" psql '${shown.href}'`;
}
