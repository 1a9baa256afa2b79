import { Refusal } from './errors.ts';

interface IssuedToken {
  readonly token: string;
  readonly expires_at: Date;
}

/** The tokens in force. A new one ends no other. */
export interface Tokens {
  /** For one project and a limited time, as a login gives. */
  issue(project_id: string, now: Date): IssuedToken;
  /** For every project, until revoked. */
  grant(): string;
  /**
   * Throws {@link Refusal}: 401 when the token is unknown, revoked or expired, 403 when it is for another
   * project.
   */
  check(token: string, access: { project_id: string; now: Date }): void;
  /** Ends all tokens at once, as a change of password or permissions does. */
  revokeAll(): void;
}

interface TokenRules {
  readonly lifetimeMs: number;
  /** Tokens are padded to this length. */
  readonly bytes: number;
}

export function createTokens({ lifetimeMs, bytes }: TokenRules): Tokens {
  const valid = new Map<string, { project_id: string | null; expires: number }>();
  let issued = 0;

  function enter(project_id: string | null, expires: number): string {
    issued += 1;
    const token = `simulated-token-${issued}`.padEnd(bytes, '-');
    valid.set(token, { project_id, expires });
    return token;
  }

  return {
    issue(project_id, now) {
      const expires = now.getTime() + lifetimeMs;
      return { token: enter(project_id, expires), expires_at: new Date(expires) };
    },
    grant: () => enter(null, Number.POSITIVE_INFINITY),
    check(token, { project_id, now }) {
      const grant = valid.get(token);
      if (!grant || grant.expires <= now.getTime()) throw new Refusal('APIGW.0301');
      if (grant.project_id !== null && grant.project_id !== project_id) throw new Refusal('APIGW.0306');
    },
    revokeAll: () => valid.clear(),
  };
}
