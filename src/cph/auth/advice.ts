/** What to do about a rejected credential. The likeliest cause depends on which one it is, and comes first. */
import type { CphError } from '../errors.ts';

/** What is said of a rejection of the credential that was offered. */
export type Advise = (failure: CphError) => string;

const ARREARS = 'An account in arrears is told the same.';

export const ON_TOKEN: Advise = () =>
  `The token has expired (none lives longer than 24 hours), or is of another project or region: put a new one into HW_AUTH_TOKEN, or into its file. ${ARREARS}`;

export const ON_KEY: Advise = (failure) =>
  clockAdvice(failure) ??
  `Check HW_ACCESS_KEY and HW_SECRET_KEY: one is wrong, the two are swapped, or the key was disabled or deleted; a temporary key needs HW_SECURITY_TOKEN too. ${ARREARS}`;

export const ON_TEMPORARY_KEY: Advise = (failure) =>
  clockAdvice(failure) ??
  `The security token has expired most likely: get a new HW_ACCESS_KEY, HW_SECRET_KEY and HW_SECURITY_TOKEN, which belong together. ${ARREARS}`;

export const ON_ISSUED_TOKEN: Advise = () =>
  `IAM has just given this token, so HW_AUTH_URL and CPH_ENDPOINT are of different regions most likely. ${ARREARS}`;

export const ON_PASSWORD: Advise = () =>
  'Check HW_USER_PASSWORD and HW_USER_NAME, then HW_DOMAIN_NAME (the account, not the user) and HW_PROJECT_ID. What is read from a file is taken as soon as the file has changed, the rest at a reload; only a restart offers the same one again.';

/** A signature is good for 15 minutes; less than this is the way of an answer and a second of rounding. */
const NOTICEABLE_MS = 5 * 60_000;
const MINUTE_MS = 60_000;

function clockAdvice({ clockAheadMs }: CphError): string | null {
  if (clockAheadMs === null || Math.abs(clockAheadMs) < NOTICEABLE_MS) return null;
  const minutes = Math.round(Math.abs(clockAheadMs) / MINUTE_MS);
  const where = clockAheadMs > 0 ? 'ahead of' : 'behind';
  return `The clock of this machine is ${minutes} min ${where} that of the API, and a signature is good for 15: set the clock.`;
}
