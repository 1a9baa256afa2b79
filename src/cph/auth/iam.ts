import { type AnswerContext, classifyAnswer } from '../classify.ts';
import { CphError } from '../errors.ts';
import type { Transport } from '../transport.ts';

export interface PasswordLogin {
  readonly userName: string;
  readonly domainName: string;
  readonly projectId: string;
  /** `https://iam.{region}.myhuaweicloud.com/v3`; the version may be left out. */
  readonly authUrl: string;
}

export interface IamToken {
  readonly value: string;
  /** Null when IAM did not say, or not in a way that can be read. */
  readonly expiresAt: Date | null;
}

export interface LoginOptions {
  /** Whoever opened it closes it. */
  readonly transport: Transport;
  readonly requestTimeoutMs: number;
  readonly now: () => Date;
}

export const ENDPOINT = 'IAM auth/tokens';

/**
 * Logs in at IAM for a token of the project: `POST {auth_url}/auth/tokens` (API reference, Obtaining a User
 * Token Through Password Authentication). Throws a {@link CphError}; of kind `unauthorized` or `denied` when
 * the user, the password or the domain was rejected. One attempt, since IAM locks a user after five wrong
 * ones.
 */
export async function logIn(
  login: PasswordLogin,
  options: LoginOptions & { password: string; signal: AbortSignal },
): Promise<IamToken> {
  const { transport, password, signal, requestTimeoutMs: timeoutMs, now } = options;
  const url = loginUrl(login.authUrl);
  const headers = { accept: 'application/json', 'content-type': 'application/json' };
  const body = JSON.stringify(loginBody(login, password));
  const sent = { method: 'POST', url, headers, body, endpoint: ENDPOINT, timeoutMs } as const;
  const answer = await transport.send(sent, signal);
  const secrets = [password, ...transport.secrets];
  return tokenOf(answer, { endpoint: ENDPOINT, host: url.host, now: now(), secrets });
}

function loginUrl(authUrl: string): URL {
  const { origin, pathname } = new URL(authUrl);
  const base = pathname.replace(/\/+$/, '');
  return new URL(`${origin}${base.endsWith('/v3') ? base : `${base}/v3`}/auth/tokens`);
}

function loginBody({ userName, domainName, projectId }: PasswordLogin, password: string) {
  const user = { name: userName, password, domain: { name: domainName } };
  return {
    auth: { identity: { methods: ['password'], password: { user } }, scope: { project: { id: projectId } } },
  };
}

function tokenOf(answer: Parameters<typeof classifyAnswer>[0], context: AnswerContext): IamToken {
  const { body, error, requestId } = classifyAnswer(answer, context);
  if (error) throw error;
  const value = answer.headers['x-subject-token'];
  if (typeof value !== 'string' || value === '') {
    throw new CphError(`${ENDPOINT}: the answer carries no token`, {
      kind: 'malformed',
      code: 'invalid_answer',
      status: answer.status,
      requestId,
      hint: `Check HW_AUTH_URL: something else than IAM seems to answer at ${context.host}.`,
    });
  }
  return { value, expiresAt: expiryOf(body.token) };
}

function expiryOf(token: unknown): Date | null {
  const expires = new Date(String(Object(token).expires_at));
  return Number.isNaN(expires.getTime()) ? null : expires;
}
