/** Random histories of a project: what happens upstream, on the wire and to the looks. Plain data, so that it replays. */
import fc from 'fast-check';
import type { ImageType } from '../../src/inventory/image.ts';
import type { Edition } from '../../src/simulator/edition.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { editions } from './editions.ts';
import { faults, isSilentLoss, lastingFault, record } from './troubles.ts';

type Source = 'images' | 'phone-images';

/** Something that happens upstream. `which` picks one of the images there are, or of those that are gone. */
export type Mutation =
  | {
      readonly act: 'create';
      readonly image_type: 'private' | 'public' | 'share';
      readonly status: number;
      readonly listed_in: readonly Source[] | null;
    }
  | { readonly act: 'vanish'; readonly which: number }
  | { readonly act: 'rename'; readonly which: number }
  | { readonly act: 'status'; readonly which: number; readonly status: number }
  | { readonly act: 'list'; readonly which: number; readonly listed_in: readonly Source[] | null }
  /** As it was, or in another status. */
  | { readonly act: 'return'; readonly which: number; readonly status: number | null }
  /** Its record cannot be read in one of the sources, until all are mended. */
  | { readonly act: 'spoil'; readonly which: number; readonly source: Source }
  | { readonly act: 'mend' }
  /** All is as it was before the last mutation, to the second. */
  | { readonly act: 'undo' }
  /** Everything goes but every `keep`-th image. */
  | { readonly act: 'cull'; readonly keep: number };

export interface LookPlan {
  readonly kind: 'sweep' | 'watch';
  readonly faults: readonly Fault[];
  /** The program is asked to stop in the middle of it. */
  readonly stopped: boolean;
}

/** A look that begins while the round's own holds what it has read. */
export interface Beside {
  readonly meanwhile: readonly Mutation[];
  readonly look: LookPlan;
  /** It waits before it asks by id, if it gets there, until the other has ended. */
  readonly waits: boolean;
}

/** What a person may set, and set otherwise at any time. */
export interface Configuration {
  readonly sources: readonly Source[];
  readonly imageTypes: readonly ImageType[];
  readonly removalLimit: number;
  readonly ignored: readonly string[];
}

export interface Round {
  /** Since the round before. */
  readonly seconds: number;
  /** From now on; at the end of the history it is as at its start again. */
  readonly configuration: Configuration | null;
  readonly mutations: readonly Mutation[];
  readonly look: LookPlan;
  readonly beside: Beside | null;
  /** A person lets held removals go. */
  readonly approve: boolean;
}

export interface History {
  readonly seed: number;
  /** There are at the start. */
  readonly images: number;
  /** And so many more of one type. */
  readonly more: { readonly image_type: ImageType; readonly count: number } | null;
  readonly edition: Edition;
  readonly configuration: Configuration;
  readonly pageConcurrency: number;
  readonly maxRetries: number;
  readonly rounds: readonly Round[];
}

const BOTH = ['images', 'phone-images'] as const;
const which = fc.nat({ max: 600 });
const status = fc.constantFrom(0, 1, 1, 2, 2, 77, 78);
const listed_in = fc.constantFrom<(readonly Source[] | null)[]>(
  null,
  null,
  null,
  ['images'],
  ['phone-images'],
  BOTH,
);
const act = <const Act extends string>(name: Act) => fc.constant(name);

const newImage: fc.Arbitrary<Mutation> = record({
  act: act('create'),
  image_type: fc.constantFrom('private', 'private', 'private', 'share', 'public'),
  status: fc.constantFrom(0, 0, 1, 2),
  listed_in,
});

const mutations: fc.Arbitrary<Mutation> = fc.oneof(
  { weight: 5, arbitrary: newImage },
  { weight: 5, arbitrary: record({ act: act('vanish'), which }) },
  { weight: 4, arbitrary: record({ act: act('return'), which, status: fc.option(status, { nil: null }) }) },
  { weight: 4, arbitrary: record({ act: act('status'), which, status }) },
  { weight: 1, arbitrary: record({ act: act('rename'), which }) },
  { weight: 1, arbitrary: record({ act: act('list'), which, listed_in }) },
  { weight: 2, arbitrary: record({ act: act('spoil'), which, source: fc.constantFrom(...BOTH) }) },
  { weight: 1, arbitrary: fc.constantFrom<Mutation[]>({ act: 'mend' }, { act: 'undo' }) },
  { weight: 2, arbitrary: record({ act: act('cull'), keep: fc.integer({ min: 2, max: 9 }) }) },
);

const looks: fc.Arbitrary<LookPlan> = record({
  kind: fc.constantFrom('sweep', 'sweep', 'sweep', 'watch'),
  faults,
  stopped: rarely(15),
});

const TYPES = ['public', 'private', 'share'] as const;

const configurations: fc.Arbitrary<Configuration> = record({
  sources: fc.constantFrom(BOTH, BOTH, BOTH, ['images'] as const, ['phone-images'] as const),
  imageTypes: fc.constantFrom(TYPES, TYPES, ['private'] as const, ['public', 'private'] as const),
  removalLimit: fc.constantFrom(1, 0.2),
  ignored: fc.constantFrom<string[][]>([], [], ['image_label', 'update_time'], ['image_name']),
});

const rounds: fc.Arbitrary<Round> = record({
  seconds: fc.integer({ min: 1, max: 900 }),
  configuration: sometimes(5, configurations),
  mutations: fc.array(mutations, { maxLength: 3 }),
  look: looks,
  beside: sometimes(
    6,
    record({
      meanwhile: fc.array(mutations, { minLength: 1, maxLength: 2 }),
      look: looks,
      waits: fc.boolean(),
    }),
  ),
  approve: rarely(4),
});

type Sequel = 'none' | 'again' | 'undone';
const sequels = fc.constantFrom<Sequel[]>('none', 'none', 'none', 'again', 'again', 'undone');

/** Histories of projects that have `images` at the start. */
export function histories(images: fc.Arbitrary<number>): fc.Arbitrary<History> {
  return record({
    seed: fc.nat(),
    images,
    more: sometimes(
      4,
      record({ image_type: fc.constantFrom(...TYPES), count: fc.integer({ min: 4, max: 60 }) }),
    ),
    edition: editions,
    configuration: configurations,
    pageConcurrency: fc.constantFrom(1, 4),
    maxRetries: fc.constantFrom(1, 2),
    rounds: fc
      .tuple(
        fc.array(fc.tuple(rounds, sequels), { minLength: 1, maxLength: 5, size: 'max' }).map(withSequels),
        sometimes(2, record({ fault: lastingFault, since: fc.nat(2) })),
      )
      .map(withLastingFault),
  })
    .map(withQuietUrls)
    .map(withReadablePublicImages)
    .map(withOneSilentLoss);
}

function rarely(oneIn: number): fc.Arbitrary<boolean> {
  return sometimes(oneIn, fc.constant(true)).map((it) => it === true);
}

/** Shrinks to null, which is also what there is mostly. */
function sometimes<T>(oneIn: number, one: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  return fc.oneof({ weight: oneIn - 1, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: one });
}

/** Some rounds look twice, so that a second look at what the first one missed, or saw only in passing, is no rarity. */
function withSequels(rounds: (readonly [round: Round, sequel: Sequel])[]): Round[] {
  return rounds.flatMap(([round, sequel]) => {
    const undoing = round.mutations.map((): Mutation => ({ act: 'undo' }));
    const mutations = sequel === 'undone' ? undoing : [];
    return sequel === 'none' ? [round] : [round, { ...round, mutations }];
  });
}

/** What goes wrong once mostly goes wrong again: a fault that each look meets from some round on. */
function withLastingFault([rounds, lasting]: [Round[], { fault: Fault; since: number } | null]): Round[] {
  if (!lasting) return rounds;
  const add = (look: LookPlan) => ({ ...look, faults: [...look.faults, lasting.fault] });
  return rounds.map((round, n) => (n < lasting.since ? round : withLooks(round, add)));
}

/** A signed URL that is another one in every answer is ignored, or nothing would ever come to rest. */
function withQuietUrls(history: History): History {
  const { signedUrl } = history.edition;
  if (signedUrl === 'none') return history;
  const { configuration } = history;
  const ignored = [...configuration.ignored, signedUrl === 'field' ? 'download_url' : 'links'];
  return { ...history, configuration: { ...configuration, ignored } };
}

/** Where the images endpoint refuses public images and nobody reads the other, no sweep would ever be complete. */
function withReadablePublicImages(history: History): History {
  if (history.configuration.sources.includes('phone-images')) return history;
  return { ...history, edition: { ...history.edition, publicImages: 'listed' } };
}

/**
 * phone-images has no total and cannot be asked by id, so a row it leaves out twice is gone for everyone who reads it:
 * one such loss a history is what two sweeps are there to bear.
 */
function withOneSilentLoss(history: History): History {
  let lost = false;
  const isBearable = (one: Fault) => {
    if (!isSilentLoss(one) && !shiftsOffsets(one, history)) return true;
    if (one.when?.endpoint !== 'phone-images') return true;
    const first = !lost;
    lost = true;
    return first;
  };
  const bearable = (look: LookPlan) => ({ ...look, faults: look.faults.filter(isBearable) });
  return { ...history, rounds: history.rounds.map((round) => withLooks(round, bearable)) };
}

function shiftsOffsets({ effect }: Fault, { edition }: History): boolean {
  return effect.kind === 'mutate' && edition.phoneImagesPaging === 'offset';
}

function withLooks(round: Round, change: (look: LookPlan) => LookPlan): Round {
  const { look, beside } = round;
  return { ...round, look: change(look), beside: beside && { ...beside, look: change(beside.look) } };
}
