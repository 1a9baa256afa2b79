/** Reads the configuration in a thread of its own, for `load-aside.ts`, and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { loadConfig } from './config.ts';
import { type Environment, processSurroundings } from './environment.ts';
import { ConfigError, type Fault } from './fault.ts';
import { pack } from './parcel.ts';

/** What the thread is given. */
export interface Errand {
  readonly env: Environment;
}

/** What it answers: a packed configuration, or what it is refused with. */
export type Answer =
  | { readonly config: unknown }
  | { readonly faults: readonly Fault[]; readonly file: string | null };

const { env }: Errand = workerData;
parentPort?.postMessage(read());

function read(): Answer {
  try {
    return { config: pack(loadConfig({ env, files: processSurroundings().files })) };
  } catch (error) {
    if (error instanceof ConfigError) return { faults: error.faults, file: error.file };
    throw error;
  }
}
