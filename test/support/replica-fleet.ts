/** Replicas as processes of their own, to be killed, paused and stopped. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

const PROGRAM = join(import.meta.dirname, 'replica-program.ts');
/** Of what a replica wrote on stderr, enough to see how it came to an end. */
const KEPT_CHARACTERS = 20_000;

/** What a replica is configured with. */
export interface ReplicaPlan {
  /** The settings that all projects share. */
  readonly env: Readonly<Record<string, string>>;
  readonly projects: readonly string[];
}

export interface Replica {
  /** The last of what it wrote on stderr. */
  readonly stderr: () => string;
  /** Ends it as a power cut would. */
  readonly kill: () => Promise<void>;
  /** Takes its processor away, as a machine that sleeps does. */
  readonly pause: () => void;
  readonly resume: () => void;
  /** Asks it to stop, and waits until it has. */
  readonly stop: () => Promise<void>;
}

/** Resolves when it has begun to look; rejects when it ends before that, unless it was killed. */
export async function startReplica(plan: ReplicaPlan): Promise<Replica> {
  const child = fork(PROGRAM, [JSON.stringify(plan)], {
    execArgv: ['--import', import.meta.resolve('tsx')],
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-KEPT_CHARACTERS);
  });
  const exited = once(child, 'exit');
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  const failed = exited.then(([code]) =>
    Promise.reject(new Error(`a replica ended with ${code}: ${stderr}`)),
  );
  await Promise.race([once(child, 'message'), failed]);
  failed.catch(() => undefined);
  return {
    stderr: () => stderr,
    kill: () => end('SIGKILL'),
    pause: () => void child.kill('SIGSTOP'),
    resume: () => void child.kill('SIGCONT'),
    stop: () => end('SIGTERM'),
  };
}

/** The settings of replicas that read a simulated cloud, without a sink. */
export function replicaEnv(
  databaseUrl: string,
  cloud: { readonly url: string; readonly token: string },
  settings: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> {
  return {
    DATABASE_URL: databaseUrl,
    HW_REGION_NAME: 'ap-southeast-3',
    HW_AUTH_TOKEN: cloud.token,
    CPH_ENDPOINT: cloud.url,
    CPH_RATE_LIMIT: '200',
    CPH_MAX_RETRIES: '1',
    CPH_HTTP_PORT: 'off',
    CPH_WATCH_CRON: 'off',
    LOG_LEVEL: 'warn',
    ...settings,
  };
}
