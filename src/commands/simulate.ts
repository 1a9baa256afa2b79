import { type Fault, FaultFileError, loadFaults } from '../simulator/faults.ts';
import { startSimulator } from '../simulator/server.ts';
import { createWorld } from '../simulator/world.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { untilAborted } from './until-aborted.ts';

export interface SimulateOptions {
  readonly port: number;
  readonly images: number;
  readonly seed: number;
  /** Path of a JSON file with a schedule of faults. */
  readonly faults?: string;
}

/** World seconds in a second: an image is created, finished or removed every few seconds. */
export const LIVELY = 150;

/** Serves the simulated API until stopped, and prints what to set for the daemon to read it. */
export async function simulate(options: SimulateOptions, context: CommandContext): Promise<ExitCode> {
  const { seed, images, port } = options;
  const faults = options.faults === undefined ? [] : await readFaults(options.faults);
  const world = createWorld({ seed, images, start: context.now(), life: { speed: LIVELY } });
  const cloud = await startSimulator({ world, port, faults, now: context.now });
  context.out.write(
    [
      `The simulated Cloud Phone Host API listens on ${cloud.url}. In another shell:`,
      '',
      '  export HW_REGION_NAME=ap-southeast-1',
      `  export HW_PROJECT_ID=${world.project_id}`,
      `  export HW_AUTH_TOKEN=${cloud.token}`,
      `  export CPH_ENDPOINT=${cloud.url}`,
      '  npx cph-inventory start',
      '',
    ].join('\n'),
  );
  await untilAborted(context.stop);
  await cloud.close();
  return EXIT.done;
}

async function readFaults(file: string): Promise<Fault[]> {
  try {
    return await loadFaults(file);
  } catch (error) {
    if (error instanceof FaultFileError) throw new CommandError(`--faults ${error.message}`, EXIT.usage);
    throw error;
  }
}
