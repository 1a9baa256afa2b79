import { type DestinationStream, type Logger, pino } from 'pino';
import pretty from 'pino-pretty';

export type Log = Logger;

/** Where it goes; a terminal has somebody watching. */
type LogStream = DestinationStream & { readonly isTTY: boolean };

/** Whatever finds its way into a log line under one of these names is not printed. */
const SECRET_FIELDS = [
  'authorization',
  'token',
  'password',
  'secretKey',
  'accessKey',
  'securityToken',
  'databaseUrl',
];

/**
 * The program's log: one JSON object a line, made readable where a person is watching. Secrets are kept in
 * objects that do not print themselves. Redaction is the second line of defence.
 */
export function createLog({ level }: { level: string }, stream: LogStream): Log {
  const destination: DestinationStream = stream.isTTY
    ? pretty({
        destination: stream,
        ignore: 'pid,hostname',
        translateTime: 'SYS:HH:MM:ss',
        singleLine: true,
        sync: true,
      })
    : stream;
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  return pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths } },
    destination,
  );
}
