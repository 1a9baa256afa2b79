import { UnusableInput } from '../simulator/checked-input.ts';
import { chooseEdition } from '../simulator/choose-edition.ts';
import { loadFaults } from '../simulator/faults.ts';
import { type Simulator, startSimulator } from '../simulator/server.ts';
import { createWorld } from '../simulator/world.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { untilAborted } from './until-aborted.ts';

export interface SimulateOptions {
  readonly port: number;
  readonly images: number;
  readonly seed: number;
  /** How many times faster than a team's day images live; 0 lets nothing happen. */
  readonly pace: number;
  /** Path of a JSON file with a schedule of faults. */
  readonly faults?: string;
  /** How the API differs from its reference pages: settings, or the path of a JSON file. */
  readonly edition?: string;
}

/** Serves the simulated API until stopped, and prints what to set for the daemon to read it. */
export async function simulate(options: SimulateOptions, context: CommandContext): Promise<ExitCode> {
  const { seed, images, port, pace } = options;
  const faults = await given('--faults', options.faults, loadFaults);
  const edition = await given('--edition', options.edition, chooseEdition);
  const life = pace > 0 ? { life: { speed: pace } } : {};
  const world = createWorld({ seed, images, start: context.now(), ...life });
  const cloud = await startSimulator({
    world,
    port,
    now: context.now,
    ...(faults && { faults }),
    ...(edition && { edition }),
  }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EADDRINUSE' && error.code !== 'EACCES') throw error;
    throw new CommandError(
      `Port ${port} cannot be had (${error.code}). Give another with --port; 0 takes any that is free.`,
    );
  });
  context.out.write(howToReach(cloud, { project_id: world.project_id, pace }));
  await untilAborted(context.stop);
  await cloud.close();
  return EXIT.done;
}

/**
 * From this pace on, so many images go between two sweeps of the usual schedule that the brake holds them, and
 * waits for a person. Five minutes are an hour of the images' at 12.
 */
const FAST = 12;
const FAST_SCHEDULES = "CPH_SYNC_CRON='*/10 * * * * *' CPH_WATCH_CRON='*/2 * * * * *'";

/** The lines to copy. What they hold is made up and guards nothing, so it may be printed. */
function howToReach(cloud: Simulator, { project_id, pace }: { project_id: string; pace: number }): string {
  const { user, keyPair, temporaryKeyPair } = cloud;
  return [
    `The simulated Cloud Phone Host API listens on ${cloud.url}. In another shell:`,
    '',
    '  export HW_REGION_NAME=ap-southeast-1',
    `  export HW_PROJECT_ID=${project_id}`,
    `  export HW_AUTH_TOKEN=${cloud.token}`,
    `  export CPH_ENDPOINT=${cloud.url}`,
    ...(pace > FAST ? [`  export ${FAST_SCHEDULES}   # as fast as its images live`] : []),
    '  npx cph-inventory start',
    '',
    'Instead of the token it takes a key pair, a temporary key pair, or a login:',
    '',
    `  export HW_ACCESS_KEY=${keyPair.access} HW_SECRET_KEY=${keyPair.secret}`,
    `  export HW_ACCESS_KEY=${temporaryKeyPair.access} HW_SECRET_KEY=${temporaryKeyPair.secret} \\`,
    `    HW_SECURITY_TOKEN=${temporaryKeyPair.securityToken}`,
    `  export HW_USER_NAME=${user.name} HW_USER_PASSWORD=${user.password} \\`,
    `    HW_DOMAIN_NAME=${user.domain} HW_AUTH_URL=${cloud.authUrl}`,
    '',
  ].join('\n');
}

async function given<Value>(
  option: string,
  text: string | undefined,
  read: (text: string) => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return text === undefined ? undefined : await read(text);
  } catch (error) {
    if (error instanceof UnusableInput) throw new CommandError(`${option} ${error.message}`, EXIT.usage);
    throw error;
  }
}
