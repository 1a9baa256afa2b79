/** What a shell is told when somebody presses the tab key, without a database and without a configuration. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { compiledCode } from './support/compiled.ts';

const cli = async () => join(await compiledCode(), 'src', 'cli.js');

/** The words offered for a line that ends in the last of `words`. */
async function offered(...words: string[]): Promise<string[]> {
  const cwd = mkdtempSync(join(tmpdir(), 'cph-inventory-complete-'));
  onTestFinished(() => rmSync(cwd, { recursive: true }));
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    [await cli(), 'complete', '--', ...words],
    // Nobody listens there: who asked the database would fail.
    { cwd, encoding: 'utf8', env: { DATABASE_URL: 'postgres://u:p@127.0.0.1:1/x' } },
  );
  expect([status, stderr, readdirSync(cwd)]).toEqual([0, '', []]);
  return stdout
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(':'))
    .map((line) => line.split('\t')[0] ?? '');
}

test.each([
  [['im'], ['images']],
  [['images', '--stat'], ['--status']],
  [
    ['images', '--status', ''],
    ['creating', 'usable', 'failed', 'unknown'],
  ],
  [
    ['images', '--type', 'p'],
    ['public', 'private'],
  ],
  [
    ['images', '--sort', '-im'],
    ['-image_name', '-image_size'],
  ],
  [['changes', '--status', 'f'], ['failed']],
  [['events', '--type', 'status'], ['status_changed']],
  [
    ['query', 'fail'],
    ['failed', 'failures'],
  ],
  [
    ['--config', 'some.yaml', 'images', '--source', ''],
    ['images', 'phone-images'],
  ],
])('%j is completed to %j', async (words, expected) => {
  expect(await offered(...words)).toEqual(expected);
});

const BASH_COMPLETION = '/usr/share/bash-completion/bash_completion';

const ASKS_IN = {
  bash: [
    'bash',
    '--norc',
    '-c',
    `source ${BASH_COMPLETION} && source <(cph-inventory complete bash)
     COMP_WORDS=(cph-inventory images --status u) COMP_CWORD=3 COMP_LINE='cph-inventory images --status u' COMP_POINT=31
     __cph_inventory_complete && printf '%s\\n' "\${COMPREPLY[@]}"`,
  ],
  fish: [
    'fish',
    '--no-config',
    '-c',
    `cph-inventory complete fish | source; complete -C 'cph-inventory images --status u'`,
  ],
} as const;

test.for(Object.entries(ASKS_IN))(
  'the script for %s works in that shell',
  async ([name, [shell, ...args]], { skip }) => {
    const folder = mkdtempSync(join(tmpdir(), 'cph-inventory-shell-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const command = `#!/bin/sh\nexec ${process.execPath} ${await cli()} "$@"\n`;
    writeFileSync(join(folder, 'cph-inventory'), command, { mode: 0o755 });
    const env = { PATH: `${folder}:${process.env.PATH}`, HOME: folder };
    const { stdout, error } = spawnSync(shell, args, { encoding: 'utf8', env });
    skip(Boolean(error) || (name === 'bash' && !existsSync(BASH_COMPLETION)), `this machine has no ${name}`);
    const words = stdout.split('\n').map((line) => line.split('\t')[0]?.trim());
    expect(words.filter((word) => word === 'usable' || word === 'unknown').toSorted()).toEqual([
      'unknown',
      'usable',
    ]);
  },
);
