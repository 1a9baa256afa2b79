import { Refusal } from './errors.ts';
import type { ApiRequest } from './request.ts';
import { type SignatureClaim, signatureClaim, signatureOf, signingTime } from './signature.ts';
import type { Tokens } from './tokens.ts';

export interface KeyPair {
  readonly access: string;
  readonly secret: string;
  /** Temporary key pairs have one. Requests must carry it. */
  readonly securityToken?: string;
}

/** Who may ask: the bearers of tokens, and those who sign with a key pair. */
export interface Access {
  readonly tokens: Tokens;
  readonly keyPairs: readonly KeyPair[];
  readonly lockout: Lockout;
}

const MAX_SKEW_MS = 15 * 60_000;

export function createAccess(tokens: Tokens, keyPairs: readonly KeyPair[]): Access {
  // The vendor's "more than five failures" lock, so the sixth does.
  return { tokens, keyPairs, lockout: createLockout({ failures: 6, forMs: 5 * 60_000 }) };
}

/**
 * Throws {@link Refusal} unless the request comes with a valid token or signature. A key pair is good for
 * every project.
 */
export function checkAccess(
  request: ApiRequest,
  access: Access,
  at: { project_id: string; now: Date },
): void {
  const { authorization, 'x-auth-token': token } = request.headers;
  if (authorization !== undefined) checkSigner(request, access, at.now);
  else access.tokens.check(typeof token === 'string' ? token : '', at);
}

function checkSigner(request: ApiRequest, { keyPairs, lockout }: Access, now: Date): void {
  const claim = signatureClaim(request.headers.authorization);
  if (!claim) throw new Refusal('APIGW.0301');
  if (lockout.isLocked(claim.access, now)) {
    throw new Refusal('APIGW.0301', 'The access key is locked after too many failures.');
  }
  const keyPair = keyPairs.find(({ access }) => access === claim.access);
  if (keyPair && isSigned(request, claim, { keyPair, now })) {
    lockout.succeed(claim.access);
    return;
  }
  lockout.fail(claim.access, now);
  throw new Refusal('APIGW.0301');
}

function isSigned(
  request: ApiRequest,
  claim: SignatureClaim,
  { keyPair, now }: { keyPair: KeyPair; now: Date },
): boolean {
  const signedAt = signingTime(request);
  if (!signedAt || Math.abs(signedAt.getTime() - now.getTime()) > MAX_SKEW_MS) return false;
  if (!claim.signedHeaders.includes('x-sdk-date')) return false;
  if (request.headers['x-security-token'] !== keyPair.securityToken) return false;
  return claim.signature === signatureOf(request, claim.signedHeaders, keyPair.secret);
}

/** Counts failures by name. Too many in a row lock the name out for a while. */
export interface Lockout {
  isLocked(name: string, now: Date): boolean;
  fail(name: string, now: Date): void;
  succeed(name: string): void;
}

interface LockoutRules {
  /** The failure that locks. */
  readonly failures: number;
  readonly forMs: number;
}

interface Tally {
  readonly failures: number;
  readonly lockedUntil: number;
}

/** Failures while locked do not prolong the lock. When it ends, counting starts anew. */
export function createLockout({ failures, forMs }: LockoutRules): Lockout {
  const tallies = new Map<string, Tally>();
  const isLocked = (name: string, now: Date) => now.getTime() < (tallies.get(name)?.lockedUntil ?? 0);

  return {
    isLocked,
    fail(name, now) {
      if (isLocked(name, now)) return;
      const count = (tallies.get(name)?.failures ?? 0) + 1;
      const locks = count >= failures;
      tallies.set(name, {
        failures: locks ? 0 : count,
        lockedUntil: locks ? now.getTime() + forMs : 0,
      });
    },
    succeed: (name) => void tallies.delete(name),
  };
}
