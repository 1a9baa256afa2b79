/** A cloud of many projects in which something changes all the time. */
import { type CloudImage, STATUS } from '../../src/simulator/image.ts';
import { pick, type Random } from '../../src/simulator/random.ts';
import { createWorld, type World } from '../../src/simulator/world.ts';

/** So many projects with so many usable images each, by the real clock. All of them are in the world's history. */
export function crowdedWorld({ projects, images }: { projects: number; images: number }): World {
  const ids = Array.from({ length: projects }, (_, i) => `project-${String(i).padStart(5, '0')}`);
  const world = createWorld({ seed: 1, start: new Date(), projects: ids });
  for (const project_id of world.projects) {
    for (let i = 0; i < images; i += 1) world.create({ project_id, status: STATUS.usable });
  }
  return world;
}

/** Lets one thing happen in the world, now. */
export function changeSomething(world: World, random: Random): void {
  world.advanceTo(new Date());
  const project_id = pick(random, world.projects);
  const own = world
    .listing(project_id, 'images')
    .flatMap(({ image, image_type }) => (image_type === 'private' ? [image] : []));
  const creating = own.filter((image) => image.status === STATUS.creating);
  const choices = creating.length > 0 && random() < 0.5 ? creating : own;
  if (choices.length === 0 || random() < 0.3) world.create({ project_id });
  else change(world, { image: pick(random, choices), random });
}

function change(world: World, { image, random }: { image: CloudImage; random: Random }): void {
  const { image_id, image_name, shared_with } = image;
  if (image.status === STATUS.creating) {
    if (random() < 0.7) world.finish(image_id);
    else world.fail(image_id);
  } else if (random() < 0.5) world.remove(image_id);
  else if (random() < 0.4) world.update(image_id, { image_name: `${image_name}+` });
  else if (shared_with.length > 0) world.unshare(image_id, pick(random, shared_with));
  else if (random() < 0.1) world.create({ image_type: 'public' });
  else world.share(image_id, pick(random, world.projects));
}
