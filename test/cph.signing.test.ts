import { createHash, createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { signRequest } from '../src/cph/auth/signing.ts';
import { apiUrl } from '../src/cph/url.ts';

const DATE = new Date('2019-11-15T03:36:55.999Z');
const KEY = { accessKey: 'QTWAOYTTINDUT2QVKYUC', secretKey: 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc' };

test('the signing guide is followed: its published example has this signature', () => {
  const url = new URL(
    'https://service.region.example.com/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs?limit=2&marker=13551d6b-755d-4757-b956-536f674975c0',
  );
  const request = { method: 'GET', url, headers: { 'Content-Type': 'application/json' }, body: '' } as const;
  expect(signRequest(request, { key: KEY, date: DATE })).toEqual({
    'X-Sdk-Date': '20191115T033655Z',
    Authorization:
      'SDK-HMAC-SHA256 Access=QTWAOYTTINDUT2QVKYUC, SignedHeaders=content-type;host;x-sdk-date, ' +
      'Signature=7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
  });
});

test('the token of a temporary key is sent and signed', () => {
  const url = new URL('https://service.region.example.com/');
  const request = { method: 'GET', url, headers: {}, body: '' } as const;
  const temporary = signRequest(request, { key: { ...KEY, securityToken: 'st' }, date: DATE });
  expect(temporary['X-Security-Token']).toBe('st');
  expect(temporary.Authorization).toContain('SignedHeaders=host;x-sdk-date;x-security-token,');
  const other = signRequest(request, { key: { ...KEY, securityToken: 'other' }, date: DATE });
  expect(other.Authorization).not.toBe(temporary.Authorization);
});

/**
 * The guide once more, for GET without a body and by other means: from the parts of a URL instead of the URL, and byte by
 * byte. Checked against the vendor's own signer (Node SDK core 3.1.211), see the vectors below.
 */
function expectedSignature(parts: { host: string; segments: string[]; query: [string, string][] }): string {
  const encode = (text: string) =>
    Array.from(Buffer.from(text), (byte) => {
      const char = String.fromCharCode(byte);
      return /[A-Za-z0-9._~-]/.test(char) ? char : `%${byte.toString(16).padStart(2, '0').toUpperCase()}`;
    }).join('');
  const sorted = parts.query.map(([name, value]) => [Buffer.from(name), Buffer.from(value)] as const);
  sorted.sort(([a, x], [b, y]) => Buffer.compare(a, b) || Buffer.compare(x, y));
  const canonical = [
    'GET',
    `/${parts.segments.map((segment) => `${encode(segment)}/`).join('')}`,
    sorted.map(([name, value]) => `${encode(name.toString())}=${encode(value.toString())}`).join('&'),
    `host:${parts.host}`,
    'x-sdk-date:20191115T033655Z',
    '',
    'host;x-sdk-date',
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  ].join('\n');
  const hash = createHash('sha256').update(canonical).digest('hex');
  return createHmac('sha256', KEY.secretKey)
    .update(`SDK-HMAC-SHA256\n20191115T033655Z\n${hash}`)
    .digest('hex');
}

function signatureOf(url: URL): string {
  const request = { method: 'GET', url, headers: {}, body: '' } as const;
  const { Authorization = '' } = signRequest(request, { key: KEY, date: DATE });
  return Authorization.slice(-64);
}

describe('the signature of any URL we build', () => {
  const odd = fc.oneof(
    fc.string({ unit: 'grapheme', maxLength: 12 }),
    fc.string({ unit: fc.constantFrom(...` %+&=/?#;:@!'()*~.-_,"<>\\^|[]{}$éß漢😀\u{e000}\u{ffff}aZ0`) }),
  );

  test('is the one the guide asks for, whatever is in its path and query', () => {
    const query = fc.dictionary(odd, odd, { maxKeys: 5 });
    fc.assert(
      fc.property(odd, query, fc.constantFrom('', ':8443'), (projectId, parameters, port) => {
        fc.pre(projectId !== '.' && projectId !== '..');
        const endpoint = `https://cph.region.example.com${port}/gateway/`;
        const url = apiUrl(endpoint, { projectId, path: 'cloud-phone/images', query: parameters });
        const segments = ['gateway', 'v1', projectId, 'cloud-phone', 'images'];
        const parts = { host: `cph.region.example.com${port}`, segments, query: Object.entries(parameters) };
        expect(signatureOf(url)).toBe(expectedSignature(parts));
      }),
      { numRuns: 500 },
    );
  });

  test('keeps every value of a name that comes twice, and parameters without a value', () => {
    const url = new URL('https://h.example/v1?b=2&b=1&a=&%C3%BC=x');
    const query: [string, string][] = [
      ['b', '2'],
      ['b', '1'],
      ['a', ''],
      ['ü', 'x'],
    ];
    expect(signatureOf(url)).toBe(expectedSignature({ host: 'h.example', segments: ['v1'], query }));
  });
});

describe("signatures of the vendor's own signer (Node SDK core 3.1.211)", () => {
  test.each([
    [
      '/v1/p1/cloud-phone/images',
      { image_type: 'private', limit: 100, offset: 0 },
      '1ae47c7997547ceeafe5955fa6c9cad78334a3c5c78cc0f8128fc1e03fd33afb',
    ],
    [
      '/v1/p1/cloud-phone/images',
      { image_id: "a b+c&d=(e)*'/ü~", image_type: 'share' },
      'a67a6bdccdc5aa1835fa0d23b740aaccae88376d061485150090b447b6a5fe57',
    ],
    [
      '/v1/p1/cloud-phone/phone-images',
      { image_type: 'all', marker: '漢字😀 %41' },
      'd93d52120da61b28b2fdb83691fba94bb73bd881c86793f09531a3a61d0841cb',
    ],
    [
      '/gateway/v1/p1/cloud-phone/images/',
      { Z: '1', a: '', _: '!', A: '@' },
      '095769b848c63d897a9ea1c59e4701fe2bb2f662ceb515f615a960fe5b2e62c5',
    ],
  ])('%s %j', (path, query, signature) => {
    const search = new URLSearchParams(
      Object.entries(query).map(([name, value]): [string, string] => [name, String(value)]),
    );
    const host = 'cph.region.example.com:8443';
    expect(signatureOf(new URL(`https://${host}${path}?${search}`))).toBe(signature);
    const segments = path.split('/').filter((segment) => segment !== '');
    expect(expectedSignature({ host, segments, query: [...search] })).toBe(signature);
  });
});
