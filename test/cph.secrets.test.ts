import { expect, test } from 'vitest';
import { secretsOf } from '../src/cph/auth/authorize.ts';
import { signRequest } from '../src/cph/auth/signing.ts';
import { classifyAnswer } from '../src/cph/classify.ts';

const TOKEN = `a"\\%2B'planted&+/=`;
const SPELLINGS = {
  'as it is': TOKEN,
  'in JSON': JSON.stringify(TOKEN),
  'in JSON that is quoted in JSON': JSON.stringify(JSON.stringify({ headers: { 'x-auth-token': TOKEN } })),
  'in an address': `https://else.where/?token=${encodeURIComponent(TOKEN)}`,
};

/** Everything an answer leaves behind, whichever part of it is kept. */
function keptOf(
  answer: { body: Record<string, unknown>; status?: number; headers?: Record<string, string> },
  secrets = secretsOf({ 'X-Auth-Token': TOKEN }),
): string {
  const { body, status = 400, headers = {} } = answer;
  const classified = classifyAnswer(
    { status, headers, text: JSON.stringify(body) },
    { endpoint: 'cloud-phone/images', now: new Date('2026-01-01'), secrets },
  );
  const { error, requestId } = classified;
  return JSON.stringify([requestId, error, error?.message]);
}

test.each(Object.entries(SPELLINGS))(
  'a token repeated %s is taken out of what the API said',
  (_, spelled) => {
    const kept = keptOf({ body: { error_code: 'CPS.0001', error_msg: `not yours: ${spelled}, go away` } });
    expect(kept).toContain('not yours: ');
    expect(kept).toContain(', go away');
    expect(kept).not.toContain('planted');
  },
);

test.each([
  ['code', { body: { error_code: 'planted-key' } }],
  ['request id', { body: { error_code: 'CPS.0001', request_id: 'planted-key' } }],
  ['request id header', { body: { error_code: 'CPS.0001' }, headers: { 'x-request-id': 'planted-key' } }],
  ['request id of a success', { body: { request_id: 'planted-key' }, status: 200 }],
])('a credential does not pass as a %s', (_, answer) => {
  expect(keptOf(answer, ['planted-key'])).not.toContain('planted');
  expect(keptOf(answer, ['another'])).toContain('planted');
});

test('an access key is taken out too, although it is only a part of what was sent', () => {
  const request = { method: 'GET', url: new URL('http://api.test/v1'), headers: {}, body: '' } as const;
  const key = { accessKey: 'PLANTEDKEY', secretKey: 'secret', securityToken: 'planted-token' };
  const secrets = secretsOf(signRequest(request, { key, date: new Date('2026-01-01') }));
  const kept = keptOf(
    { body: { error_code: 'APIGW.0301', error_msg: 'no key PLANTEDKEY, planted-token' } },
    secrets,
  );
  expect(kept).toContain('no key ***, ***');
});
