import { z } from 'zod';
import { address, addressIn, clearTextWarnings } from './address.ts';
import { secretLike, textLike } from './fields.ts';
import type { Secret } from './secret.ts';
import type { CREDENTIAL_SETTINGS } from './setting-table.ts';
import { type Findings, isSet, judge, type Settings } from './settings.ts';

export type CredentialKey = keyof typeof CREDENTIAL_SETTINGS;

/** How requests of a project are authenticated. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: Secret }
  | {
      readonly kind: 'access-key';
      readonly accessKey: Secret;
      readonly secretKey: Secret;
      /** Only a temporary access key has one. */
      readonly securityToken: Secret | null;
    }
  | {
      readonly kind: 'password';
      readonly userName: string;
      readonly password: Secret;
      readonly domainName: string;
      /** Ends in the version, `…/v3`; no slash after it. */
      readonly authUrl: string;
    };

interface Way {
  /** As warnings call it. */
  readonly label: string;
  /** Any of these says that this way is meant. Others, such as the domain name, are exported for other tools too. */
  readonly signs: readonly CredentialKey[];
  readonly needs: readonly CredentialKey[];
  readonly schema: z.ZodType<Credentials>;
}

// Headers carry these, or what is signed with them. A blank or a line break inside is a slip of copying, and is better
// found here than as a failed login: a few of those lock the user out.
const headerSecret = (what: string) =>
  secretLike((text) => /^[!-~]+$/.test(text), `${what}: one line of ASCII without blanks`);

/** In the order of precedence, which is that of the Terraform provider whose variables these are. */
const WAYS: readonly Way[] = [
  {
    label: 'the token',
    signs: ['token'],
    needs: ['token'],
    schema: z
      .object({ token: headerSecret('a token') })
      .transform((found) => ({ kind: 'token' as const, ...found })),
  },
  {
    label: 'the access key',
    signs: ['accessKey', 'secretKey', 'securityToken'],
    needs: ['accessKey', 'secretKey'],
    schema: z
      .object({
        accessKey: headerSecret('an access key'),
        secretKey: headerSecret('the secret key of the access key'),
        securityToken: headerSecret('a security token').optional(),
      })
      .transform(({ securityToken = null, ...keys }) => ({
        kind: 'access-key' as const,
        ...keys,
        securityToken,
      })),
  },
  {
    label: 'the password',
    signs: ['userName', 'password'],
    needs: ['userName', 'password', 'domainName'],
    schema: z
      .object({
        userName: textLike(/\S/, 'the name of an IAM user, such as inventory-reader'),
        password: secretLike((text) => text.trim() !== '', 'the password of the IAM user'),
        domainName: textLike(/\S/, 'the account name the IAM user belongs to, such as hwid_example'),
        authUrl: address('https://iam.ap-southeast-3.myhuaweicloud.com/v3'),
      })
      .transform((found) => ({ kind: 'password' as const, ...found })),
  },
];

const ANY_WAY =
  'a token (HW_AUTH_TOKEN), or an access key (HW_ACCESS_KEY, HW_SECRET_KEY), ' +
  'or a login (HW_USER_NAME, HW_USER_PASSWORD, HW_DOMAIN_NAME)';

/**
 * The first way that is complete; null, with faults, when there is none. Several complete ways are no fault, as
 * people export what other tools need; a warning then says which one is used. `authUrl` may still hold `{region}`,
 * because several projects may share credentials: see {@link credentialsIn}.
 */
export function chooseCredentials(settings: Settings<CredentialKey>, findings: Findings): Credentials | null {
  const meant = WAYS.filter((way) => way.signs.some((key) => isSet(settings[key])));
  const chosen = meant.find((way) => way.needs.every((key) => isSet(settings[key])));
  if (chosen) {
    findings.warnings.push(...ignoredWarnings(chosen, meant, settings));
    return judge(chosen.schema, settings, findings);
  }
  if (meant.length === 0) {
    findings.faults.push({ where: 'credentials', got: 'nothing', expected: ANY_WAY });
  }
  for (const way of meant) judge(way.schema, settings, findings);
  return null;
}

function ignoredWarnings(chosen: Way, meant: readonly Way[], settings: Settings<CredentialKey>): string[] {
  const ignored = meant
    .filter((way) => way !== chosen)
    .flatMap((way) => way.signs)
    .filter((key) => isSet(settings[key]));
  if (ignored.length === 0) return [];
  const names = (keys: readonly CredentialKey[]) => keys.map((key) => settings[key].origin).join(', ');
  return [`using ${chosen.label} (${names(chosen.needs)}); ignored: ${names(ignored)}`];
}

/** The credentials with the login address of a region. IAM's bare address is completed with its version. */
export function credentialsIn(region: string, credentials: Credentials): Credentials {
  if (credentials.kind !== 'password') return credentials;
  const authUrl = addressIn(region, credentials.authUrl);
  return { ...credentials, authUrl: new URL(authUrl).pathname === '/' ? `${authUrl}/v3` : authUrl };
}

/** Warnings about where credentials are sent to log in. */
export function loginWarnings(origin: string, credentials: Credentials): string[] {
  return credentials.kind === 'password' ? clearTextWarnings(origin, credentials.authUrl) : [];
}
