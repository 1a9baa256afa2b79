import { createCatalogue } from './catalogue.ts';
import type { HistoryEntry } from './history.ts';
import type { CloudImage, ImageEndpoint, VisibleImage } from './image.ts';
import { type LifeRates, startLife } from './lifecycle.ts';
import { createMutations, type Mutations } from './mutations.ts';
import { createPopulation } from './population.ts';
import { seededRandom } from './random.ts';

/** A clock that moves only when told to, and does on the way what was scheduled. */
interface Clock {
  now(): Date;
  /** Runs `action` when the clock reaches `at` (at once on the next advance when `at` has passed). */
  schedule(at: Date, action: () => void): void;
  /** Moves on to `instant`, stopping at every action scheduled until then; never moves back. */
  advanceTo(instant: Date): void;
  advance(milliseconds: number): void;
}

interface WorldOptions {
  /** Same seed, same steps: the same images, ids and history. */
  readonly seed: number;
  readonly start: Date;
  /** Ids of the projects; one made up from the seed when left out. */
  readonly projects?: readonly string[];
  /** Images that exist at the start. They are no part of the history. */
  readonly images?: number;
  /** Lets images live by themselves as the clock moves. Without it only what is told to happen happens. */
  readonly life?: Partial<LifeRates>;
}

/** The cloud behind the API: its images, its own clock, and the truth about everything that happened. */
export interface World extends Clock, Mutations {
  readonly start: Date;
  readonly projects: readonly [string, ...string[]];
  /** The first project, for worlds that have just one. */
  readonly project_id: string;
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
  get(image_id: string): CloudImage | undefined;
  all(): Iterable<CloudImage>;
  /** Everything `endpoint` lists to a project, newest first: what a perfect client would end up with. */
  listing(project_id: string, endpoint: ImageEndpoint): readonly VisibleImage[];
}

export function createWorld({ seed, start, projects, images = 0, life }: WorldOptions): World {
  const clock = createClock(start);
  const catalogue = createCatalogue();
  const population = createPopulation(seededRandom(seed), projects);
  for (const image of population.initial(images, start)) catalogue.put(image);

  const history: HistoryEntry[] = [];
  const world: World = {
    ...clock,
    ...createMutations({ now: clock.now, catalogue, population, history }),
    start,
    projects: population.projects,
    project_id: population.projects[0],
    history,
    get: catalogue.get,
    all: catalogue.all,
    listing: catalogue.listing,
  };
  // A stream of its own: what a test creates by hand must not change what happens by itself.
  if (life) startLife(world, { random: seededRandom(seed ^ 0x11fe), rates: life });
  return world;
}

interface Scheduled {
  readonly at: number;
  readonly action: () => void;
}

/** Actions run in order of time, those of the same time in the order they were scheduled. */
function createClock(start: Date): Clock {
  let time = start.getTime();
  const agenda: Scheduled[] = [];

  function advanceTo(instant: Date): void {
    const target = instant.getTime();
    for (let next = agenda[0]; next && next.at <= target; next = agenda[0]) {
      agenda.shift();
      time = Math.max(time, next.at);
      next.action();
    }
    time = Math.max(time, target);
  }

  return {
    now: () => new Date(time),
    schedule(at, action) {
      const entry = { at: at.getTime(), action };
      const place = agenda.findLastIndex((other) => other.at <= entry.at);
      agenda.splice(place + 1, 0, entry);
    },
    advanceTo,
    advance: (milliseconds) => advanceTo(new Date(time + milliseconds)),
  };
}
