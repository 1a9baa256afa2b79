import { describe, expect, onTestFinished, test } from 'vitest';
import { type Credential, createAuthorizer } from '../src/cph/auth/credentials.ts';
import { signRequest } from '../src/cph/auth/signing.ts';
import { CphError } from '../src/cph/errors.ts';
import { createPublisher } from '../src/cph/publish.ts';
import { openTransport } from '../src/cph/transport.ts';
import { createUpstreamMemory } from '../src/cph/upstream-memory.ts';
import sdk from './fixtures/smn-sdk-requests.json' with { type: 'json' };
import { AK, SK, smnTopic } from './support/smn-topic.ts';

const signal = new AbortController().signal;
const secret = (text: string) => ({ reveal: () => text });
const KEY: Credential = { kind: 'access-key', accessKey: secret(AK), secretKey: secret(SK) };
const HELLO = { subject: 'hello', texts: { default: 'hello' } };

/** A topic, and who publishes to it at `date`. */
async function publisher({ credential = KEY, date = '2026-11-26T20:49:18Z' } = {}) {
  const topic = await smnTopic();
  const transport = openTransport();
  onTestFinished(() => transport.close());
  const now = () => new Date(date);
  const { projectId, topicUrn } = sdk;
  const memory = createUpstreamMemory(now);
  const shared = { projectId, transport, memory, requestTimeoutMs: 5_000, now };
  const authorizer = createAuthorizer(credential, shared);
  return { topic, publish: createPublisher({ ...shared, endpoint: topic.endpoint, topicUrn, authorizer }) };
}

/** `20261129T221446Z` as an instant. */
const instantOf = (stamp: string) => stamp.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, '$1-$2-$3T$4:$5:$6Z');

describe(`a message is sent as ${sdk.sdk} sends it`, () => {
  const withStructure = sdk.requests.filter(({ fields }) => fields.message_structure);

  test.each(withStructure)(
    '$name: method, path, headers and body',
    async ({ fields, securityToken, sent }) => {
      const credential = { ...KEY, ...(securityToken && { securityToken: secret(securityToken) }) };
      const date = instantOf(sent.headers['x-sdk-date']);
      const { topic, publish } = await publisher({ credential, date });
      const texts = JSON.parse(fields.message_structure ?? '');
      expect(await publish({ subject: fields.subject, texts }, signal)).toBe('m-1');
      const [ours] = topic.published;
      expect(ours).toMatchObject({ method: sent.method, path: sent.path });
      expect(JSON.parse(ours?.body ?? '')).toEqual(JSON.parse(sent.body));
      const { authorization, host, 'user-agent': agent, ...headers } = sent.headers;
      for (const name of ['content-type', 'x-project-id', 'x-sdk-date', 'x-security-token']) {
        expect(ours?.headers[name]).toBe(Reflect.get(headers, name));
      }
      const signed = (text = '') => /SignedHeaders=([^,]+)/.exec(text)?.[1]?.split(';');
      expect(signed(ours?.headers.authorization)).toEqual(
        signed(authorization)?.filter((name) => name !== 'user-agent'),
      );
    },
  );

  test.each(sdk.requests)('$name: our signature of its request is its own', ({ securityToken, sent }) => {
    const { headers, body } = sent;
    const names = ['content-type', 'user-agent', 'x-project-id'] as const;
    const signed = Object.fromEntries(names.map((name) => [name, headers[name]]));
    const url = new URL(`http://${headers.host}${sent.path}`);
    const key = { accessKey: AK, secretKey: SK, ...(securityToken && { securityToken }) };
    const date = new Date(instantOf(headers['x-sdk-date']));
    const ours = signRequest({ method: 'POST', url, headers: signed, body }, { key, date });
    expect(ours.Authorization).toBe(headers.authorization);
  });

  test('the vector of a request over https', () => {
    const url = new URL(
      `https://smn.cn-north-4.myhuaweicloud.com/v2/${sdk.projectId}/notifications/topics/${sdk.topicUrn}/publish`,
    );
    const headers = { 'Content-Type': 'application/json;charset=utf-8', 'X-Project-Id': sdk.projectId };
    const body = '{"subject":"CPH images changed","message":"3 images changed\\n镜像"}';
    const signed = signRequest(
      { method: 'POST', url, headers, body },
      { key: { accessKey: AK, secretKey: SK }, date: new Date('2026-11-25T20:49:18Z') },
    );
    expect(signed.Authorization).toMatch(
      /SignedHeaders=content-type;host;x-project-id;x-sdk-date, Signature=31c67a14fd26dd89f4da24f3153fab9a21c11f1a9a0ae2bbfcb0399e29b4bfac$/,
    );
  });

  test('with a token in place of the signature', async () => {
    const { topic, publish } = await publisher({ credential: { kind: 'token', token: secret('t0ken') } });
    await publish(HELLO, signal);
    expect(topic.published[0]?.headers).toMatchObject({ 'x-auth-token': 't0ken' });
    expect(topic.published[0]?.headers).not.toHaveProperty('authorization');
  });
});

describe('an answer', () => {
  test.each([
    [200, '{"request_id":"r","message_id":"m"}'],
    [202, '{"message_id":"m"}'],
    [500, '{"message_id":"m"}'],
    [200, '{"message_id":"m","code":"SMN.0018"}'],
  ])('%i %s has the id of the message, and so it is sent', async (status, body) => {
    const { topic, publish } = await publisher();
    topic.answer = () => [status, body];
    expect(await publish(HELLO, signal)).toBe('m');
  });

  test.each([
    [200, '', 'malformed', 'not_json', true],
    [200, '{}', 'malformed', 'invalid_answer', false],
    [200, '{"message_id":""}', 'malformed', 'invalid_answer', false],
    [200, '{"message_id":7}', 'malformed', 'invalid_answer', false],
    [204, '', 'malformed', 'not_json', false],
    [200, '<html>', 'malformed', 'not_json', true],
    [302, '', 'refused', 'http_302', false],
    [200, '{"code":"SMN.0018","message":"internal"}', 'unavailable', 'SMN.0018', true],
    [400, '{"code":"SMN.0005","message":"URN"}', 'refused', 'SMN.0005', false],
    [400, '{"code":"SMN.0019","message":"producer"}', 'unavailable', 'SMN.0019', true],
    [401, '{"error_code":"APIGW.0301","error_msg":"wrong"}', 'unauthorized', 'APIGW.0301', false],
    [403, '{"code":"SMN.0022","message":"token"}', 'unauthorized', 'SMN.0022', false],
    [403, '{"code":"SMN.0001","message":"no"}', 'denied', 'SMN.0001', false],
    [403, '{"code":"SMN.0070","message":"arrears"}', 'suspended', 'SMN.0070', false],
    [404, '{"code":"SMN.00010008","message":"no topic"}', 'refused', 'SMN.00010008', false],
    [429, '{"error_code":"APIGW.0308","error_msg":"slow"}', 'throttled', 'APIGW.0308', true],
    [503, '', 'unavailable', 'http_503', true],
  ] as const)('%i %s is %s (%s), retryable %s', async (status, body, kind, code, retryable) => {
    const { topic, publish } = await publisher();
    topic.answer = () => [status, body];
    const error = await publish(HELLO, signal).catch((cause: unknown) => cause);
    if (!(error instanceof CphError)) throw error;
    expect(error).toMatchObject({ kind, code, retryable });
    expect(`${error.message} ${error.hint}`).not.toContain(SK);
    expect(topic.published).toHaveLength(1);
  });

  test('without a permission says which one it takes', async () => {
    const { topic, publish } = await publisher();
    topic.answer = () => [403, '{"code":"SMN.0001","message":"no"}'];
    await expect(publish(HELLO, signal)).rejects.toMatchObject({
      hint: expect.stringContaining('smn:topic:publish'),
    });
  });

  test('a rejected key is not offered again', async () => {
    const { topic, publish } = await publisher();
    topic.answer = () => [401, '{"error_code":"APIGW.0301","error_msg":"wrong"}'];
    await expect(publish(HELLO, signal)).rejects.toMatchObject({ kind: 'unauthorized' });
    await expect(publish(HELLO, signal)).rejects.toMatchObject({ code: 'credential_rejected' });
    expect(topic.published).toHaveLength(1);
  });
});
