import type { UpstreamMemory } from '../upstream-memory.ts';
import { ON_KEY, ON_TEMPORARY_KEY, ON_TOKEN } from './advice.ts';
import type { Authorizer, Presented } from './authorize.ts';
import type { LoginOptions, PasswordLogin } from './iam.ts';
import { authorizeByPassword } from './password.ts';
import { signRequest } from './signing.ts';
import { LOCKABLE, type Standing, TOKEN } from './standing.ts';

/** A value that is shown only where it is sent. */
export interface Secret {
  reveal(): string;
}

export type Credential =
  /** A ready token; `reveal` may give another one later, when the file it came from has changed. */
  | { readonly kind: 'token'; readonly token: Secret }
  | ({ readonly kind: 'password'; readonly password: Secret } & PasswordLogin)
  | {
      readonly kind: 'access-key';
      readonly accessKey: Secret;
      readonly secretKey: Secret;
      readonly securityToken?: Secret;
    };

export interface AuthorizerOptions extends LoginOptions {
  /** Whose requests are authorized. */
  readonly projectId: string;
  /** Shared by all projects: a credential that one of them saw rejected is not offered by the others. */
  readonly memory: UpstreamMemory;
}

/** How requests of a project are authorized with a credential. */
export function createAuthorizer(credential: Credential, options: AuthorizerOptions): Authorizer {
  switch (credential.kind) {
    case 'token':
      return authorizeByValue(() => presentToken(credential, options));
    case 'password':
      return authorizeByPassword(credential, options);
    case 'access-key':
      return authorizeByValue(() => presentKey(credential, options));
  }
}

/** A token is of one project, and so is what is made of it. */
function presentToken({ token }: Credential & { kind: 'token' }, options: AuthorizerOptions): Presented {
  const value = token.reveal();
  const standing = options.memory.standingOf(['token', options.projectId, value], TOKEN);
  return { standing, advise: ON_TOKEN, headersFor: () => ({ 'X-Auth-Token': value }) };
}

/** All parts at once: keys are rotated in pairs, and half a pair is another credential, which is wrong. */
function presentKey(
  { accessKey, secretKey, securityToken }: Credential & { kind: 'access-key' },
  { memory, now }: AuthorizerOptions,
): Presented {
  const key = {
    accessKey: accessKey.reveal(),
    secretKey: secretKey.reveal(),
    ...(securityToken && { securityToken: securityToken.reveal() }),
  };
  const standing = memory.standingOf(['access-key', ...Object.values(key)], LOCKABLE);
  const advise = securityToken ? ON_TEMPORARY_KEY : ON_KEY;
  return { standing, advise, headersFor: (request) => signRequest(request, { key, date: now() }) };
}

/** Authorizes with what is read anew for each request. */
function authorizeByValue(read: () => Presented): Authorizer {
  let last: Standing | null = null;
  const present = () => {
    const presented = read();
    if (last !== presented.standing && last?.hasWorked()) presented.standing.inherit();
    last = presented.standing;
    return presented;
  };
  return {
    present: async () => present(),
    renew: async (rejected) => {
      const latest = present();
      return latest.standing === rejected.standing ? null : latest;
    },
  };
}
