import type { CphErrorKind } from './errors.ts';

/** What publishing a message is called in messages. */
export const SMN_PUBLISH = 'SMN publish';

/** What was asked, and what is known of the answer. */
export interface Asked {
  readonly code: string;
  /** As messages call it: `cloud-phone/images`. */
  readonly endpoint: string;
  /** Where it was asked, as `host:port`. */
  readonly host?: string | undefined;
  /** Whether the answer has an id that the vendor can look it up by. */
  readonly traced?: boolean;
}

/** The setting that says where an endpoint is. */
export function settingOf(endpoint: string): string {
  if (endpoint.startsWith('IAM')) return 'HW_AUTH_URL';
  return endpoint === SMN_PUBLISH ? 'CPH_SMN_ENDPOINT' : 'CPH_ENDPOINT';
}

/** Such as `CPH_ENDPOINT, which leads to cph.example.com`. */
const place = ({ endpoint, host }: Asked) =>
  `${settingOf(endpoint)}${host === undefined ? '' : `, which leads to ${host}`}`;

type Hint = string | ((asked: Asked) => string);

const BY_CODE: Readonly<Record<string, Hint>> = {
  http_404: (asked) => `Nothing of the API is at this address: check ${place(asked)}, and any path in it.`,
  http_400: (asked) =>
    `Check ${place(asked)}: a port that speaks TLS answers so when it is asked without, and needs https://.`,
  'CPS.0006': 'The account is in arrears: settle the bill, then it works again by itself.',
  'CPS.0007': 'The account is frozen: ask the vendor to release it.',
  'SMN.0005': 'The topic URN is not valid: copy it from the SMN console.',
  'SMN.0006': 'The topic is not there: check its URN, and that its region is that of the endpoint.',
  'SMN.0070': 'The account is in arrears: settle the bill, then it works again by itself.',
  'SMN.0071': 'The account is frozen: ask the vendor to release it.',
  'APIGW.0101': (asked) =>
    `The gateway knows no such API: check ${place(asked)}, and that Cloud Phone Host exists in this region.`,
  'APIGW.0301':
    'The credential has expired, is wrong or locked, or is of another region; an account in arrears is told this too.',
  'APIGW.0307':
    'The token must be renewed, or was issued in another region: get one in the region of the project.',
  'APIGW.0308': 'Too many requests: lower CPH_RATE_LIMIT, or ask the vendor for a higher quota.',
};

const BY_KIND: Readonly<Partial<Record<CphErrorKind, Hint>>> = {
  unauthorized: 'The credential was rejected: check it, and that it belongs to this project and region.',
  denied:
    'Check that HW_PROJECT_ID is a project of this credential in this region; then give its IAM user the permission cph:images:list.',
  unavailable: ({ host, traced }) =>
    `${host ?? 'The service'} has a problem of its own: ${traced ? 'if it lasts, give the vendor the request id' : 'try again later, and see whether a proxy answers in its place'}.`,
  malformed: (asked) => `This does not look like the API: check ${place(asked)}, and any proxy in between.`,
};

/**
 * What a person should do about a failed request; null when there is nothing better than the message. The
 * likeliest cause comes first.
 */
export function hintFor(kind: CphErrorKind, asked: Asked): string | null {
  const { code, endpoint } = asked;
  if (kind === 'denied' && endpoint === SMN_PUBLISH) {
    return 'Give the IAM user the permission smn:topic:publish for this topic, in its region.';
  }
  if (kind === 'denied' && endpoint.endsWith('/phone-images')) {
    return 'Check that HW_PROJECT_ID is a project of this credential in this region; then give its IAM user the permission ims:images:list beside cph:images:list: this endpoint needs both.';
  }
  const hint = BY_CODE[code.replace(/^APIG\./, 'APIGW.')] ?? BY_KIND[kind] ?? null;
  return typeof hint === 'function' ? hint(asked) : hint;
}
