/** What was made of one credential so far, and whether it may be offered again. */
import type { CphError } from '../errors.ts';
import { createTrials, type Trials } from './trials.ts';

/** Where a credential is offered. */
export interface Place {
  readonly projectId: string;
  /** An endpoint with its host: one host may refuse what another takes. */
  readonly endpoint: string;
}

/**
 * How long a rejected credential is kept back, in milliseconds. Null: until it changes. `worked`: it was
 * accepted at some time, or replaced one that was. `rejections`: how many there were in a row.
 */
export type Patience = (past: { readonly worked: boolean; readonly rejections: number }) => number | null;

const MINUTE_MS = 60_000;
const QUARTER_MS = 15 * MINUTE_MS;

/**
 * For what the vendor locks after about five failures: keys for 5 minutes, users for 15. What has worked may
 * be rejected by mistake or for a time (arrears, a clock), and is tried again more slowly than any lock-out
 * counts.
 */
export const LOCKABLE: Patience = ({ worked }) => (worked ? QUARTER_MS : null);

/** Tokens lock nobody out: a minute at first, a quarter of an hour in the end. */
export const TOKEN: Patience = ({ rejections }) => Math.min(QUARTER_MS, MINUTE_MS * 2 ** (rejections - 1));

/** Why a credential is not offered. */
export interface Hold {
  /** `endpoint`: others take the credential. */
  readonly by: 'credential' | 'endpoint';
  readonly failure: CphError;
  /** Null: not before the credential changes. */
  readonly until: Date | null;
}

/** Keeps no copy of the credential. All projects that use the same one share it. */
export interface Standing {
  readonly accept: (place: Place) => void;
  /** Notes a rejection, and returns what follows from it. */
  readonly reject: (place: Place, failure: CphError) => Hold;
  /** What is in the way of an offer; null when nothing is. */
  readonly holdOf: (place: Place) => Hold | null;
  /** Whether an offer must be made alone, since it may well be rejected. */
  readonly isInDoubt: (place: Place) => boolean;
  readonly hasWorked: () => boolean;
  /** This credential replaces one that has worked. */
  readonly inherit: () => void;
  readonly trials: Trials;
}

interface Rejection {
  readonly failure: CphError;
  readonly at: number;
  readonly until: number | null;
  readonly rejections: number;
}

/**
 * A rejection counts for the whole credential when the credential was never accepted, or when it is the
 * second in a row. Any other is the endpoint's: a key that one endpoint rejects and another accepts is a good
 * key. A credential that never worked is kept back from the project that offered it until it changes; another
 * project, whose id a login names too, may offer it a quarter of an hour later.
 */
export function createStanding(patience: Patience, now: () => Date): Standing {
  const state: State = {
    worked: false,
    acceptances: 0,
    streak: 0,
    accepted: new Map(),
    refused: new Map(),
    whole: null,
    offeredBy: new Set(),
  };
  return {
    accept: (place) => accept(state, place),
    reject: (place, failure) => reject(state, place, { failure, patience, at: now().getTime() }),
    holdOf: (place) => holdOf(state, place, now().getTime()),
    isInDoubt: (place) => state.acceptances === 0 || state.streak > 0 || refusalAt(state, place) !== null,
    hasWorked: () => state.worked,
    inherit: () => {
      state.worked = true;
    },
    trials: createTrials(),
  };
}

interface State {
  worked: boolean;
  acceptances: number;
  /** Rejections since the last acceptance. */
  streak: number;
  /** By place and by endpoint: the number of the last acceptance. */
  readonly accepted: Map<string, number>;
  readonly refused: Map<string, Rejection>;
  whole: Rejection | null;
  /** The projects that offered it while it was rejected as a whole. */
  readonly offeredBy: Set<string>;
}

const keyOf = ({ projectId, endpoint }: Place) => `${projectId} ${endpoint}`;

function accept(state: State, place: Place): void {
  state.worked = true;
  state.acceptances += 1;
  state.streak = 0;
  state.whole = null;
  state.offeredBy.clear();
  for (const key of [keyOf(place), place.endpoint]) {
    state.accepted.set(key, state.acceptances);
    state.refused.delete(key);
  }
}

function reject(
  state: State,
  place: Place,
  { failure, patience, at }: { failure: CphError; patience: Patience; at: number },
): Hold {
  const before = state.refused.get(keyOf(place));
  // Sent before the first rejection was known, and so no news.
  if (before && isHeld(before, at)) return holdBy(state, place, before);
  state.streak += 1;
  const rejections = Math.max(state.streak, (before?.rejections ?? 0) + 1);
  const ms = patience({ worked: state.worked, rejections });
  const rejection = { failure, at, until: ms === null ? null : at + ms, rejections };
  for (const key of [keyOf(place), place.endpoint]) state.refused.set(key, rejection);
  if (state.acceptances === 0 || state.streak >= 2) {
    state.whole = rejection;
    state.offeredBy.add(place.projectId);
  }
  return holdBy(state, place, rejection);
}

function holdOf(state: State, place: Place, at: number): Hold | null {
  if (state.whole) return wholeHold(state, place, at);
  const refusal = refusalAt(state, place);
  return refusal && isHeld(refusal, at) ? holdBy(state, place, refusal) : null;
}

function wholeHold(state: State, place: Place, at: number): Hold | null {
  const { whole, offeredBy } = state;
  if (!whole) return null;
  const own = whole.until !== null || offeredBy.has(place.projectId);
  const held = own ? whole : { ...whole, until: whole.at + QUARTER_MS };
  return isHeld(held, at) ? holdBy(state, place, held) : null;
}

/** A refusal stands for all projects at an endpoint, as long as none of them was ever accepted there. */
function refusalAt(state: State, place: Place): Rejection | null {
  const shared = state.accepted.has(place.endpoint) ? undefined : state.refused.get(place.endpoint);
  return state.refused.get(keyOf(place)) ?? shared ?? null;
}

/** A clock that was set back does not keep a credential back for longer. */
function isHeld({ at, until }: Rejection, now: number): boolean {
  return until === null || (now >= at && now < until);
}

function holdBy(state: State, place: Place, { failure, until }: Rejection): Hold {
  const elsewhere = state.acceptances > (state.accepted.get(keyOf(place)) ?? 0);
  const by = state.whole === null && elsewhere ? 'endpoint' : 'credential';
  return { by, failure, until: until === null ? null : new Date(until) };
}
