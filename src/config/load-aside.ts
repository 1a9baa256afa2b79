import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import { type Config, deepFreeze, loadConfig } from './config.ts';
import type { Surroundings } from './environment.ts';
import { CONFIG_FILE } from './environment-names.ts';
import { ConfigError } from './fault.ts';
import type { Answer, Errand } from './load-worker.ts';
import { unpack } from './parcel.ts';

/** Characters of a file that is read in a few milliseconds. A thread takes longer, and memory. */
const SHORT = 4_096;
/** Beside this file, compiled like it. */
const WORKER = new URL(`load-worker${extname(import.meta.url)}`, import.meta.url);

/**
 * {@link loadConfig} while the program goes on working: a long file is read in another thread, from the
 * real file system. A file of a thousand projects takes a second.
 *
 * @throws ConfigError; what `signal` was aborted with, in the middle of a long file
 */
export async function loadConfigAside(surroundings: Surroundings, signal: AbortSignal): Promise<Config> {
  if (isShort(surroundings)) return loadConfig(surroundings);
  const { env, files } = surroundings;
  const workerData: Errand = { env };
  const worker = new Worker(WORKER, { workerData });
  const end = () => void worker.terminate();
  signal.addEventListener('abort', end);
  try {
    return configOf(await answerOf(worker, signal), files);
  } finally {
    signal.removeEventListener('abort', end);
    await worker.terminate();
  }
}

/** Also a file that cannot be read, which is refused at once. */
function isShort({ env, files }: Surroundings): boolean {
  const path = env[CONFIG_FILE];
  try {
    return !path || files.read(path).length <= SHORT;
  } catch {
    return true;
  }
}

async function answerOf(worker: Worker, signal: AbortSignal): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(signal.reason ?? new Error('reading the configuration ended early')));
  });
}

function configOf(answer: Answer, files: Surroundings['files']): Config {
  if ('faults' in answer) throw new ConfigError(answer.faults, answer.file);
  return deepFreeze(unpack(answer.config, files));
}
