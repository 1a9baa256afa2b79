// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are what the file holds, not templates
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { errorOf, faultsOf, PATH, saidOf, surroundings, TOKEN } from './support/config-file.ts';

const ONE_PROJECT = `${TOKEN}projects: [{ project_id: p-1, region: cn-east-3 }]\n`;

/** A file with these lines about its only project. */
const withProject = (...lines: string[]) =>
  `${TOKEN}projects:\n  - project_id: p-1\n    region: cn-east-3\n${lines.map((line) => `    ${line}\n`).join('')}`;

test('all faults are reported at once, each with its path and line', () => {
  const error = errorOf(`
credentials: { main: { token: "a b" } }
projects:
  - project_id: a/b
    region: cn-east-3
    credentials: main
    limits:
      rate_limit: fast
  - project_id: p-2
    credentials: mian
sinks:
  - kind: webhook
    url: ftp://example.com
log_level: loud
`);
  expect(error.faults.map(({ where }) => where).sort()).toEqual([
    'credentials.main.token (line 2)',
    'log_level (line 14)',
    'projects[0].limits.rate_limit (line 8)',
    'projects[0].project_id (line 4)',
    'projects[1].credentials (line 10)',
    'projects[1].region (line 9)',
    'sinks[0].url (line 13)',
  ]);
  const [heading, ...lines] = error.message.split('\n');
  expect(heading).toBe(`The configuration in ${PATH} cannot be used:`);
  expect(lines).toHaveLength(error.faults.length);
  expect(lines).toContain(
    '  projects[0].limits.rate_limit (line 8): got "fast"; takes a number above 0 and at most 200, such as 20',
  );
});

test('a fault of the environment beside a file is named by its variable', () => {
  expect(saidOf(ONE_PROJECT, { env: { LOG_LEVEL: 'loud' } })).toEqual(['LOG_LEVEL: "loud"']);
});

test.each([
  ['regoin: x', 'projects[0].regoin', 'did you mean region?'],
  ['rate_limit: 5', 'projects[0].rate_limit', 'did you mean limits.rate_limit?'],
  ['limits: { max_retrys: 5 }', 'projects[0].limits.max_retrys', 'did you mean max_retries?'],
  ['frobnicate: yes', 'projects[0].frobnicate', /credentials$/],
  ['"a key": yes', 'projects[0]["a key"]', /credentials$/],
  ['<<: { name: x }', 'projects[0]["<<"]', /`defaults` says what projects share$/],
  ['constructor: x', 'projects[0].constructor', /credentials$/],
])('the unknown key %s is a fault', (line, where, hint) => {
  const said = typeof hint === 'string' ? expect.stringContaining(hint) : expect.stringMatching(hint);
  expect(faultsOf(withProject(line))).toEqual([
    { where: `${where} (line 6)`, got: 'an unknown key', expected: said },
  ]);
});

test('unknown keys are found at any depth and in every section', () => {
  const text = `${ONE_PROJECT}
sink: []
schedule: { snyc: "* * * * *" }
sinks: [{ kind: webhook, url: https://example.com, tpyes: [] }]
`.replace('token: hunter2', 'token: hunter2, tokne: x');
  expect(saidOf(text.replace('credentials: main', 'credentials: main, project_id: x'))).toEqual([
    'defaults.project_id (line 2): an unknown key',
    'credentials.main.tokne (line 1): an unknown key',
    'sinks[0].tpyes (line 7): an unknown key',
    'sink (line 5): an unknown key',
    'schedule.snyc (line 6): an unknown key',
  ]);
});

test('a key given twice is a fault that names both lines', () => {
  expect(faultsOf(withProject('name: a', 'name: b'))).toEqual([
    { where: 'projects[0].name (line 7)', got: 'this key again, after line 6', expected: 'each key once' },
  ]);
  expect(saidOf(`log_level: info\n${ONE_PROJECT}log_level: info`)).toEqual([
    'log_level (line 5): this key again, after line 1',
  ]);
  expect(saidOf(`credentials: { a: { token: x }, a: { token: y } }\nprojects: []`)).toContain(
    'credentials.a (line 1): this key again, after line 1',
  );
});

test.each([
  ['[etag, status]', '"etag,status"'],
  ['image_id', '"image_id"'],
])('what an image is known by cannot be left out: ignore_fields: %s', (value, got) => {
  expect(faultsOf(withProject(`ignore_fields: ${value}`))).toEqual([
    {
      where: 'projects[0].ignore_fields (line 6)',
      got,
      expected: expect.stringContaining('none of image_id, image_type, status'),
    },
  ]);
});

test('two projects of one id are a fault', () => {
  const text = `${TOKEN}projects:\n  - { project_id: a, region: cn-east-3 }\n  - { project_id: a, region: cn-north-4 }`;
  expect(faultsOf(text)).toEqual([
    {
      where: 'projects[1].project_id (line 5)',
      got: '"a", which is also at projects[0].project_id (line 4)',
      expected: 'an id that no other project has',
    },
  ]);
});

test('two sinks of one name are a fault, also where the name was left out', () => {
  const hook = 'kind: webhook, url: https://example.com';
  const text = `${ONE_PROJECT}sinks: [{ ${hook} }, { ${hook}, name: b }, { ${hook}, name: b }, { ${hook} }]`;
  expect(saidOf(text)).toEqual([
    'sinks[2].name (line 4): "b", which is also at sinks[1].name (line 4)',
    'sinks[3].name (line 4): "webhook", which is also at sinks[0].name (line 4)',
  ]);
});

test('credentials that are not in the file are a fault that lists those that are', () => {
  const text = `credentials: { main: { token: x }, china: { token: y } }
projects: [{ project_id: a, region: cn-east-3, credentials: chian }, { project_id: b, region: cn-east-3 }]
`;
  expect(faultsOf(text)).toEqual([
    {
      where: 'projects[0].credentials (line 2)',
      got: '"chian"',
      expected: 'one of main, china; did you mean china?',
    },
    { where: 'projects[1].credentials (line 2)', got: 'nothing', expected: 'one of main, china' },
  ]);
  expect(faultsOf('projects: [{ project_id: a, region: cn-east-3, credentials: main }]')).toMatchObject([
    { got: 'a name that is not there', expected: 'the name of credentials, but the file has none' },
  ]);
});

test('a fault of the defaults, or of shared credentials, is told once', () => {
  const text = `credentials: { main: { token: a b } }
defaults: { credentials: main, region: cn-east-3, limits: { rate_limit: fast } }
projects: [{ project_id: a }, { project_id: b }, { project_id: c }]
`;
  expect(saidOf(text)).toEqual([
    'defaults.limits.rate_limit (line 2): "fast"',
    'credentials.main.token (line 1): a value that is not shown',
  ]);
});

test.each(['0123', '123456789012345678901234567890', 'true'])(
  'the project id %s is no text to YAML: a fault that says to quote it',
  (value) => {
    const text = withProject().replace('p-1', value);
    const expected = `text in quotes, here "${value}"`;
    expect(faultsOf(text)).toEqual([{ where: 'projects[0].project_id (line 4)', got: value, expected }]);
    const quoted = withProject().replace('p-1', `"${value}"`);
    expect(loadConfig(surroundings(quoted)).projects).toMatchObject([{ projectId: value }]);
  },
);

test('a number that would be refused in quotes too is told what is right', () => {
  expect(faultsOf(withProject('limits: { request_timeout: 30 }'))).toMatchObject([
    { got: '"30"', expected: 'a duration above zero and at most 10m, such as 30s or 1m30s' },
  ]);
});

test('numbers may be quoted', () => {
  const text = withProject('limits: { rate_limit: "5", max_retries: "0", removal_limit: "0" }');
  expect(loadConfig(surroundings(text)).projects).toMatchObject([
    { rateLimit: 5, maxRetries: 0, removalLimit: 0 },
  ]);
});

test.each([
  ['name: [a]', 'name (line 6): a list'],
  ['name: { a: b }', 'name (line 6): a mapping'],
  ['name:', 'name (line 6): nothing'],
  ['name: ~', 'name (line 6): nothing'],
  ['name: ""', 'name (line 6): ""'],
  ['limits: fast', 'limits (line 6): text'],
  ['limits: 5', 'limits (line 6): a number'],
  ['limits:', 'limits (line 6): nothing'],
  ['limits: { rate_limit: [5] }', 'limits.rate_limit (line 6): a list'],
  ['image_types: []', 'image_types (line 6): an empty list'],
  ['image_types: [private, [share]]', 'image_types[1] (line 6): a list'],
  ['image_types: [private, ~]', 'image_types[1] (line 6): nothing'],
  ['image_types: [private, shared]', 'image_types (line 6): "private,shared"'],
  ['image_types: { private: true }', 'image_types (line 6): a mapping'],
])('%s is one fault', (line, said) => {
  expect(saidOf(withProject(line))).toEqual([`projects[0].${said}`]);
});

test.each([
  ['{}', 'projects: nothing'],
  ['projects:', 'projects (line 1): nothing'],
  ['projects: []', 'projects (line 1): an empty list'],
  ['projects: p-1', 'projects (line 1): text'],
  ['projects: { p-1: { region: cn-east-3 } }', 'projects (line 1): a mapping'],
  ['projects: [p-1]', 'projects[0] (line 1): text'],
])('%s has no projects: one fault', (text, said) => {
  expect(saidOf(text)).toEqual([said]);
});

test.each([
  ['7', 'sinks (line 4): a number'],
  ['[webhook]', 'sinks[0] (line 4): text'],
  ['[{ name: a }]', 'sinks[0].kind (line 4): nothing'],
  ['[{ kind: [webhook] }]', 'sinks[0].kind (line 4): a list'],
  ['[{ kind: webhok }]', 'sinks[0].kind (line 4): "webhok"'],
  ['[{ kind: webhook }]', 'sinks[0].url (line 4): nothing'],
  ['[{ kind: webhook, url: "http://127.0.0.1", name: a b }]', 'sinks[0].name (line 4): "a b"'],
  ['[{ kind: webhook, url: "http://127.0.0.1", types: [created] }]', 'sinks[0].types (line 4): "created"'],
  ['[{ kind: alertmanager, url: "http://127.0.0.1", types: [] }]', 'sinks[0].types (line 4): an unknown key'],
])('sinks: %s is one fault', (sinks, said) => {
  expect(saidOf(`${ONE_PROJECT}sinks: ${sinks}`)).toEqual([said]);
});
