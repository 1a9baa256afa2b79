import { request } from 'undici';
import { z } from 'zod';
import { type DatabaseConfig, loadDatabaseConfig } from '../config/config.ts';
import { ConfigError } from '../config/fault.ts';
import { errorText } from '../sync/trouble.ts';
import { withDeadline } from '../waiting/deadline.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';

/** A probe is asked often, and whoever waits for it gives up after a few seconds too. */
const ANSWER_TIMEOUT_MS = 5_000;

/** What `/readyz` answers. Any other answer comes from another program on the port. */
const answerSchema = z.looseObject({ ready: z.boolean() });

/**
 * Asks the daemon of this configuration whether it is ready, for containers without a shell. Returns 0 when
 * it is. Everything else is 1, a wrong configuration too: Docker reserves 2 as the answer of a health check.
 *
 * @throws CommandError, which says why it is not ready
 */
export async function health(context: CommandContext): Promise<ExitCode> {
  const url = readinessUrl(readHttp(context));
  const { status, text } = await ask(url, context.stop);
  const answer = answerSchema.safeParse(parsed(text));
  if (!answer.success) {
    throw new CommandError(`${url} answers with ${status}, and not as cph-inventory does; check the port`);
  }
  if (!answer.data.ready) throw new CommandError(`not ready: ${text.trim()}`);
  context.out.write('ready\n');
  return EXIT.done;
}

function readHttp({ surroundings }: CommandContext): DatabaseConfig['http'] {
  try {
    return loadDatabaseConfig(surroundings).http;
  } catch (error) {
    if (error instanceof ConfigError) throw new CommandError(error.message);
    throw error;
  }
}

/**
 * The addresses that mean any address of the machine, as a URL spells them, and its own by which it is
 * reached.
 */
const ANY_ADDRESS: Readonly<Record<string, string>> = {
  '0.0.0.0': '127.0.0.1',
  '[::]': '[::1]',
  '[::ffff:0:0]': '127.0.0.1',
};

function readinessUrl(http: DatabaseConfig['http']): string {
  if (http === null) throw new CommandError('nothing is served (http.port is off), so nobody can be asked');
  const { host, port } = http;
  if (port === 0) {
    throw new CommandError('the daemon picks a free port (http.port is 0); set one, so that it can be asked');
  }
  const url = new URL(`http://${host.includes(':') ? `[${host}]` : host}:${port}/readyz`);
  url.hostname = ANY_ADDRESS[url.hostname] ?? url.hostname;
  return url.href;
}

/** Asked directly, past any proxy of the environment, and without following anybody elsewhere. */
async function ask(url: string, stop: AbortSignal): Promise<{ status: number; text: string }> {
  try {
    return await withDeadline(stop, {
      ms: ANSWER_TIMEOUT_MS,
      work: async (signal) => {
        const { statusCode, body } = await request(url, { signal });
        return { status: statusCode, text: await body.text() };
      },
    });
  } catch (error) {
    if (stop.aborted) throw stop.reason;
    throw new CommandError(`${url} does not answer: ${errorText(error)}`);
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
