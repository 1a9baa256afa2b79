import { field } from './fields.ts';

const REGION = '{region}';

/**
 * An address to send requests to, in which `{region}` may stand for the project's region (see {@link addressIn}).
 * User and password are refused because addresses appear in logs; query and fragment because paths are appended.
 */
export function address(example: string) {
  const expected = `an http or https URL without user, password, query or fragment, such as ${example}`;
  return field(expected, (text) => (isAddress(text) ? text : undefined));
}

function isAddress(text: string): boolean {
  const filled = text.replaceAll(REGION, 'region');
  if (!URL.canParse(filled)) return false;
  const { protocol, username, password, search, hash } = new URL(filled);
  return /^https?:$/.test(protocol) && !`${username}${password}${search}${hash}`;
}

/** The URL an {@link address} stands for in a region, without a slash at its end. */
export function addressIn(region: string, template: string): string {
  const { origin, pathname } = new URL(template.replaceAll(REGION, region));
  return `${origin}${pathname}`.replace(/\/+$/, '');
}

/** The warning an address deserves when whatever is sent to it can be read on the way; none for this machine. */
export function clearTextWarnings(origin: string, url: string): string[] {
  const { protocol, hostname, host } = new URL(url);
  const loopback = /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || loopback) return [];
  return [`${origin}: credentials travel to ${host} in clear; an https URL would protect them`];
}
