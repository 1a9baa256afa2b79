import { type Credential, createAuthorize } from '../../src/cph/auth/credentials.ts';
import type { CphClient, CphClientOptions } from '../../src/cph/client.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts';
import { createWorld, type World } from '../../src/simulator/world.ts';
import { clientFor, type OwnClient } from './cph-api.ts';

export interface Cloud {
  readonly world: World;
  readonly cloud: Simulator;
  readonly client: CphClient;
  close(): Promise<void>;
}

export interface CloudOptions extends Partial<Omit<SimulatorOptions, 'world'>> {
  /** Usable private images of project `p1`: `image-0` and on, the last being the newest. */
  readonly images: number;
  readonly client?: Partial<CphClientOptions>;
}

/** A simulated cloud that stands still, and a client that is let in and repeats a request once. */
export async function startCloud({ images, client: options, ...simulated }: CloudOptions): Promise<Cloud> {
  const world = createWorld({ seed: 1, start: new Date('2026-01-01T00:00:00Z'), projects: ['p1'] });
  for (let i = 0; i < images; i += 1) world.create({ image_id: `image-${i}`, status: 1 });
  const cloud = await startSimulator({ world, ...simulated });
  const authorize = async () => ({ 'X-Auth-Token': cloud.token });
  const client = clientFor(cloud.url, { authorize, maxRetries: 1, ...options });
  const close = async () => {
    await client.close();
    await cloud.close();
  };
  return { world, cloud, client, close };
}

/** A cloud by the real clock that demands credentials; tokens last a day unless told otherwise. */
export function startGuardedCloud(tokens: SimulatorOptions['tokens'] = {}): Promise<Simulator> {
  const now = () => new Date();
  return startSimulator({ world: createWorld({ seed: 1, start: now(), projects: ['p1'] }), now, tokens });
}

/** A client of project `p1` that has nothing but this credential. */
export function clientWith(
  endpoint: string,
  credential: Credential,
  now: () => Date = () => new Date(),
): OwnClient {
  const authorize = createAuthorize(credential, { requestTimeoutMs: 5000, now });
  return clientFor(endpoint, { authorize, now, maxRetries: 2 });
}

export const secret = (value: string) => ({ reveal: () => value });
