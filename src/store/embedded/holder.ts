import { ftruncateSync, readFileSync, readlinkSync, writeSync } from 'node:fs';
import { hostname } from 'node:os';

/** Who has locked a file, as the file itself says. */
interface Holder {
  readonly host: string;
  /** Whether its processes can be seen from here. */
  readonly here: boolean;
}

/**
 * Notes in a locked file who has it. Only the lock decides; the note is for what to tell those who do not get
 * it. It can be that of the holder before, for the moment until the new one has written.
 */
export function noteHolder(file: number): void {
  ftruncateSync(file);
  writeSync(file, `${processSpace()}\n${hostname()}\n`, 0);
}

/** Undefined when nobody has noted anything. */
export function readHolder(path: string): Holder | undefined {
  const [space, host] = readFileSync(path, 'utf8').split('\n');
  return space && host ? { host, here: space === processSpace() } : undefined;
}

/**
 * Names the set of process numbers we belong to; namespaces have numbers, which begin anew with each boot.
 */
function processSpace(): string {
  return `${bootId()} ${readlinkSync('/proc/self/ns/pid')}`;
}

/** A unit of systemd with `ProcSubset=pid` hides it, and a container may. The server runs there all the same. */
function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return 'hidden';
  }
}
