import { describe, expect, test } from 'vitest';
import { loadConfig } from '../src/config/config.ts';
import { type Environment, processSurroundings } from '../src/config/environment.ts';
import { proxyFor, proxySecrets, shownProxy } from '../src/network/proxies.ts';

const { files } = processSurroundings();
const USABLE = { HW_REGION_NAME: 'ap-southeast-3', HW_PROJECT_ID: 'p-1', HW_AUTH_TOKEN: 'token' };
const proxiesOf = (env: Environment) => loadConfig({ env: { ...USABLE, ...env }, files }).proxies;

function reached(url: string, env: Environment): string {
  const proxy = proxyFor(new URL(url), proxiesOf(env));
  return proxy === null ? 'directly' : shownProxy(proxy);
}

describe('the proxy of an address', () => {
  const http = 'http://one:3128';
  const https = 'http://two:3128';
  test.each<[string, Environment, string]>([
    ['http://a.test/', {}, 'directly'],
    ['http://a.test/', { HTTP_PROXY: http, HTTPS_PROXY: https }, http],
    ['https://a.test/', { HTTP_PROXY: http, HTTPS_PROXY: https }, https],
    ['https://a.test/', { HTTP_PROXY: http }, 'directly'],
    ['http://a.test/', { HTTPS_PROXY: https }, 'directly'],
    ['https://a.test/', { ALL_PROXY: https }, 'directly'],
    ['https://a.test/', { HTTPS_PROXY: '' }, 'directly'],
    ['https://a.test/', { https_proxy: https }, https],
    ['https://a.test/', { https_proxy: https, HTTPS_PROXY: 'http://other:1' }, https],
    ['https://a.test/', { https_proxy: '', HTTPS_PROXY: https }, https],
    ['https://a.test/', { HTTPS_PROXY: 'two:3128' }, https],
    ['https://a.test/', { HTTPS_PROXY: 'https://two/' }, 'https://two'],
    ['http://127.0.0.1:9/', { HTTP_PROXY: http }, http],
  ])('%s in %j is reached %s', (url, env, expected) => {
    expect(reached(url, env)).toBe(expected);
  });

  test.each([
    ['a.test', 'https://a.test/', true],
    ['A.Test', 'https://a.test/', true],
    ['a.test', 'https://b.a.test/', true],
    ['.a.test', 'https://b.a.test/', true],
    ['.a.test', 'https://a.test/', true],
    ['*.a.test', 'https://b.a.test/', true],
    ['a.test', 'https://ba.test/', false],
    ['a.test', 'https://a.test.evil/', false],
    ['a.test.', 'https://a.test/', true],
    ['a.test', 'https://a.test./', true],
    ['x, y  a.test,', 'https://a.test/', true],
    ['*', 'https://a.test/', true],
    ['', 'https://a.test/', false],
    [',', 'https://a.test/', false],
    ['a.test:443', 'https://a.test/', true],
    ['a.test:8443', 'https://a.test/', false],
    ['a.test:8443', 'https://a.test:8443/', true],
    ['127.0.0.1', 'https://127.0.0.1:9/', true],
    ['127.0.0.1:9', 'https://127.0.0.1:9/', true],
    ['127.0.0.1:8', 'https://127.0.0.1:9/', false],
    ['0.0.1', 'https://127.0.0.1/', false],
    ['10.0.0.0/8', 'https://10.1.2.3/', true],
    ['10.0.0.0/8', 'https://11.1.2.3/', false],
    ['10.0.0.0/99', 'https://10.1.2.3/', false],
    ['::1', 'https://[::1]:9/', true],
    ['[::1]', 'https://[::1]:9/', true],
    ['[::1]:8', 'https://[::1]:9/', false],
    ['fd00::/8', 'https://[fd00::1]/', true],
    ['localhost', 'https://127.0.0.1/', false],
  ])('is none with NO_PROXY=%s for %s: %s', (bypass, url, direct) => {
    expect(reached(url, { HTTPS_PROXY: 'http://two:3128', NO_PROXY: bypass }) === 'directly').toBe(direct);
    expect(reached(url, { https_proxy: 'http://two:3128', no_proxy: bypass }) === 'directly').toBe(direct);
  });
});

describe('the password of a proxy', () => {
  test('is hidden wherever the configuration is shown, and known as what must not be quoted', () => {
    const proxies = proxiesOf({ HTTPS_PROXY: 'http://me:p%40ss@two:3128' });
    expect(JSON.stringify(proxies)).not.toContain('ss@');
    expect(shownProxy(new URL(proxies.https?.reveal() ?? ''))).toBe('http://two:3128');
    expect(proxySecrets(proxies)).toEqual(expect.arrayContaining(['p@ss', 'p%40ss', 'bWU6cEBzcw==']));
  });

  test.each(['socks5://me:hunter2@two:1080', 'http://me:hunter2@', 'http://me:hunter2@two:port'])(
    'is not in the fault of one that cannot be used (%s)',
    (HTTPS_PROXY) => {
      expect(() => proxiesOf({ HTTPS_PROXY })).toThrow(
        /HTTPS_PROXY: got .*takes the address of an http or https proxy/,
      );
      expect(() => proxiesOf({ HTTPS_PROXY })).not.toThrow(/hunter2/);
    },
  );
});
