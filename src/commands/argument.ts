/** What options and arguments take, checked before a command begins. */
import { InvalidArgumentError } from 'commander';
import { parseDuration as readDuration } from '../config/duration.ts';

const DAY_MS = 86_400_000;

/** Milliseconds, at most a day. */
export function parseDuration(text: string): number {
  const milliseconds = readDuration(text) ?? 0;
  if (milliseconds > 0 && milliseconds <= DAY_MS) return milliseconds;
  throw new InvalidArgumentError('It takes a duration such as 30s or 5m.');
}

/** An empty path would mean the environment instead. It comes from a script's variable that was not set. */
export function parsePath(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It takes the path of a file.');
}

export function parseCount(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number.');
}

export function parseSeq(text: string): number {
  if (/^\d{1,19}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes the sequence number of an event.');
}

export function parsePort(text: string): number {
  const port = parseCount(text);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('It takes a port, 0 to 65535.');
}

/** A number of things to print, from 1. */
export function parseLimit(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It takes a whole number from 1.');
}
