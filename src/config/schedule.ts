import { validate } from 'node-cron';
import { field } from './fields.ts';

const CRON =
  'a cron expression of five fields (minute, hour, day of month, month, day of week) or six (seconds first)';

/** A cron expression, judged by the scheduler that will run it. */
export function cron(example: string) {
  return field(`${CRON}, such as ${example}`, (text) => (validate(text) ? text : undefined));
}

/** {@link cron}, or `off`, which is read as null. */
export function cronOrOff(example: string) {
  return field(`${CRON}, such as ${example}, or off`, (text) => {
    if (text === 'off') return null;
    return validate(text) ? text : undefined;
  });
}

/** A name of the time zone database known to this Node. */
export function timeZone() {
  return field('a time zone by its IANA name, such as UTC or Asia/Singapore', (text) =>
    isTimeZone(text) ? text : undefined,
  );
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
