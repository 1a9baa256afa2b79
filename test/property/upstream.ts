/** The cloud of one history: what happens in it, and the truth about who was listed when. */
import { SOURCES, type Source } from '../../src/inventory/image.ts';
import type { Edition } from '../../src/simulator/edition.ts';
import type { CloudImage, VisibleImage } from '../../src/simulator/image.ts';
import type { World } from '../../src/simulator/world.ts';
import type { Mutation } from './history.ts';

/** What each endpoint truly lists at one moment. */
export type Moment = Readonly<Record<Source, ReadonlyMap<string, VisibleImage>>>;

export interface Upstream {
  readonly world: World;
  mutate(mutation: Mutation): void;
  /** What is listed now. */
  look(): Moment;
}

/** A cloud of one project, in this edition of the API. */
export function upstreamOf(world: World, edition: Pick<Edition, 'publicImages'>): Upstream {
  const { project_id } = world;
  const stage: Stage = { world, gone: [], past: [] };
  const listedIn = (source: Source) => world.listing(project_id, source);
  const unrefused = ({ image_type }: VisibleImage) =>
    edition.publicImages === 'listed' || image_type !== 'public';
  return {
    world,
    mutate: (mutation) => mutate(mutation, stage),
    look: () => ({
      images: byId(listedIn('images').filter(unrefused)),
      'phone-images': byId(listedIn('phone-images')),
    }),
  };
}

function byId(listing: readonly VisibleImage[]): Map<string, VisibleImage> {
  return new Map(listing.map((one) => [one.image.image_id, one]));
}

interface Stage {
  readonly world: World;
  /** Images that vanished and may return. */
  readonly gone: CloudImage[];
  /** The cloud before each mutation. */
  readonly past: CloudImage[][];
}

function mutate(mutation: Mutation, stage: Stage): void {
  const { world, past } = stage;
  const now = [...world.all()];
  if (mutation.act === 'undo') goBack(past.pop() ?? now, world);
  else {
    past.push(now);
    happen(mutation, stage);
  }
}

/** Images are replaced whole when they change, so the same object is the same image. */
function goBack(then: readonly CloudImage[], world: World): void {
  const ids = new Set(then.map(({ image_id }) => image_id));
  for (const { image_id } of [...world.all()]) if (!ids.has(image_id)) world.remove(image_id);
  for (const image of then) {
    const now = world.get(image.image_id);
    if (!now) world.create(image);
    else if (now !== image) world.update(image.image_id, image);
  }
}

function happen(mutation: Exclude<Mutation, { act: 'undo' }>, stage: Stage): void {
  const { world, gone } = stage;
  const visible = visibleIn(world);
  switch (mutation.act) {
    case 'create': {
      const { image_type, status, listed_in } = mutation;
      world.create({ image_type, status, listed_in });
      break;
    }
    case 'cull':
      for (const one of visible.filter((_, i) => i % mutation.keep !== 0)) vanish(one, stage);
      break;
    case 'mend':
      for (const { image } of visible) mend(image, world);
      break;
    case 'return':
      bringBack(gone.splice(mutation.which % (gone.length || 1), 1), mutation.status, world);
      break;
    default: {
      const one = visible[mutation.which % visible.length];
      if (one) change(one, mutation, stage);
    }
  }
}

/** Every image some endpoint lists, newest first. */
function visibleIn(world: World): VisibleImage[] {
  const listed = SOURCES.flatMap((source) => world.listing(world.project_id, source));
  return [...byId(listed).values()];
}

function change(
  one: VisibleImage,
  mutation: Exclude<Mutation, { act: 'create' | 'cull' | 'mend' | 'return' | 'undo' }>,
  stage: Stage,
): void {
  const { world } = stage;
  const { image_id, image_name, rows } = one.image;
  if (mutation.act === 'vanish') vanish(one, stage);
  else if (mutation.act === 'status') world.update(image_id, { status: mutation.status });
  else if (mutation.act === 'list') world.update(image_id, { listed_in: mutation.listed_in });
  else if (mutation.act === 'rename') world.update(image_id, { image_name: `${image_name}+` });
  else world.update(image_id, { rows: { ...rows, [mutation.source]: UNREADABLE[mutation.source] } });
}

/** Text where a size belongs, and a list where text does. */
const UNREADABLE = { images: { image_size: 'large' }, 'phone-images': { os_type: [7] } } as const;

function mend({ image_id, rows }: CloudImage, world: World): void {
  if (Object.keys(rows).length > 0) world.update(image_id, { rows: {} });
}

/** What others share with us is taken back; everything else is deleted. */
function vanish({ image, image_type }: VisibleImage, { world, gone }: Stage): void {
  gone.push(image);
  if (image_type === 'share') world.unshare(image.image_id, world.project_id);
  else world.remove(image.image_id);
}

function bringBack(images: readonly CloudImage[], status: number | null, world: World): void {
  for (const image of images) {
    const { image_id } = image;
    if (world.get(image_id)) world.share(image_id, world.project_id);
    else world.create(image);
    if (status !== null) world.update(image_id, { status });
  }
}
