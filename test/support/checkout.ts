/** A copy of the checkout, in which a test may build, pack and install without disturbing the others. */
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export const ROOT = resolve(import.meta.dirname, '../..');

/** What a build and the package are made from. */
const PARTS = [
  ...['package.json', 'package-lock.json', 'tsconfig.json', 'tsconfig.build.json'],
  ...['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md'],
  ...['src', 'scripts', 'migrations', 'deploy', 'docs'],
];

export interface Checkout {
  readonly folder: string;
  readonly remove: () => Promise<void>;
}

/** With the development packages of the real one, or with none. */
export async function copyCheckout({ packages }: { packages: 'all' | 'none' }): Promise<Checkout> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-checkout-'));
  for (const part of PARTS) await cp(join(ROOT, part), join(folder, part), { recursive: true });
  if (packages === 'all') await symlink(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return { folder, remove: () => rm(folder, { recursive: true, force: true }) };
}
