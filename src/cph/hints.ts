import type { CphErrorKind } from './errors.ts';

const BY_CODE: Readonly<Record<string, string>> = {
  http_404: 'Nothing of the API is at this address: check CPH_ENDPOINT.',
  http_400:
    'Check the endpoint: a port that speaks TLS answers so when it is asked without, and needs https://.',
  'CPS.0006': 'The account is in arrears: settle the bill, then it works again by itself.',
  'CPS.0007': 'The account is frozen: ask the vendor to release it.',
  'SMN.0005': 'The topic URN is not valid: copy it from the SMN console.',
  'SMN.0006': 'The topic is not there: check its URN, and that its region is that of the endpoint.',
  'SMN.0070': 'The account is in arrears: settle the bill, then it works again by itself.',
  'SMN.0071': 'The account is frozen: ask the vendor to release it.',
  'APIGW.0101':
    'The gateway knows no such API: check the endpoint, and that Cloud Phone Host exists in this region.',
  'APIGW.0301':
    'The token has expired or is of another region, the access key is wrong or locked, or the clock is over 15 minutes off; an account in arrears is told this too.',
  'APIGW.0307':
    'The token must be renewed, or was issued in another region: get one in the region of the project.',
  'APIGW.0308': 'Too many requests: lower the rate limit, or ask the vendor for a higher quota.',
};

const BY_KIND: Readonly<Partial<Record<CphErrorKind, string>>> = {
  unauthorized: 'The credential was rejected: check it, and that it belongs to this project and region.',
  denied:
    'Check that HW_PROJECT_ID is a project of this credential in this region; then give its IAM user the permission cph:images:list.',
  unavailable: 'The service has a problem of its own: if it lasts, give the vendor the request id.',
  malformed: 'This does not look like the API: check the endpoint and any proxy in between.',
};

/** What publishing a message is called in messages. */
export const SMN_PUBLISH = 'SMN publish';

/**
 * What a person should do about a failed request to `endpoint`; null when there is nothing better than the
 * message.
 */
export function hintFor(
  kind: CphErrorKind,
  { code, endpoint }: { code: string; endpoint: string },
): string | null {
  if (kind === 'denied' && endpoint === SMN_PUBLISH) {
    return 'Give the IAM user the permission smn:topic:publish for this topic, in its region.';
  }
  if (kind === 'denied' && endpoint.endsWith('/phone-images')) {
    return 'Check that HW_PROJECT_ID is a project of this credential in this region; then give its IAM user the permission ims:images:list beside cph:images:list: this endpoint needs both.';
  }
  return BY_CODE[code.replace(/^APIG\./, 'APIGW.')] ?? BY_KIND[kind] ?? null;
}
