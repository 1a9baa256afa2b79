// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are what the file holds, not templates
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { processSurroundings } from '../src/config/environment.ts';
import { errorOf, FOLDER, faultsOf, loadFile, saidOf, TOKEN } from './support/config-file.ts';

const ONE_PROJECT = 'projects: [{ project_id: p-1, region: cn-east-3, credentials: main }]\n';

/** A file whose credentials are these. */
const withCredentials = (credentials: string) => `credentials:\n  main: ${credentials}\n${ONE_PROJECT}`;

test('a reference is replaced by what the environment holds, wherever it stands in a text', () => {
  const env = { ID: '007', REGION: 'cn-east', HOOKS: 't0ken', MAIN: 'hunter2' };
  const { projects, sinks } = loadFile(
    `
credentials: { main: { token: "\${MAIN}" } }
projects: [{ project_id: "\${ID}", region: "\${REGION}-3", credentials: main, image_types: ["\${TYPE}", share] }]
sinks: [{ kind: webhook, url: "https://example.com/\${HOOKS}/\${ID}" }]
`,
    { env: { ...env, TYPE: 'private' } },
  );
  const [project] = projects;
  expect(project).toMatchObject({ projectId: '007', region: 'cn-east-3', imageTypes: ['private', 'share'] });
  expect(project?.credentials.kind === 'token' && project.credentials.token.reveal()).toBe('hunter2');
  expect(sinks.map((sink) => sink.kind === 'webhook' && sink.url.reveal())).toEqual([
    'https://example.com/t0ken/007',
  ]);
});

test('numbers, durations and lists can be references too', () => {
  const limits = `limits: { rate_limit: "\${RATE}", request_timeout: "\${TIMEOUT}" }, image_types: "\${TYPES}"`;
  const text = `${TOKEN}projects: [{ project_id: p-1, region: cn-east-3, ${limits} }]`;
  const env = { RATE: '2.5', TIMEOUT: '3s', TYPES: 'private,share' };
  expect(loadFile(text, { env }).projects).toMatchObject([
    { rateLimit: 2.5, requestTimeoutMs: 3_000, imageTypes: ['private', 'share'] },
  ]);
});

test('what a variable holds is text: neither YAML nor a further reference', () => {
  const env = { NAME: `"x": [\${HOME}] # y`, HOME: '/root' };
  const text = ONE_PROJECT.replace('{ ', '{ name: "${NAME}", ');
  const [project] = loadFile(`credentials: { main: { token: t } }\n${text}`, { env }).projects;
  expect(project?.name).toBe(`"x": [\${HOME}] # y`);
});

test('two dollar signs stand for one, where a brace follows', () => {
  const found = loadFile(withCredentials(`{ token: 'a$\${b}$$c$d' }`)).projects[0]?.credentials;
  expect(found?.kind === 'token' && found.token.reveal()).toBe('a${b}$$c$d');
});

test.each([
  ['{ token: "${NOT_SET}" }', '${NOT_SET}, which is not set'],
  ['{ token: "${EMPTY}" }', '${EMPTY}, which is empty'],
  ['{ token: "${constructor}" }', '${constructor}, which is not set'],
  ['{ token: "${A-B}" }', 'a reference that names no variable'],
  ['{ token: "${}" }', 'a reference that names no variable'],
  ['{ token: "a${b" }', 'a reference that names no variable'],
])('%s is a fault with its place, and the only one', (credentials, got) => {
  expect(saidOf(withCredentials(credentials), { env: { EMPTY: '' } })).toEqual([
    `credentials.main.token (line 2): ${got}`,
  ]);
});

test('a missing variable is the only fault also where it would name the credentials', () => {
  const text = `credentials: { main: { token: t } }\n${ONE_PROJECT.replace(': main', ': "${NOT_SET}"')}`;
  expect(saidOf(text)).toEqual(['projects[0].credentials (line 2): ${NOT_SET}, which is not set']);
});

test('every missing variable of one text is named', () => {
  const text = `${ONE_PROJECT.replace('p-1', '"${A}-${B}"')}credentials: { main: { token: t } }`;
  expect(saidOf(text).map((said) => said.replace(/.*: /, ''))).toEqual([
    '${A}, which is not set',
    '${B}, which is not set',
  ]);
});

test('what a variable holds is not shown, also where no secret belongs', () => {
  const text = `credentials: { main: { token: t } }\n${ONE_PROJECT.replace('cn-east-3', '"${REGION}"')}`;
  const error = errorOf(text, { env: { REGION: 'Hunter 2' } });
  expect(error.faults).toMatchObject([{ got: '"${REGION}", filled in from the environment' }]);
  expect(error.message).not.toContain('Hunter');
});

test('variables that the file refers to are in use, whatever they are called', () => {
  const env = { HW_AUTH_TOKEN: 't', CPH_MAIN_TOKEN: 'u' };
  const text = withCredentials(`{ access_key: "\${HW_AUTH_TOKEN}", secret_key: "\${CPH_MAIN_TOKEN}" }`);
  expect(loadFile(text, { env }).warnings).toEqual([]);
});

test('a secret can come from a file beside the configuration, without the line end after it', () => {
  const files = { [`${FOLDER}/secrets/token`]: 'from-file\n' };
  const found = loadFile(withCredentials('{ token_file: secrets/token }'), { files }).projects[0];
  expect(found?.credentials.kind === 'token' && found.credentials.token.reveal()).toBe('from-file');
});

test("a secret's file is read again when it has changed", () => {
  const folder = mkdtempSync(join(tmpdir(), 'config-file-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'secrets'));
  writeFileSync(join(folder, 'secrets', 'token'), 'first');
  writeFileSync(join(folder, 'inventory.yaml'), withCredentials('{ token_file: secrets/token }'));
  const { files } = processSurroundings();
  const config = loadConfig({ env: { CPH_CONFIG: join(folder, 'inventory.yaml') }, files });
  const found = config.projects[0]?.credentials;
  writeFileSync(join(folder, 'secrets', 'token'), 'second');
  expect(found?.kind === 'token' && found.token.reveal()).toBe('second');
});

test.each([
  ['{ token: hunter2, token_file: /x }', 'token (line 2) and credentials.main.token_file (line 2): both'],
  ['{ token_file: /x }', 'token_file (line 2): "/x", which is not there (ENOENT)'],
  ['{ token_file: }', 'token_file (line 2): nothing'],
  ['{ token_file: /empty }', 'token_file (line 2): "/empty", which leads to an empty file'],
  [
    '{ token_file: hunter2 }',
    'token_file (line 2): a value that does not begin like a path, which is not there (ENOENT)',
  ],
  ['{ token: [hunter2] }', 'token (line 2): a list'],
  ['{ token: { hunter2: x } }', 'token (line 2): a mapping'],
  ['{ token: }', 'token (line 2): nothing'],
  ['{ token: "" }', 'token (line 2): a value that is not shown'],
  ['{ token: 1234 }', 'token (line 2): a number'],
  ['{ token: true }', 'token (line 2): a boolean'],
])('%s is one fault that tells no secret', (credentials, said) => {
  const text = withCredentials(credentials);
  expect(saidOf(text, { files: { '/empty': '\n' } })).toEqual([`credentials.main.${said}`]);
  expect(errorOf(text).message).not.toContain('hunter2');
});

test('a secret put where its mapping belongs is not shown', () => {
  expect(saidOf(withCredentials('hunter2'))).toEqual(['credentials.main (line 2): text']);
});

test('incomplete credentials are told in the words of the file', () => {
  expect(saidOf(withCredentials('{ access_key: AK }'))).toEqual([
    'credentials.main.secret_key (line 2): nothing',
  ]);
  expect(faultsOf(withCredentials('{ domain_name: account }'))).toEqual([
    {
      where: 'credentials.main (line 2)',
      got: 'nothing',
      expected:
        'a token (token), or an access key (access_key, secret_key), or a login (user_name, password, domain_name)',
    },
  ]);
});

test('a whole configuration can be printed without telling any secret', () => {
  const text = `${withCredentials('{ token: hunter2 }')}
database_url: postgres://u:hunter2@db.example/cph
sinks: [{ kind: webhook, url: "https://example.com/hunter2", secret: whsec_hunter2 }]
`;
  const config = loadFile(text);
  expect(JSON.stringify(config) + inspect(config, { depth: 9, showHidden: true })).not.toContain('hunter2');
});

test('no text of any secret ever shows, whatever is wrong with it or with the YAML around it', () => {
  const secrets = ['token', 'access_key', 'secret_key', 'security_token', 'password'];
  // No colon but those of the keys: what stands before one is a key, and no place for a secret.
  const odd = fc.string({ unit: fc.constantFrom('q', ' ', '\n', '"', '{', '*', '!', '- ', '#', '|', '\t') });
  const slip = fc.tuple(fc.constantFrom(...secrets), odd, odd);
  fc.assert(
    fc.property(slip, fc.array(slip, { maxLength: 3 }), (first, more) => {
      const lines = [first, ...more].map(([key, before, after]) => `${before}${key}: ${before}§${after}`);
      const error = errorOf(`credentials:\n  main:\n    ${lines.join('\n    ')}\n`);
      expect(`${error.message}${JSON.stringify(error)}${error.stack}`).not.toContain('§');
    }),
  );
});

test.each([
  ['token:sup3rs3cr3t', 'credentials.main["token:…"] (line 2)', 'a blank is missing after `token:`'],
  ['secret_key:"sup3rs3cr3t"', 'credentials.main["secret_key:…"] (line 2)', 'after `secret_key:`'],
  ['no such key:sup3rs3cr3t', 'credentials.main["no such key:…"] (line 2)', 'one of token'],
])('a secret right behind its colon, { %s }, is part of a key and not shown', (written, where, hint) => {
  const error = errorOf(withCredentials(`{ ${written} }`));
  expect(error.faults).toContainEqual({
    where,
    got: 'an unknown key',
    expected: expect.stringContaining(hint),
  });
  expect(error.message).not.toContain('s3cr3t');
});

test('a secret where the name of credentials belongs is not shown', () => {
  const error = errorOf(
    `${TOKEN}projects: [{ project_id: p-1, region: cn-east-3, credentials: sup3rs3cr3t }]`,
  );
  expect(error.faults).toMatchObject([
    { where: 'projects[0].credentials (line 3)', got: 'a name that is not there', expected: 'one of main' },
  ]);
  expect(error.message).not.toContain('s3cr3t');
});
