import { type DestinationStream, type Logger, pino } from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { ProjectConfig } from '../config/project.ts';
import type { Output } from '../terminal/output.ts';
import { printable } from '../terminal/text.ts';
import { traceIds } from '../tracing/span.ts';
import { logLine } from './log-line.ts';

export type Log = Logger;

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

interface LogOptions {
  readonly level: string;
  /** The projects there are now: a terminal is told their names. */
  readonly projects: () => readonly Pick<ProjectConfig, 'projectId' | 'name'>[];
}

/**
 * The program's log: one JSON object a line, and a short line where a person is watching. Secrets are kept in
 * objects that do not print themselves. Redaction is the second line of defence.
 */
export function createLog({ level, projects }: LogOptions, out: Output): Log {
  const paths = SECRET_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]);
  const log: Log = pino(
    { level, base: null, timestamp: pino.stdTimeFunctions.isoTime, redact: { paths }, mixin: traceIds },
    out.isTTY ? onTerminal(out, { projects, whole: () => log.isLevelEnabled('debug') }) : out,
  );
  return log;
}

function onTerminal(
  out: Output,
  { projects, whole }: Pick<LogOptions, 'projects'> & { whole: () => boolean },
): DestinationStream {
  const projectName = (id: string) => {
    const known = projects();
    return known.length === 1 ? null : (known.find(({ projectId }) => projectId === id)?.name ?? id);
  };
  const format = prettyFactory({
    colorize: out.colours,
    translateTime: 'SYS:HH:MM:ss',
    hideObject: true,
    messageFormat: (record) => printable(logLine(record, { projectName, whole: whole() })),
  });
  return { write: (line) => out.write(format(line)) };
}
