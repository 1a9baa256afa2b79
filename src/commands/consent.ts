import { type CommandContext, CommandError, EXIT } from './command.ts';

interface ConsentOptions {
  /** Go ahead without asking. */
  readonly yes?: boolean;
  /** The command prints one document, and so asks nothing. */
  readonly json?: boolean;
}

interface Request {
  readonly question: string;
  /** What is said where nobody can be asked: that nothing was done, and the command that does it. */
  readonly refusal: string;
}

/**
 * Whether to go ahead with what was shown: yes where `--yes` says so, else what whoever sits at the terminal
 * answers. Nobody is asked for a document, and then it is no.
 *
 * @throws CommandError where there is nobody to ask
 */
export async function consent(
  { yes, json }: ConsentOptions,
  { confirm }: CommandContext,
  { question, refusal }: Request,
): Promise<boolean> {
  if (yes) return true;
  if (json) return false;
  if (confirm) return await confirm(question);
  throw new CommandError(refusal, EXIT.usage);
}
