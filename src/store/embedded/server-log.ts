import {
  closeSync,
  constants,
  existsSync,
  lstatSync,
  openSync,
  readdirSync,
  readFileSync,
  unlinkSync,
} from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { handedPath, openFolder } from './folder.ts';

const LOG_FILE_BYTES = 1_000_000;

/** The last lines the server logged. */
export function lastLogLines(data: string): string {
  return inLogFolder(data, (files) => {
    const newest = files.sort((a, b) => b.mtimeMs - a.mtimeMs)[0];
    if (!newest) return '';
    const { O_RDONLY, O_NOFOLLOW } = constants;
    const file = openSync(newest.path, O_RDONLY | O_NOFOLLOW);
    try {
      return readFileSync(file, 'utf8').trimEnd().split('\n').slice(-10).join('\n');
    } finally {
      closeSync(file);
    }
  });
}

/** Only a server that runs over midnight begins files anew: under short runs they would grow for ever. */
export function dropLongLogs(data: string): void {
  inLogFolder(data, (files) => {
    for (const { path, size } of files) if (size > LOG_FILE_BYTES) unlinkSync(path);
    return '';
  });
}

interface LogFile {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/**
 * The folder is the account's, which may be less trusted than we are: it is held open while files in it are
 * read or deleted, so that no link in its place leads us elsewhere.
 */
function inLogFolder(data: string, work: (files: LogFile[]) => string): string {
  const name = join(data, 'log');
  if (!existsSync(name)) return '';
  if (platform() !== 'linux') return work(logFiles(name));
  const folder = openFolder(name);
  try {
    return work(logFiles(handedPath(folder)));
  } finally {
    closeSync(folder);
  }
}

function logFiles(folder: string): LogFile[] {
  return readdirSync(folder).map((name) => {
    const path = join(folder, name);
    const { size, mtimeMs } = lstatSync(path);
    return { path, size, mtimeMs };
  });
}
