import { z } from 'zod';
import { address, addressIn, clearTextWarnings } from './domain-fields.ts';
import { NotTaken, secretLike, textLike } from './fields.ts';
import type { Secret } from './secret.ts';
import { CREDENTIAL_SETTINGS } from './setting-table.ts';
import { type Findings, isSet, judge, type Settings } from './settings.ts';

type CredentialKey = keyof typeof CREDENTIAL_SETTINGS;

/** How requests of a project are authenticated. */
export type Credentials =
  | { readonly kind: 'token'; readonly token: Secret }
  | {
      readonly kind: 'access-key';
      readonly accessKey: Secret;
      readonly secretKey: Secret;
      /** Null for a permanent access key. */
      readonly securityToken: Secret | null;
    }
  | {
      readonly kind: 'password';
      readonly userName: string;
      readonly password: Secret;
      readonly domainName: string;
      /** Ends in the version, `…/v3`, without a slash after it. */
      readonly authUrl: string;
    };

/** Credentials as found, before they are judged. */
export interface CredentialSettings {
  /** What a fault that is about all of them names. */
  readonly origin: string;
  /** What its settings are called there. */
  readonly called: 'variable' | 'key';
  readonly settings: Settings<CredentialKey>;
}

interface Way {
  /** Its name in faults. */
  readonly what: string;
  /** Its name in warnings. */
  readonly label: string;
  /** Any of these shows that this way is meant. The rest, such as the domain name, other tools need too. */
  readonly signs: readonly CredentialKey[];
  readonly needs: readonly CredentialKey[];
  readonly schema: z.ZodType<Credentials>;
}

// Headers carry these secrets or what is signed with them. A blank or a line break inside is a slip of
// copying. It is better found here than by failed logins: a few of those lock the user out.
const headerSecret = (what: string) =>
  secretLike(judgeHeaderSecret, `${what}: one line of ASCII without blanks`);

function judgeHeaderSecret(text: string): boolean | NotTaken {
  // No token or key has one, and each failed attempt counts towards a lock-out.
  if (/^["']|["']$/.test(text)) return new NotTaken('this one has quotes around it');
  return /^[!-~]+$/.test(text);
}

export const CREDENTIAL_FIELDS = {
  token: headerSecret('a token'),
  accessKey: headerSecret('an access key'),
  secretKey: headerSecret('the secret key of the access key'),
  securityToken: headerSecret('a security token').optional(),
  userName: textLike(/\S/, 'the name of an IAM user, such as inventory-reader'),
  password: secretLike((text) => text.trim() !== '', 'the password of the IAM user'),
  domainName: textLike(/\S/, 'the account name the IAM user belongs to, such as hwid_example'),
  authUrl: address('https://iam.ap-southeast-3.myhuaweicloud.com/v3'),
} satisfies Record<CredentialKey, z.ZodType>;

const { token, accessKey, secretKey, securityToken, userName, password, domainName, authUrl } =
  CREDENTIAL_FIELDS;

/** In the order of precedence. It is that of the Terraform provider, whose variables these are. */
const WAYS: readonly Way[] = [
  {
    what: 'a token',
    label: 'the token',
    signs: ['token'],
    needs: ['token'],
    schema: z.object({ token }).transform((found) => ({ kind: 'token' as const, ...found })),
  },
  {
    what: 'an access key',
    label: 'the access key',
    signs: ['accessKey', 'secretKey', 'securityToken'],
    needs: ['accessKey', 'secretKey'],
    schema: z
      .object({ accessKey, secretKey, securityToken })
      .transform(({ securityToken = null, ...keys }) => ({
        kind: 'access-key' as const,
        ...keys,
        securityToken,
      })),
  },
  {
    what: 'a login',
    label: 'the password',
    signs: ['userName', 'password'],
    needs: ['userName', 'password', 'domainName'],
    schema: z
      .object({ userName, password, domainName, authUrl })
      .transform((found) => ({ kind: 'password' as const, ...found })),
  },
];

/**
 * The first way that is complete; null, with faults, when there is none. Several complete ways are no fault,
 * because people export what other tools need; a warning then says which one is used. `authUrl` may still
 * hold `{region}`, because projects of several regions may share credentials (see {@link credentialsIn}).
 */
export function chooseCredentials(found: CredentialSettings, findings: Findings): Credentials | null {
  const { settings } = found;
  const meant = WAYS.filter((way) => way.signs.some((key) => isSet(settings[key])));
  const chosen = meant.find((way) => way.needs.every((key) => isSet(settings[key])));
  if (chosen) {
    findings.warnings.push(...ignoredWarnings(chosen, meant, settings));
    return judge(chosen.schema, settings, findings);
  }
  if (meant.length === 0) {
    findings.faults.push({ where: found.origin, got: 'nothing', expected: anyWay(found) });
  }
  for (const way of meant) judge(way.schema, settings, findings);
  return null;
}

function anyWay({ called }: CredentialSettings): string {
  const ways = WAYS.map(({ what, needs }) => {
    const names = needs.map((key) => CREDENTIAL_SETTINGS[key][called]);
    return `${what} (${names.join(', ')})`;
  });
  return ways.join(', or ');
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

/** The credentials with the login address of a region. An address without a path gets IAM's version. */
export function credentialsIn(region: string, credentials: Credentials): Credentials {
  if (credentials.kind !== 'password') return credentials;
  const authUrl = addressIn(region, credentials.authUrl);
  return { ...credentials, authUrl: new URL(authUrl).pathname === '/' ? `${authUrl}/v3` : authUrl };
}

/** Warnings about where credentials are sent to log in. */
export function loginWarnings(origin: string, credentials: Credentials): string[] {
  return credentials.kind === 'password' ? clearTextWarnings(origin, credentials.authUrl) : [];
}
