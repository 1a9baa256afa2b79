import { onTestFinished } from 'vitest';
import type { Edition } from '../../src/simulator/edition.ts';
import type { Fault } from '../../src/simulator/faults.ts';
import { startSimulator } from '../../src/simulator/server.ts';
import { createWorld } from '../../src/simulator/world.ts';

type Fields = Readonly<Record<string, unknown>>;

/** A quiet world behind a server of this edition, and ways to ask it. Ends with the test. */
export async function editionCloud(edition: Partial<Edition> = {}, faults: readonly Fault[] = []) {
  const start = new Date('2026-01-01T00:00:00Z');
  const world = createWorld({ seed: 1, start, projects: ['ours'] });
  const cloud = await startSimulator({ world, edition, faults });
  onTestFinished(() => cloud.close());

  const ask = (query: string) =>
    fetch(new URL(`/v1/ours/cloud-phone/${query}`, cloud.url), { headers: { 'X-Auth-Token': cloud.token } });
  const text = async (query: string): Promise<string> => (await ask(query)).text();
  const body = async (query: string): Promise<Fields> => JSON.parse(await text(query)) as Fields;

  async function rows(query: string): Promise<readonly Fields[]> {
    const { image_infos, phone_images } = await body(query);
    return (image_infos ?? phone_images) as readonly Fields[];
  }
  return {
    world,
    cloud,
    ask,
    text,
    body,
    rows,
    ids: async (query: string) => (await rows(query)).map(({ image_id }) => image_id),
    /** Usable private images, which both endpoints list: the last one first. */
    make(count: number): void {
      for (let made = 0; made < count; made++) world.create({ image_id: `image-${made}`, status: 1 });
    },
  };
}
