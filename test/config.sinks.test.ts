import { inspect } from 'node:util';
import { expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { type Environment, processSurroundings } from '../src/config/environment.ts';

const { files } = processSurroundings();
const USABLE = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECT_ID: 'p-1', HW_AUTH_TOKEN: 'token' };
const load = (env: Environment) => loadConfig({ env: { ...USABLE, ...env }, files });

test('a webhook URL makes a sink named webhook, signed when there is a secret', () => {
  const url = 'https://example.com/hooks/cph';
  const [sink] = load({ CPH_WEBHOOK_URL: url, CPH_WEBHOOK_SECRET: 'whsec_c2VjcmV0IQ==' }).sinks;
  expect(sink).toMatchObject({ kind: 'webhook', name: 'webhook', types: null, toStatus: null });
  expect(sink?.kind === 'webhook' && sink.url.reveal()).toBe(url);
  expect(load({ CPH_WEBHOOK_URL: url }).sinks).toMatchObject([{ secret: null }]);
});

test('an Alertmanager URL makes a sink named alertmanager', () => {
  const { sinks } = load({ CPH_ALERTMANAGER_URL: 'http://127.0.0.1:9093' });
  expect(sinks).toMatchObject([{ kind: 'alertmanager', name: 'alertmanager' }]);
});

test('a secret without a URL to post to is a fault', () => {
  expect(() => load({ CPH_WEBHOOK_SECRET: 'whsec_c2VjcmV0IQ==' })).toThrow(/CPH_WEBHOOK_URL: got nothing/);
});

test('a URL that is none is a fault that does not repeat it', () => {
  expect(() => load({ CPH_WEBHOOK_URL: 'ftp://user:hunter2@example.com' })).toThrow(/CPH_WEBHOOK_URL/);
  expect(() => load({ CPH_WEBHOOK_URL: 'ftp://user:hunter2@example.com' })).not.toThrow(/hunter2/);
});

test('a webhook that is posted to in clear over a network is a warning; the URL is not shown', () => {
  const config = load({ CPH_WEBHOOK_URL: 'http://hooks.example.com/t0ken' });
  expect(config.warnings.join()).toContain('CPH_WEBHOOK_URL');
  expect(inspect(config, { depth: 9 })).not.toContain('t0ken');
});

test.each([
  ['off', null],
  ['0', { host: '127.0.0.1', port: 0 }],
  ['9090', { host: '127.0.0.1', port: 9090 }],
])('CPH_HTTP_PORT %s', (port, http) => {
  expect(load({ CPH_HTTP_PORT: port }).http).toEqual(http);
});

test.each([
  ['CPH_HTTP_PORT', '70000'],
  ['CPH_HTTP_HOST', 'a b'],
  ['CPH_BASELINE_ALERTS', 'yes'],
  ['CPH_STUCK_AFTER', '60'],
  ['CPH_PUBLIC_URL', 'ops.example.com'],
  ['CPH_PUBLIC_URL', 'https://user:password@ops.example.com/'],
  ['CPH_PUBLIC_URL', 'https://{region}.example.com/'],
])('%s does not take %s', (name, value) => {
  expect(() => load({ [name]: value })).toThrow(name);
});

test('CPH_PUBLIC_URL may have a path, and nothing is known without it', () => {
  expect(load({ CPH_PUBLIC_URL: 'https://ops.example.com/cph/' }).publicUrl?.href).toBe(
    'https://ops.example.com/cph/',
  );
  expect(load({}).publicUrl).toBeNull();
});
