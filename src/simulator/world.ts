import { createCatalogue } from './catalogue.ts';
import { type Clock, createClock } from './clock.ts';
import type { HistoryEntry } from './history.ts';
import type { CloudImage, ImageEndpoint, VisibleImage } from './image.ts';
import { type LifeRates, startLife } from './lifecycle.ts';
import { createMutations, type Mutations } from './mutations.ts';
import { createPopulation } from './population.ts';
import { seededRandom } from './random.ts';

export interface WorldOptions {
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
    ...createMutations({ clock, catalogue, population, history }),
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
