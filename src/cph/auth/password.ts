import { CphError } from '../errors.ts';
import { notAskedBefore, noteQuiet } from '../retry.ts';
import { ON_ISSUED_TOKEN, ON_PASSWORD } from './advice.ts';
import type { Authorizer, Presented } from './authorize.ts';
import type { AuthorizerOptions } from './credentials.ts';
import { ENDPOINT, type IamToken, logIn, type PasswordLogin } from './iam.ts';
import { admit } from './offer.ts';
import { rejected, withHint } from './rejection.ts';
import { singleFlight } from './single-flight.ts';
import { LOCKABLE, type Place, type Standing, TOKEN } from './standing.ts';

const RENEWAL_MARGIN_MS = 5 * 60_000;

interface HeldToken extends Presented {
  /** Null: used until it is rejected. */
  readonly renewAt: Date | null;
}

type Password = PasswordLogin & { readonly password: { reveal(): string } };

/**
 * Authorizes with a token got by password, renewed before it ends and when the API rejects it. However many
 * requests need one, one login runs. A password that IAM rejects is kept back for all projects of the user,
 * since five wrong ones lock that user; a token that is refused right after its login is kept back too, and
 * no other is fetched meanwhile.
 */
export function authorizeByPassword(credential: Password, options: AuthorizerOptions): Authorizer {
  let held: HeldToken | null = null;
  let last: Standing | null = null;
  const renew = singleFlight(async (signal): Promise<HeldToken> => {
    const password = credential.password.reveal();
    const user = [credential.authUrl, credential.domainName, credential.userName, password];
    const standing = options.memory.standingOf(['password', ...user], LOCKABLE);
    if (last !== standing && last?.hasWorked()) standing.inherit();
    last = standing;
    const token = await logInOnce(credential, { ...options, password, standing, signal });
    const issued = options.memory.standingOf(['issued', credential.projectId, ...user], TOKEN);
    held = {
      standing: issued,
      advise: ON_ISSUED_TOKEN,
      headersFor: () => ({ 'X-Auth-Token': token.value }),
      renewAt: renewalTime(token, options.now()),
    };
    return held;
  });
  return {
    present: async (signal) => (held === null || isDue(held, options.now()) ? await renew(signal) : held),
    renew: async (refused, signal) => {
      // Another request may have renewed the token since this one was rejected.
      if (held !== null && held !== refused) return held;
      held = null;
      return await renew(signal);
    },
  };
}

interface LogIn extends AuthorizerOptions {
  readonly password: string;
  readonly standing: Standing;
  readonly signal: AbortSignal;
}

/** Logs in as soon as no other project is trying the same password, unless it is kept back. */
async function logInOnce(credential: Password, options: LogIn): Promise<IamToken> {
  const { standing, signal, memory } = options;
  const place: Place = { projectId: credential.projectId, endpoint: credential.authUrl };
  const name = `${credential.projectId} ${ENDPOINT} ${credential.authUrl}`;
  for (;;) {
    const quiet = memory.quiet.of(name);
    if (quiet) throw notAskedBefore(quiet, { label: ENDPOINT, now: options.now() });
    const trial = await admit(standing, { place, label: ENDPOINT, signal });
    if (trial === null) continue;
    try {
      const token = await logIn(credential, options);
      standing.accept(place);
      return token;
    } catch (error) {
      if (isRejection(error)) throw rejected(standing.reject(place, withHint(error, ON_PASSWORD(error))));
      if (error instanceof CphError) noteQuiet(memory.quiet, { name, error });
      throw error;
    } finally {
      trial.end();
    }
  }
}

function isDue({ renewAt }: HeldToken, now: Date): boolean {
  return renewAt !== null && now >= renewAt;
}

/**
 * Some minutes before a token ends, or in the last tenth of a short life. Null when it ends in the past: the
 * clocks disagree, and renewing by the clock would log in for every request.
 */
export function renewalTime({ expiresAt }: Pick<IamToken, 'expiresAt'>, now: Date): Date | null {
  if (expiresAt === null || expiresAt <= now) return null;
  const life = expiresAt.getTime() - now.getTime();
  return new Date(expiresAt.getTime() - Math.min(RENEWAL_MARGIN_MS, life / 10));
}

function isRejection(error: unknown): error is CphError {
  return error instanceof CphError && (error.kind === 'unauthorized' || error.kind === 'denied');
}
