import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/**
 * A name that no other process has or will have. It tells a person where to look: host, process id, a few
 * random digits.
 */
export function replicaName(): string {
  return `${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
}
