import type { MutateEffect } from './faults.ts';
import { type ImageEndpoint, STATUS } from './image.ts';
import type { ApiRequest } from './request.ts';
import type { World } from './world.ts';

/**
 * Lets images come and go, of the type and in the project that the request asks for. Does nothing for other
 * requests.
 */
export function mutateWorld(
  world: World,
  { create = 0, remove = [] }: MutateEffect,
  { target, query }: ApiRequest,
): void {
  if (!target || target.endpoint === 'tokens') return;
  const { project_id, endpoint } = target;
  const asked = query.get('image_type');
  const removed =
    typeof remove === 'number' ? newest(world, { project_id, endpoint, asked }).slice(0, remove) : remove;
  for (const image_id of removed) if (world.get(image_id)) world.remove(image_id);
  const image_type = asked === 'public' || asked === 'share' ? asked : 'private';
  for (let made = 0; made < create; made++) {
    world.create({ project_id, image_type, status: STATUS.usable });
  }
}

function newest(
  world: World,
  listing: { project_id: string; endpoint: ImageEndpoint; asked: string | null },
): readonly string[] {
  const all = listing.asked === null || listing.asked === 'all';
  return world
    .listing(listing.project_id, listing.endpoint)
    .filter(({ image_type }) => all || image_type === listing.asked)
    .map(({ image }) => image.image_id);
}
