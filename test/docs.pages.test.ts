import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withMetrics } from '../scripts/metrics-page.ts';
import { withSettingTables } from '../scripts/setting-tables.ts';
import { runCommandLine } from '../src/commands/program.ts';
import { describeSettings } from '../src/config/describe-settings.ts';
import { openOutput } from '../src/terminal/output.ts';
import { heardContext } from './support/command-context.ts';
import { loadFile } from './support/config-file.ts';

const read = (page: string) => readFileSync(page, 'utf8');
const docs = readdirSync('docs').filter((name) => name.endsWith('.md'));
const pages = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...docs.map((name) => join('docs', name))];

describe('the page of settings', () => {
  const page = read('docs/configuration.md');

  test('has the tables of this program (npm run config:docs writes them)', () => {
    expect(withSettingTables(page)).toBe(page);
  });

  test('names every variable with its default and its file form, and no other', () => {
    const rows = [...page.matchAll(/^\| `([A-Z][A-Z_]+)`<br>`[a-z_.]+` \| (?:`(.*?)`|.*?) \| (.*) \|$/gm)];
    const named = rows.map(([, name, fallback = null, rest]) => ({
      name,
      default: fallback,
      secret: rest?.includes('`_FILE` form'),
    }));
    const settings = describeSettings().map(({ description: _, ...setting }) => ({
      name: setting.name,
      default: setting.default,
      secret: setting.secret,
    }));
    const sorted = (list: { name?: string | undefined }[]) =>
      list.toSorted((a, b) => String(a.name).localeCompare(String(b.name)));
    expect(sorted(named)).toEqual(sorted(settings));
  });

  test('has a place for each table once, or nothing is written', () => {
    const [place = ''] = /<!-- settings: webhook[\s\S]*?<!-- end of settings -->\n/.exec(page) ?? [];
    expect(() => withSettingTables(page.replace(place, ''))).toThrow('takes each once');
    expect(() => withSettingTables(page + place)).toThrow('takes each once');
  });

  test('shows a file that the program takes without a warning', () => {
    const [, file = ''] = /```yaml\n([\s\S]*?)```/.exec(page) ?? [];
    const referred = [...file.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => [name, 'https://example.com']);
    const files = { '/etc/cph/secrets/cph-token': 'token' };
    const { projects, sinks, warnings } = loadFile(file, { env: Object.fromEntries(referred), files });
    expect(projects).toMatchObject([{ name: 'Live streaming', rateLimit: 10 }, { region: 'cn-north-4' }]);
    expect(sinks).toMatchObject([{ name: 'builds' }, { name: 'on-call' }]);
    expect(warnings).toEqual([]);
  });
});

test('the page of metrics has the table of this program (npm run metrics:docs writes it)', () => {
  const page = read('docs/metrics.md');
  expect(withMetrics(page)).toBe(page);
});

/** What GitHub calls the headings of a page in a link. */
function anchorsOf(page: string): string[] {
  return [...read(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

test.each(pages)('every file and heading that %s links to is there', (page) => {
  const links = [...read(page).matchAll(/\]\((?!https?:)([^)#]*)(?:#([^)]*))?\)/g)];
  const missing = links.filter(([, file, heading]) => {
    const target = file ? join(dirname(page), file) : page;
    return !existsSync(target) || (heading !== undefined && !anchorsOf(target).includes(heading));
  });
  expect(missing.map(([link]) => link)).toEqual([]);
});

test('README leads to every page of docs', () => {
  expect(docs.filter((name) => !read('README.md').includes(`(docs/${name})`))).toEqual([]);
});

test('every command of the program is in the table of commands, and no other', async () => {
  let help = '';
  const { context } = heardContext({ env: {}, now: () => new Date() });
  await runCommandLine(['--help'], { ...context, out: openOutput({ write: (text) => (help += text) }, {}) });
  const listed = help.slice(help.indexOf('Commands:')).matchAll(/^ {2}([a-z]+) /gm);
  const commands = Array.from(listed, (command) => command[1]).filter((name) => name !== 'help');
  const operating = read('docs/operating.md');
  const table = operating.slice(operating.indexOf('## Commands'), operating.indexOf('**Exit codes.**'));
  const rows = [...table.matchAll(/^\| `([a-z]+)[ `]/gm)].map((row) => row[1]);
  expect(rows.toSorted()).toEqual(commands.toSorted());
});
