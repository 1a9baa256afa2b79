import { type CloudImage, STATUS } from './image.ts';
import { integerBetween, pick, type Random } from './random.ts';
import type { World } from './world.ts';

/** How images live. Times are milliseconds of world time. An `…Every` is the mean between two such events. */
export interface LifeRates {
  /** Divides all times below: 150 makes a change about every two seconds, enough to watch. */
  readonly speed: number;
  readonly createEvery: number;
  /** Shortest and longest time an image takes to be made. */
  readonly creatingFor: readonly [number, number];
  /** Share of new images that fail. */
  readonly failureShare: number;
  readonly renameEvery: number;
  readonly shareEvery: number;
  readonly unshareEvery: number;
  readonly removeEvery: number;
  readonly publishEvery: number;
  /** Private images that are always left standing. */
  readonly keep: number;
}

const MINUTE = 60_000;

/** A busy team's day: about one change in five minutes at speed 1. */
const DEFAULT_RATES: LifeRates = {
  speed: 1,
  createEvery: 20 * MINUTE,
  creatingFor: [3 * MINUTE, 15 * MINUTE],
  failureShare: 0.2,
  renameEvery: 60 * MINUTE,
  shareEvery: 60 * MINUTE,
  unshareEvery: 90 * MINUTE,
  removeEvery: 22 * MINUTE,
  publishEvery: 240 * MINUTE,
  keep: 3,
};

interface Life {
  readonly world: World;
  readonly random: Random;
  readonly rates: LifeRates;
}

/** Schedules the world's life. What happens then depends on `random` and the clock's stops alone. */
export function startLife(
  world: World,
  { random, rates: given }: { random: Random; rates: Partial<LifeRates> },
): void {
  const rates = { ...DEFAULT_RATES, ...given };
  const life: Life = { world, random, rates };
  repeat(life, rates.createEvery, () => beginImage(life));
  repeat(life, rates.renameEvery, () => renameOne(life));
  repeat(life, rates.shareEvery, () => shareOne(life));
  repeat(life, rates.unshareEvery, () => unshareOne(life));
  repeat(life, rates.removeEvery, () => removeOne(life));
  repeat(life, rates.publishEvery, () => world.create({ image_type: 'public' }));
}

function repeat(life: Life, mean: number, action: () => void): void {
  after(life, exponential(life.random, mean), () => {
    action();
    repeat(life, mean, action);
  });
}

function after({ world, rates }: Life, milliseconds: number, action: () => void): void {
  world.schedule(new Date(world.now().getTime() + milliseconds / rates.speed), action);
}

function beginImage(life: Life): void {
  const { world, random, rates } = life;
  const { image_id } = world.create({ project_id: pick(random, world.projects) });
  const fails = random() < rates.failureShare;
  after(life, integerBetween(random, ...rates.creatingFor), () => {
    // The image may have been removed, or finished by hand, while it was being made.
    if (world.get(image_id)?.status !== STATUS.creating) return;
    if (fails) world.fail(image_id);
    else world.finish(image_id);
  });
}

function renameOne(life: Life): void {
  const image = oneOf(life, (candidate) => isOwn(life, candidate) && candidate.status === STATUS.usable);
  if (image) life.world.update(image.image_id, { image_name: nextName(image.image_name) });
}

/** A project shares one of its own with another, or someone outside shares theirs with us. */
function shareOne(life: Life): void {
  const { world, random } = life;
  const project_id = pick(random, world.projects);
  const image = oneOf(life, (candidate) => canBeSharedWith(life, candidate, project_id));
  if (image && random() < 0.5) world.share(image.image_id, project_id);
  else world.create({ image_type: 'share', project_id });
}

function canBeSharedWith(life: Life, image: CloudImage, project_id: string): boolean {
  const seen = image.owner === project_id || image.shared_with.includes(project_id);
  return isOwn(life, image) && image.status === STATUS.usable && !seen;
}

function unshareOne(life: Life): void {
  const image = oneOf(life, (candidate) => candidate.shared_with.length > 0);
  if (image) life.world.unshare(image.image_id, pick(life.random, image.shared_with));
}

/** Removes one image. Failed ones go first: people tidy up. */
function removeOne(life: Life): void {
  const own = [...life.world.all()].filter((image) => isOwn(life, image));
  if (own.length <= life.rates.keep) return;
  const failed = own.filter((image) => image.status === STATUS.failed);
  life.world.remove(pick(life.random, failed.length > 0 ? failed : own).image_id);
}

function isOwn({ world }: Life, image: CloudImage): boolean {
  return !image.is_public && world.projects.includes(image.owner);
}

function oneOf({ world, random }: Life, fits: (image: CloudImage) => boolean): CloudImage | null {
  const candidates = [...world.all()].filter(fits);
  return candidates.length > 0 ? pick(random, candidates) : null;
}

/** Time until the next of events that come independently, `mean` apart on average. */
function exponential(random: Random, mean: number): number {
  return -Math.log(1 - random()) * mean;
}

/** The name after a rebuild: `…-v42` becomes `…-v43`; other names get a suffix. */
function nextName(image_name: string): string {
  const match = /^(.*-v)(\d+)$/.exec(image_name);
  return match ? `${match[1]}${Number(match[2]) + 1}` : `${image_name}-v2`;
}
