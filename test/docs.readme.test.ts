import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { describeSettings } from '../src/config/describe-settings.ts';

const readme = readFileSync('README.md', 'utf8');

test('the table of settings names every setting with its default and its file form, and no other', () => {
  const rows = [...readme.matchAll(/^\| `([A-Z][A-Z_]+)` \| (?:`([^`]*)`|–) \| (.*) \|$/gm)].map((row) => ({
    name: row[1],
    default: row[2] ?? null,
    secret: row[3]?.includes('`_FILE` form') ?? false,
  }));
  const settings = describeSettings().map(({ name, default: fallback, secret }) => ({
    name,
    default: fallback,
    secret,
  }));
  const byName = (a: { name?: string | undefined }, b: { name?: string | undefined }) =>
    String(a.name).localeCompare(String(b.name));
  expect(rows.filter(({ name }) => name !== 'CPH_CONFIG').toSorted(byName)).toEqual(
    settings.toSorted(byName),
  );
});

test.each(['README.md', 'docs/architecture.md', 'CONTRIBUTING.md', 'CHANGELOG.md'])(
  'every file that %s links to is there',
  (page) => {
    const links = [...readFileSync(page, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(
      (link) => link[1] ?? '',
    );
    expect(links.filter((link) => !existsSync(join(dirname(page), link)))).toEqual([]);
  },
);

test('every command of the program is in the table of commands, and no other', async () => {
  const cli = readFileSync('src/cli.ts', 'utf8');
  const commands = [...cli.matchAll(/\.command\('([a-z]+)'\)/g)].map((command) => command[1]);
  const table = readme.slice(readme.indexOf('## Operating it'), readme.indexOf('**Exit codes.**'));
  const rows = [...table.matchAll(/^\| `([a-z]+)[ `]/gm)].map((row) => row[1]);
  expect(rows.toSorted()).toEqual(commands.toSorted());
});
