/**
 * Offering a credential: waiting until it may be, sending what it authorizes, and noting what was made of it.
 */
import type { CphError } from '../errors.ts';
import type { Authorizer, Presented } from './authorize.ts';
import { notSent, rejected, withHint } from './rejection.ts';
import type { Place, Standing } from './standing.ts';
import type { Trial } from './trials.ts';

/** What an offer is for. */
interface Purpose {
  readonly place: Place;
  /** What is asked, for messages. */
  readonly label: string;
  readonly signal: AbortSignal;
}

export interface Answered {
  readonly error: CphError | null;
}

interface Offering<Answer extends Answered> extends Purpose {
  readonly authorizer: Authorizer;
  readonly ask: (presented: Presented) => Promise<Answer>;
}

/**
 * Whether an answer shows that the credential is good. The service itself answers only behind a gateway that
 * has looked at the credential; errors of its own say CPS.
 */
export function showsAccepted(error: CphError | null): boolean {
  return error === null || error.code.startsWith('CPS.');
}

/**
 * Asks, and asks once more when the credential is rejected and there is another one. Throws a `CphError` when
 * the credential is rejected, and without asking while it is kept back. However many ask at once, a
 * credential in doubt is tried by one of them.
 */
export async function offer<Answer extends Answered>(offering: Offering<Answer>): Promise<Answer> {
  const { authorizer, place, signal } = offering;
  const { presented, trial } = await admitted(offering, await authorizer.present(signal));
  let other: Presented | null = null;
  try {
    const answer = await offering.ask(presented);
    if (answer.error?.kind !== 'unauthorized') return noted(offering, { presented, answer });
    other = await authorizer.renew(presented, signal);
    // A new token of the same login: the trial goes on.
    if (other?.standing === presented.standing) return await askLast(offering, other);
    const hold = presented.standing.reject(place, explained(answer.error, presented));
    if (!other) throw rejected(hold);
  } finally {
    trial.end();
  }
  const again = await admitted(offering, other);
  try {
    return await askLast(offering, again.presented);
  } finally {
    again.trial.end();
  }
}

/** Waits for others that try the credential; by then it may be another one. */
async function admitted<Answer extends Answered>(
  offering: Offering<Answer>,
  first: Presented,
): Promise<{ presented: Presented; trial: Trial }> {
  let presented = first;
  for (;;) {
    const trial = await admit(presented.standing, offering);
    if (trial) return { presented, trial };
    presented = await offering.authorizer.present(offering.signal);
  }
}

const NO_TRIAL: Trial = { end: () => {} };

/**
 * Lets an offer through; null after another trial was waited for. Throws while the credential is kept back.
 */
export async function admit(standing: Standing, { place, label, signal }: Purpose): Promise<Trial | null> {
  const hold = standing.holdOf(place);
  if (hold) throw notSent(hold, label);
  if (!standing.isInDoubt(place)) return NO_TRIAL;
  const trial = standing.trials.begin();
  if (trial === null) await standing.trials.wait(signal);
  return trial;
}

async function askLast<Answer extends Answered>(
  offering: Offering<Answer>,
  presented: Presented,
): Promise<Answer> {
  const answer = await offering.ask(presented);
  const { error } = answer;
  if (error?.kind === 'unauthorized') {
    throw rejected(presented.standing.reject(offering.place, explained(error, presented)));
  }
  return noted(offering, { presented, answer });
}

const explained = (error: CphError, { advise }: Presented) => withHint(error, advise(error));

function noted<Answer extends Answered>(
  { place }: Purpose,
  { presented, answer }: { presented: Presented; answer: Answer },
): Answer {
  if (showsAccepted(answer.error)) presented.standing.accept(place);
  return answer;
}
