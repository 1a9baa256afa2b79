/** An API with an IAM that let in whom the test lets in, and projects that share what they learn. */
import { expect, onTestFinished } from 'vitest';
import type { Credential } from '../../src/cph/auth/credentials.ts';
import { createUpstreamMemory } from '../../src/cph/upstream-memory.ts';
import { type ApiStub, newLook, sendJson, startApi } from './cph-api.ts';
import { clientWith } from './cph-cloud.ts';

const MINUTE = 60_000;

export async function choosyCloud() {
  const state: State = {
    now: new Date('2026-01-01T00:00:00Z'),
    accepts: () => true,
    logins: true,
    login: null,
  };
  let tokens = 0;
  const api = await startApi(({ url, headers }, response) => {
    if (url.pathname.endsWith('/auth/tokens')) {
      if (state.login) return sendJson(response, {}, state.login);
      const error = { code: 401, message: 'wrong', title: 'Unauthorized' };
      if (!state.logins) return sendJson(response, { error }, { status: 401 });
      tokens += 1;
      return sendJson(response, { token: {} }, { status: 201, headers: { 'x-subject-token': `t${tokens}` } });
    }
    const [, , projectId = '', , endpoint = ''] = url.pathname.split('/');
    const who = { projectId, endpoint, credential: String(headers['x-auth-token'] ?? headers.authorization) };
    if (state.accepts(who)) return sendJson(response, { total: 0 });
    sendJson(response, { error_code: 'APIGW.0301', error_msg: 'no', request_id: 'r' }, { status: 401 });
  });
  onTestFinished(() => api.close());
  const memory = createUpstreamMemory(() => state.now);
  const project = (credential: Credential, projectId = 'p1') => {
    const client = clientWith(api.url, credential, { now: () => state.now, memory, projectId });
    onTestFinished(() => client.close());
    return (endpoint = 'images') =>
      client.get(`cloud-phone/${endpoint}`, {}, newLook()).then(
        () => 'ok',
        (error: { message: string; kind: string; code: string }) => error,
      );
  };
  const later = (minutes: number) => {
    state.now = new Date(state.now.getTime() + minutes * MINUTE);
  };
  return { api, state, project, later };
}

interface State {
  now: Date;
  accepts: (who: Asked) => boolean;
  /** Whether passwords are right. */
  logins: boolean;
  /** What a login is answered with, whatever the password. */
  login: { readonly status: number; readonly headers: Record<string, string> } | null;
}

interface Asked {
  readonly projectId: string;
  readonly endpoint: string;
  readonly credential: string;
}

/** A credential that can be changed as a file is. */
export function key() {
  const parts = { accessKey: 'AK1', secretKey: 'SK1' };
  const credential: Credential = {
    kind: 'access-key',
    accessKey: { reveal: () => parts.accessKey },
    secretKey: { reveal: () => parts.secretKey },
  };
  return { parts, credential };
}

export function login(authUrl: string, projectId: string, password = () => 'secret'): Credential {
  const user = { userName: 'u', domainName: 'd', authUrl, projectId };
  return { kind: 'password', ...user, password: { reveal: password } };
}

export const loginsAt = ({ requests }: ApiStub) =>
  requests.filter(({ url }) => url.pathname.endsWith('tokens')).length;

export const rejection = (message: RegExp) => ({
  kind: 'unauthorized',
  message: expect.stringMatching(message),
});
