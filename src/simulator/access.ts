import { Refusal } from './errors.ts';
import { createLockout, type Lockout } from './lockout.ts';
import type { ApiRequest } from './request.ts';
import { type SignatureClaim, signatureClaim, signatureOf, signingTime } from './signature.ts';
import type { Tokens } from './tokens.ts';

export interface KeyPair {
  readonly access: string;
  readonly secret: string;
  /** Temporary key pairs have one, and requests must carry it. */
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
  // "More than five failures" lock, so the sixth does.
  return { tokens, keyPairs, lockout: createLockout({ failures: 6, forMs: 5 * 60_000 }) };
}

/** Throws {@link Refusal} unless the request comes with a valid token or signature. Key pairs are good for all projects. */
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
