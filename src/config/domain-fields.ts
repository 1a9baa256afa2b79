/** Fields that name something outside the program: regions, addresses, the database, schedules, ports. */
import { DatabaseUrlError } from '../database-url/parameters.ts';
import { readDatabaseUrl } from '../database-url/read.ts';
import { CronError, readCron } from '../waiting/cron.ts';
import { timeZone as zoneOf } from '../waiting/time-zone.ts';
import { field, NotTaken, secretLike, textLike } from './fields.ts';
import { suggestion } from './nearest-word.ts';

/** Where Cloud Phone Host is known to be offered. New regions appear, so another one only earns a warning. */
const KNOWN_REGIONS = [
  'af-north-1',
  'ap-southeast-1',
  'ap-southeast-3',
  'cn-east-2',
  'cn-east-3',
  'cn-east-4',
  'cn-north-4',
  'cn-north-9',
  'cn-south-1',
  'cn-southwest-2',
  'la-north-2',
  'la-south-2',
  'ru-northwest-2',
];

/** The name of a region. It goes into host names, so no other characters are taken. */
export function region() {
  return textLike(
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    'a region in lower-case letters, digits and hyphens, such as ap-southeast-3',
  );
}

export function regionWarnings(origin: string, name: string): string[] {
  if (KNOWN_REGIONS.includes(name)) return [];
  return [`${origin}: ${name} is not known to offer Cloud Phone Host${suggestion(name, KNOWN_REGIONS)}`];
}

const REGION = '{region}';

/**
 * An address that requests are sent to. `{region}` in it stands for the project's region, see
 * {@link addressIn}. User and password are refused because addresses appear in logs, query and fragment
 * because paths are appended.
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

const PUBLIC_URL =
  'an http or https URL without user, password, query or fragment, such as https://ops.example.com/cph/';

/** Where people reach the page. Its path, if it has one, comes before every address. */
export function publicUrl() {
  return field(PUBLIC_URL, (text) => {
    const plain = isAddress(text) && !text.includes(REGION);
    return plain ? new URL(text) : undefined;
  });
}

/** A warning when others can read what is sent to an address on its way. This machine's own earn none. */
export function clearTextWarnings(origin: string, url: string): string[] {
  const { protocol, hostname, host } = new URL(url);
  const loopback = /^(?:(?:.+\.)?localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname);
  if (protocol === 'https:' || loopback) return [];
  return [`${origin}: credentials travel to ${host} in clear; an https URL would protect them`];
}

const DATABASE_URL =
  'a Postgres URL as psql takes it, with special characters percent-encoded, such as ' +
  'postgres://user:password@host:5432/database';

/** Where Postgres is. Only connecting shows whether a database is there. */
export function databaseUrl() {
  return secretLike(judgeDatabaseUrl, DATABASE_URL);
}

function judgeDatabaseUrl(text: string): boolean | NotTaken {
  if (/^["']/.test(text)) return new NotTaken('one without quotes around it');
  try {
    readDatabaseUrl(text);
    return true;
  } catch (error) {
    if (error instanceof DatabaseUrlError) return new NotTaken(`one ${error.message}`);
    throw error;
  }
}

const CRON =
  'a cron expression of five fields (minute, hour, day of month, month, day of week) or six (seconds first)';

/** A cron expression, judged by the scheduler that will run it. A fault says which part is wrong. */
export function cron(example: string) {
  return field(`${CRON}, such as ${example}`, cronText);
}

/** {@link cron}, or `off`, which is read as null. */
export function cronOrOff(example: string) {
  return field(`${CRON}, such as ${example}, or off`, (text) => (text === 'off' ? null : cronText(text)));
}

function cronText(text: string): string | NotTaken {
  try {
    readCron(text);
    return text;
  } catch (error) {
    if (error instanceof CronError) return new NotTaken(error.message);
    throw error;
  }
}

const ZONE =
  'UTC, or a time zone by its IANA name with a slash, such as Asia/Singapore (for a fixed distance: Etc/GMT-8 is eight ' +
  'hours ahead of UTC)';

/**
 * A place of the time zone database, or UTC. Abbreviations are refused, because they stand for several
 * zones: CST is one in Chicago, Shanghai and Havana. Offsets are refused, because half of all programs read
 * their sign the other way round.
 */
export function timeZone() {
  return field(ZONE, (text) => (isTimeZone(text) ? text : undefined));
}

function isTimeZone(name: string): boolean {
  if (name !== 'UTC' && !name.includes('/')) return false;
  try {
    zoneOf(name);
    return true;
  } catch {
    return false;
  }
}

/** A port to listen on, or `off`, which is read as null. */
export function portOrOff() {
  const read = (text: string) => {
    if (text === 'off') return null;
    return /^\d{1,5}$/.test(text) && Number(text) <= 65_535 ? Number(text) : undefined;
  };
  const form = { type: ['integer', 'string'], minimum: 0, maximum: 65_535, pattern: '^off$' };
  return field('a port from 0 to 65535, such as 8080, or off', read, form);
}
