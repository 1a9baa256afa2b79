// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are what the file holds, not templates
import { inspect } from 'node:util';
import { describe, expect, test } from 'vitest';
import { FOLDER, faultsOf, loadFile, saidOf, TOKEN } from './support/config-file.ts';

const PROJECT = `${TOKEN}projects: [{ project_id: p-1, region: cn-east-3 }]\n`;
const hook = (more: string) =>
  `${PROJECT}sinks: [{ kind: webhook, url: "https://example.com/h", ${more} }]\n`;
const onCall = (more: string) =>
  `${PROJECT}sinks: [{ kind: alertmanager, url: "http://am:9093", ${more} }]\n`;
const KEY = `${FOLDER}/key`;

/** The headers of the one sink, revealed. */
function headersOf(text: string, options?: Parameters<typeof loadFile>[1]) {
  const [sink] = loadFile(text, options).sinks;
  const headers = sink && 'headers' in sink ? sink.headers : {};
  return Object.entries(headers).map(([name, value]) => [name, value.reveal()]);
}

describe('headers', () => {
  test.each([
    ['a webhook', hook],
    ['an Alertmanager', onCall],
  ])('of %s are plain, from a variable or from a file, and never shown', (_kind, sink) => {
    const text = sink('headers: { X-Api-Key: hunter3, Authorization: "Bearer ${T}", X-Other_file: key }');
    const options = { env: { T: 'hunter4' }, files: { [KEY]: 'hunter5\n' } };
    expect(headersOf(text, options)).toEqual([
      ['x-api-key', 'hunter3'],
      ['authorization', 'Bearer hunter4'],
      ['x-other', 'hunter5'],
    ]);
    expect(inspect(loadFile(text, options), { depth: 9 })).not.toMatch(/hunter[345]/);
  });

  test.each([
    ['a name that is none', 'headers: { "X Key": a }', /X Key.*: no name of a header/],
    [
      'a name of ours',
      'headers: { Content-Type: text/plain }',
      /Content-Type.*: a header that is set already/,
    ],
    [
      'a signature',
      'headers: { webhook-signature: v1 }',
      /webhook-signature.*: a header that is set already/,
    ],
    ['a name in two sizes', 'headers: { X-A: a, x-a: b }', /x-a.*: this header again/],
    ['plain and from a file', 'headers: { X-A: a, X-A_file: key }', /X-A.* and .*X-A_file.*: both/],
    ['a number without quotes', 'headers: { X-A: 42 }', /X-A.*: a number/],
    ['no value', 'headers: { X-A: }', /X-A.*: nothing/],
    ['two lines', 'headers: { X-A: "hunter3\\nX-B: b" }', /X-A.*: a value that is not shown/],
    ['a blank at the end', 'headers: { X-A: "hunter3 " }', /X-A.*: a value that is not shown/],
    ['letters no server reads alike', 'headers: { X-A: hunter3é }', /X-A.*: a value that is not shown/],
    ['a file that is gone', 'headers: { X-A_file: gone }', /X-A_file.*: .*is not there/],
    ['a list', 'headers: [X-A]', /headers.*: a list/],
  ])('%s is a fault that shows no value', (_case, more, expected) => {
    const said = saidOf(hook(more), { files: { [KEY]: 'hunter5' } });
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(expected);
    expect(said[0]).not.toContain('hunter');
  });
});

describe('accept', () => {
  const acceptOf = (more: string) => {
    const [sink] = loadFile(hook(more)).sinks;
    return sink?.kind === 'webhook' ? sink.accept : undefined;
  };

  test.each([
    ['errcode', ['errcode']],
    ['$.errcode', ['errcode']],
    ['data.code', ['data', 'code']],
    ['results[0].code', ['results', '0', 'code']],
    ['$[0]', ['0']],
    ['$["the code"].x-y', ['the code', 'x-y']],
  ])('reads the path %s', (path, expected) => {
    expect(acceptOf(`accept: { json_path: '${path}', equals: 0 }`)).toEqual({ path: expected, equals: '0' });
  });

  test.each([
    ['equals: 0', '0'],
    ['equals: "0"', '0'],
    ['equals: true', 'true'],
    ['equals: ok', 'ok'],
  ])('takes %s', (equals, expected) => {
    expect(acceptOf(`accept: { json_path: errcode, ${equals} }`)).toMatchObject({ equals: expected });
  });

  test('is nothing where nobody asks for it', () => {
    expect(acceptOf('name: a')).toBe(null);
  });

  test.each([
    ['half of it', 'accept: { json_path: errcode }', 'equals', /equals beside json_path/],
    ['the other half', 'accept: { equals: 0 }', 'json_path', /json_path beside equals/],
    ['a wildcard', 'accept: { json_path: "$..code", equals: 0 }', 'json_path', /the place of one value/],
    ['a list', 'accept: { json_path: "a[*]", equals: 0 }', 'json_path', /the place of one value/],
    ['the root', 'accept: { json_path: "$", equals: 0 }', 'json_path', /the place of one value/],
    [
      'an unknown key',
      'accept: { jsonpath: a, json_path: a, equals: 0 }',
      'jsonpath',
      /one of json_path, equals/,
    ],
  ])('of %s is a fault', (_case, more, where, expected) => {
    const faults = faultsOf(hook(more));
    expect(faults).toHaveLength(1);
    expect(faults[0]?.where).toContain(where);
    expect(faults[0]?.expected).toMatch(expected);
  });
});
