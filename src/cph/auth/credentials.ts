import type { CphError } from '../errors.ts';
import type { Authorize } from './authorize.ts';
import type { LoginOptions, PasswordLogin } from './iam.ts';
import { authorizeByPassword } from './password.ts';
import { signRequest } from './signing.ts';

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

/** How requests are authorized with a credential. What it learns (a token, a rejection) is kept as long as the result. */
export function createAuthorize(credential: Credential, options: LoginOptions): Authorize {
  switch (credential.kind) {
    case 'token':
      return authorizeByToken(credential.token);
    case 'password':
      return authorizeByPassword(credential, options);
    case 'access-key':
      return authorizeByAccessKey(credential, options.now);
  }
}

function authorizeByToken(token: Secret): Authorize {
  return async (_request, { rejected }) => {
    const headers = { 'X-Auth-Token': token.reveal() };
    if (rejected?.headers['X-Auth-Token'] === headers['X-Auth-Token']) throw rejected.failure;
    return headers;
  };
}

/** Once rejected, a key is not offered again: more than five failures lock it for everyone who uses it. */
function authorizeByAccessKey(
  { accessKey, secretKey, securityToken }: Credential & { kind: 'access-key' },
  now: () => Date,
): Authorize {
  let rejection: CphError | null = null;
  return async (request, { rejected }) => {
    rejection ??= rejected?.failure ?? null;
    if (rejection) throw rejection;
    // Both at once: keys are rotated in pairs, and half a pair is a wrong signature.
    const key = {
      accessKey: accessKey.reveal(),
      secretKey: secretKey.reveal(),
      ...(securityToken && { securityToken: securityToken.reveal() }),
    };
    return signRequest(request, { key, date: now() });
  };
}
