import { CphError } from '../errors.ts';
import type { Authorize } from './authorize.ts';
import { type IamToken, type LoginOptions, logIn, type PasswordLogin } from './iam.ts';
import { singleFlight } from './single-flight.ts';

const RENEWAL_MARGIN_MS = 5 * 60_000;

interface HeldToken {
  readonly value: string;
  /** Null: used until it is rejected. */
  readonly renewAt: Date | null;
}

/**
 * Authorizes with a token got by password, renewed before it ends and when the API rejects it. However many requests
 * need one, one login runs. A password that IAM rejects is not sent again, since five wrong ones lock the user: until
 * `password` reveals another one, every request fails with what IAM said.
 */
export function authorizeByPassword(
  credential: PasswordLogin & { readonly password: { reveal(): string } },
  options: LoginOptions,
): Authorize {
  let held: HeldToken | null = null;
  let rejected: { readonly password: string; readonly error: CphError } | null = null;
  const renew = singleFlight(async (signal): Promise<HeldToken> => {
    const password = credential.password.reveal();
    if (rejected?.password === password) throw rejected.error;
    try {
      const token = await logIn(credential, { ...options, password, signal });
      held = { value: token.value, renewAt: renewalTime(token, options.now()) };
      return held;
    } catch (error) {
      if (!isRejection(error)) throw error;
      rejected = { password, error: notTriedAgain(error) };
      throw rejected.error;
    }
  });
  return async (_request, { signal, rejected: refused }) => {
    // Another request may have renewed the token since this one was rejected.
    const unusable =
      held === null || held.value === refused?.headers['X-Auth-Token'] || isDue(held, options.now());
    const token = held === null || unusable ? await renew(signal) : held;
    return { 'X-Auth-Token': token.value };
  };
}

function isDue({ renewAt }: HeldToken, now: Date): boolean {
  return renewAt !== null && now >= renewAt;
}

/**
 * Some minutes before a token ends, or in the last tenth of a short life. Null when it ends in the past: the clocks
 * disagree, and renewing by the clock would log in for every request.
 */
export function renewalTime({ expiresAt }: Pick<IamToken, 'expiresAt'>, now: Date): Date | null {
  if (expiresAt === null || expiresAt <= now) return null;
  const life = expiresAt.getTime() - now.getTime();
  return new Date(expiresAt.getTime() - Math.min(RENEWAL_MARGIN_MS, life / 10));
}

function isRejection(error: unknown): error is CphError {
  return error instanceof CphError && (error.kind === 'unauthorized' || error.kind === 'denied');
}

function notTriedAgain(cause: CphError): CphError {
  const { kind, code, status, requestId } = cause;
  const hint =
    'IAM rejected the user, the password or the account name. It is not tried again, so that the user is not locked: correct it and start again; a password read from a file is tried again once the file has changed.';
  const facts = { kind, code, requestId, hint, cause, ...(status === null ? {} : { status }) };
  return new CphError(cause.message, facts);
}
