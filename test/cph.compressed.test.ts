import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { textOf } from '../src/cph/content-coding.ts';
import { clientFor, newLook, startApi } from './support/cph-api.ts';
import { clientWith } from './support/cph-cloud.ts';

const BODY = { total: 1, image_infos: [{ image_id: 'a', image_name: 'größer 📱' }] };
const JSON_BODY = Buffer.from(JSON.stringify(BODY));

/** What a client makes of one answer, asked once. */
async function answered(bytes: Uint8Array, headers: Record<string, string | string[]>, status = 200) {
  const api = await startApi((_request, response) => response.writeHead(status, headers).end(bytes));
  onTestFinished(() => api.close());
  const client = clientFor(api.url, { maxRetries: 0 });
  onTestFinished(() => client.close());
  const answer = await client.get('cloud-phone/images', {}, newLook()).catch((error: unknown) => error);
  return { answer, request: api.requests[0] };
}

const twice = (bytes: Buffer) => brotliCompressSync(gzipSync(bytes));

describe('an answer that is compressed', () => {
  test.each<[string, Uint8Array]>([
    ['gzip', gzipSync(JSON_BODY)],
    ['GZIP', gzipSync(JSON_BODY)],
    ['x-gzip', gzipSync(JSON_BODY)],
    ['deflate', deflateSync(JSON_BODY)],
    ['deflate', deflateRawSync(JSON_BODY)],
    ['br', brotliCompressSync(JSON_BODY)],
    ['gzip, br', twice(JSON_BODY)],
    ['identity', JSON_BODY],
    ['', JSON_BODY],
    ['gzip', Buffer.concat([gzipSync(JSON_BODY.subarray(0, 9)), gzipSync(JSON_BODY.subarray(9))])],
  ])('as %j is read', async (coding, bytes) => {
    expect((await answered(bytes, { 'content-encoding': coding })).answer).toEqual(BODY);
  });

  test('may be, and says so', async () => {
    const { request } = await answered(JSON_BODY, {});
    expect(request?.headers['accept-encoding']).toBe('gzip, deflate, br');
  });

  test.each([
    ['gzip', gzipSync(JSON_BODY).subarray(0, 40)],
    ['br', brotliCompressSync(JSON_BODY).subarray(0, 40)],
    ['deflate', deflateSync(JSON_BODY).subarray(0, 40)],
    ['gzip', JSON_BODY],
  ])('as %s and is broken is no shorter answer, and may be asked for again', async (coding, bytes) => {
    const { answer } = await answered(bytes, { 'content-encoding': coding });
    expect(answer).toMatchObject({ kind: 'malformed', code: 'broken', retryable: true, status: 200 });
  });

  test.each(['zstd', 'gzip, compress', 'gzip, gzip, gzip, gzip'])(
    'as %s says what is wrong',
    async (coding) => {
      const { answer } = await answered(gzipSync(JSON_BODY), { 'content-encoding': coding });
      expect(answer).toMatchObject({ kind: 'malformed', code: 'unreadable', retryable: false });
      expect(String(answer)).toContain('which was not asked for');
    },
  );

  test.each([
    ['gzip', gzipSync(Buffer.alloc(33 * 1024 * 1024))],
    ['br', brotliCompressSync(Buffer.alloc(33 * 1024 * 1024))],
    ['gzip, gzip', gzipSync(gzipSync(Buffer.alloc(33 * 1024 * 1024)))],
  ])('as %s and too large is refused by what comes out', async (coding, bytes) => {
    expect(bytes.length).toBeLessThan(100_000);
    const { answer } = await answered(bytes, { 'content-encoding': coding });
    expect(answer).toMatchObject({ code: 'too_large', retryable: false });
  });

  test('up to the limit, and not beyond it', async () => {
    const headers = { contentEncoding: 'gzip', contentType: '' };
    expect(await textOf(gzipSync(Buffer.alloc(1000, 'a')), headers, 1000)).toHaveLength(1000);
    await expect(textOf(gzipSync(Buffer.alloc(1001, 'a')), headers, 1000)).rejects.toThrow('too large');
  });

  test('is an error by its status, though it cannot be read', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect((await answered(JSON_BODY, headers, 401)).answer).toMatchObject({ kind: 'unauthorized' });
    expect((await answered(JSON_BODY, headers, 503)).answer).toMatchObject({ kind: 'unavailable' });
  });

  test('by IAM is read too', async () => {
    const api = await startApi(({ url }, response) => {
      const login = url.pathname.endsWith('/auth/tokens');
      const expires_at = new Date(Date.now() + 3_600_000).toISOString();
      const body = gzipSync(JSON.stringify(login ? { token: { expires_at } } : BODY));
      response.writeHead(login ? 201 : 200, { 'content-encoding': 'gzip', 'x-subject-token': 't' }).end(body);
    });
    onTestFinished(() => api.close());
    const user = { userName: 'u', domainName: 'd', authUrl: api.url, projectId: 'p1' };
    const client = clientWith(api.url, { kind: 'password', ...user, password: { reveal: () => 'x' } });
    onTestFinished(() => client.close());
    expect(await client.get('cloud-phone/images', {}, newLook())).toEqual(BODY);
  });
});

describe('text', () => {
  const utf16le = Buffer.from(JSON.stringify(BODY), 'utf16le');
  const utf16be = Buffer.from(utf16le).swap16();
  const chinese = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xd6, 0xd0, 0xb9, 0xfa, 0x22, 0x7d]);
  test.each<[string, Uint8Array, unknown]>([
    ['application/json', JSON_BODY, BODY],
    ['application/json; charset=utf-8', JSON_BODY, BODY],
    ['application/json;Charset="UTF-8"', JSON_BODY, BODY],
    ['', Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), JSON_BODY]), BODY],
    ['application/json; charset=utf-16le', utf16le, BODY],
    ['application/json; charset=utf-16be', utf16be, BODY],
    ['application/json; charset=utf-8', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16le]), BODY],
    ['application/json', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16be]), BODY],
    ['application/json; charset=GB18030', chinese, { a: '中国' }],
    ['application/json; charset=gbk', chinese, { a: '中国' }],
    ['application/json; charset=ISO-8859-1', Buffer.from('{"a":"\xe4"}', 'latin1'), { a: 'ä' }],
  ])('of an answer that says %j is read as that', async (contentType, bytes, expected) => {
    expect((await answered(bytes, { 'content-type': contentType })).answer).toEqual(expected);
  });

  test.each<[string, Uint8Array, string]>([
    ['application/json', chinese, 'broken'],
    ['application/json; charset=utf-8', Buffer.from([0x22, 0xc3]), 'broken'],
    ['application/json; charset=klingon', JSON_BODY, 'unreadable'],
  ])(
    'that is not what %j says is an error, and nothing in it is replaced',
    async (contentType, bytes, code) => {
      const { answer } = await answered(bytes, { 'content-type': contentType });
      expect(answer).toMatchObject({ kind: 'malformed', code });
    },
  );
});
