// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are what the file holds, not templates
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { FOLDER, faultsOf, saidOf, surroundings } from './support/config-file.ts';

test.each([
  ['', 'nothing'],
  ['# only a comment\n', 'nothing'],
  ['- project_id: p-1', 'a list'],
  ['project', 'text'],
])('a file that says %j is one fault', (text, got) => {
  expect(saidOf(text)).toEqual([`the file: ${got}`]);
});

test.each([
  ['projects:\n\t- project_id: p', 'line 2, column 1: a tab'],
  ['projects:\n  - a\n b: c', 'line 3, column 1: a line whose indentation fits nothing above it'],
  ['a: "x', 'line 1, column 6: something unfinished, or indented otherwise than its neighbours'],
  ['a: [x', 'line 1, column 6: a line whose indentation fits nothing above it'],
  ['a: [${X}]', 'line 1, column 6: something unfinished, or indented otherwise than its neighbours'],
  ['a: b: c', 'line 1, column 4: a second colon, or a line that belongs to no key'],
  ['a: @b', 'line 1, column 4: text that begins with a sign YAML keeps for itself'],
  ['a: "\\q"', 'line 1, column 5: an unknown escape in double quotes'],
  ['a: 1\n---\nb: 2', 'line 2, column 1: a second document'],
  ['a: !secret x', 'line 1, column 4: a tag (!) that means nothing here'],
  ['a: *b', 'line 1, column 4: an alias (*) of nothing'],
  ['a: "b" c', 'line 1, column 8: something that is not YAML'],
])('%j is not YAML: one fault with line and column', (text, said) => {
  expect(saidOf(text)).toEqual([said]);
});

test('after the first slip of syntax, what looks wrong because of it is not reported', () => {
  expect(faultsOf(`a: { b: \${C}, d: e }\n${'f: { g: h }\n'.repeat(20)}`)).toHaveLength(1);
});

test('an anchor that holds itself is a fault and not an endless loop', () => {
  expect(saidOf('projects: &all [*all]')).toEqual(['projects[0] (line 1): a list']);
});

test('a file that cannot be read is one fault', () => {
  const world = surroundings('', { env: { CPH_CONFIG: `${FOLDER}/missing.yaml`, LOG_LEVEL: 'loud' } });
  expect(() => loadConfig(world)).toThrow(
    expect.objectContaining({
      faults: [
        {
          where: 'CPH_CONFIG or --config',
          got: `"${FOLDER}/missing.yaml", which is not there (ENOENT)`,
          expected: 'the path of a YAML file',
        },
      ],
    }),
  );
});

test('a file in UTF-16, and one that is no text, is told from YAML', () => {
  const said = saidOf(Buffer.from('projects: []', 'utf16le').toString('utf8'));
  expect(said).toEqual(['the file: something that is no text in UTF-8']);
});
