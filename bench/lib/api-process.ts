/** The simulated API with as many images as it is told, in a process of its own; tells its parent where it is. */
import { startSimulator } from '../../src/simulator/server.ts';
import { createWorld } from '../../src/simulator/world.ts';

const images = Number(process.argv[2]);
const world = createWorld({ seed: 1, start: new Date('2026-01-01T00:00:00Z'), projects: ['p1'], images });
const { url, token } = await startSimulator({ world });
process.send?.({ url, token });

/** A share of the images gets another version, spread over all of them. */
process.on('message', (share: number) => {
  const every = Math.round(1 / share);
  const chosen = [...world.all()].filter((_, i) => i % every === 0);
  for (const { image_id } of chosen) world.update(image_id, { image_version: `AOSP ${Math.random()}` });
  process.send?.(chosen.length);
});
