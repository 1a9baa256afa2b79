import { createInterface } from 'node:readline';

/** Where a person is asked, and what ends the asking. */
interface Asking {
  readonly input: NodeJS.ReadableStream;
  readonly output: NodeJS.WritableStream;
  readonly signal: AbortSignal;
}

/**
 * Asks a person for a yes or a no. Anything but a yes is a no, the end of the input too. Rejects with the
 * reason of the signal.
 */
export async function askYesOrNo(question: string, { input, output, signal }: Asking): Promise<boolean> {
  signal.throwIfAborted();
  // Not as a terminal: readline would then keep Ctrl-C to itself, and the question could not be left.
  const lines = createInterface({ input, terminal: false });
  output.write(`${question} [y/N] `);
  try {
    return await new Promise((resolve, reject) => {
      lines.once('line', (answer) => resolve(/^\s*y(es)?\s*$/i.test(answer)));
      lines.once('close', () => resolve(false));
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
  } finally {
    lines.close();
  }
}
