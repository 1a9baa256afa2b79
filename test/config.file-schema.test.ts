// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references are what the file holds, not templates
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { loadConfig } from '../src/config/config.ts';
import { processSurroundings } from '../src/config/environment.ts';
import { configSchema } from '../src/config/file/schema.ts';
import { errorOf, loadFile, TOKEN } from './support/config-file.ts';

const EXAMPLE = 'docs/cph-inventory.example.yaml';
const ONE_PROJECT = `${TOKEN}projects: [{ project_id: p-1, region: cn-east-3 }]\n`;

const editor = z.fromJSONSchema(configSchema());
const accepts = (text: string) => editor.safeParse(parse(text)).success;

test('the schema in docs is that of this program (npm run config:docs writes it)', () => {
  expect(JSON.parse(readFileSync('docs/config.schema.json', 'utf8'))).toEqual(configSchema());
});

test('the example is one the program takes without a warning, and editors take', () => {
  const text = readFileSync(EXAMPLE, 'utf8');
  expect(text).toMatch(/^# yaml-language-server: \$schema=\.\/config\.schema\.json$/m);
  const referred = [...text.matchAll(/\$\{([A-Z_]+)\}/g)].map(([, name]) => [name, 'postgres://a/b']);
  const { files } = processSurroundings();
  const config = loadConfig({
    env: { ...Object.fromEntries(referred), CPH_CONFIG: EXAMPLE, NAME: 'x' },
    files,
  });
  expect(config.projects.map(({ name }) => name)).toEqual(['phones-production', 'phones-staging']);
  expect(config.sinks.map(({ kind }) => kind)).toEqual(['webhook', 'alertmanager', 'smn']);
  expect(config.warnings).toEqual([]);
  expect(accepts(text)).toBe(true);
});

test.each([
  '',
  'log_level: debug',
  'http: { port: 0 }',
  'http: { port: off }',
  'schedule: { sync: "0 * * * *", watch: off }',
  'retention: { events: 90d }',
  'database_url_file: /run/secrets/database',
  'baseline_alerts: ${BASELINE}',
  'sinks: [{ kind: webhook, url: https://example.com, to_status: [failed] }]',
  'sinks: [{ kind: alertmanager, name: on-call, url: ${URL} }]'.replace('${URL}', '"${URL}"'),
])('program and editors both take: %s', (line) => {
  const text = ONE_PROJECT + line;
  const env = { BASELINE: 'true', URL: 'http://127.0.0.1' };
  loadFile(text, { env, files: { '/run/secrets/database': 'postgres://h/db' } });
  expect(accepts(text)).toBe(true);
});

test.each([
  'log_level: loud',
  'http: { port: 70000 }',
  'http: { prot: 80 }',
  'http:',
  'retention: { events: 90 }',
  'baseline_alerts: yes',
  'database_url: [a]',
  'sinks: [{ kind: webhok, url: https://example.com }]',
  'sinks: [{ kind: alertmanager, url: https://example.com, types: [cph.image.created] }]',
  'sinks: [{ kind: webhook, url: https://example.com, to_status: [broken] }]',
  'sinks: [{ kind: webhook, url: https://example.com, to_status: [] }]',
  'sinks: [{ url: https://example.com }]',
])('neither program nor editors take: %s', (line) => {
  errorOf(ONE_PROJECT + line);
  expect(accepts(ONE_PROJECT + line)).toBe(false);
});

test.each([
  'project_id: 0123',
  'project_id: a/b',
  'regoin: x',
  'limits: { rate_limit: 0 }',
  'limits: { rate_limit: 201 }',
  'limits: { max_retries: 1.5 }',
  'limits: { removal_limit: 20 }',
  'limits: { removal_limit: 0.2 }',
  'image_types: [shared]',
])('neither program nor editors take a project with %s', (line) => {
  const id = line.startsWith('project_id') ? '' : 'project_id: p-1, ';
  const text = `${TOKEN}projects: [{ ${id}region: cn-east-3, ${line} }]`;
  errorOf(text);
  expect(accepts(text)).toBe(false);
});

test('the schema tells what each setting means, takes and is by default', () => {
  const { properties } = z
    .looseObject({ properties: z.record(z.string(), z.unknown()) })
    .parse(configSchema());
  expect(properties.shutdown_timeout).toMatchObject({
    description: 'longest time a stop may take; takes a duration above zero and at most 10m, such as 10s',
    default: '10s',
  });
  expect(properties.http).toMatchObject({ properties: { port: { default: 8080 } } });
});
