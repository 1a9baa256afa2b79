import { Secret } from './secret.ts';
import type { Findings, Setting } from './settings.ts';

/** A header of requests as found, before it is judged. */
export interface HeaderSetting {
  readonly name: string;
  /** Where its name stands. */
  readonly origin: string;
  readonly setting: Setting;
}

/** More headers of requests: names in lower case, each once, and their values. */
export type HeadersConfig = Readonly<Record<string, Secret>>;

const NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** Visible characters of ASCII and blanks, and none at the ends: what every server reads the same. */
const VALUE = /^[!-~](?:[ -~]*[!-~])?$/;
/** They say how long the body is and where the request goes, or belong to what is sent. */
const OURS = [
  'connection',
  'content-length',
  'content-type',
  'expect',
  'host',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'webhook-id',
  'webhook-signature',
  'webhook-timestamp',
];

/** The headers, without those that something is wrong about; a fault says what. Values are never shown. */
export function assembleHeaders(found: readonly HeaderSetting[], findings: Findings): HeadersConfig {
  const headers: Record<string, Secret> = {};
  for (const { name, origin, setting } of found) {
    const known = name.toLowerCase();
    const fault = nameFault(known) ?? (Object.hasOwn(headers, known) ? TWICE : null);
    if (fault) findings.faults.push({ where: origin, ...fault });
    else if (setting.value instanceof Secret) {
      headers[known] = setting.value;
      if (!VALUE.test(setting.value.reveal())) findings.faults.push(valueFault(setting));
    }
  }
  return headers;
}

const TWICE = { got: 'this header again', expected: 'each header once, whatever the size of its letters' };

function valueFault({ origin, written }: Setting) {
  const expected =
    'the value of a header: one line of ASCII without a blank at either end, such as Bearer and a token';
  return { where: origin, got: written ?? 'a value that is not shown', expected };
}

function nameFault(name: string) {
  if (OURS.includes(name))
    return { got: 'a header that is set already', expected: `none of ${OURS.join(', ')}` };
  if (NAME.test(name)) return null;
  return { got: 'no name of a header', expected: 'letters, digits and hyphens, such as X-Api-Key' };
}
