import { type Credential, createAuthorizer } from '../../src/cph/auth/credentials.ts';
import type { CphClient } from '../../src/cph/client.ts';
import { openTransport } from '../../src/cph/transport.ts';
import { createUpstreamMemory, type UpstreamMemory } from '../../src/cph/upstream-memory.ts';
import { type Simulator, type SimulatorOptions, startSimulator } from '../../src/simulator/server.ts';
import { createWorld, type World } from '../../src/simulator/world.ts';
import { type ClientOptions, clientFor, type OwnClient } from './cph-api.ts';

export interface Cloud {
  readonly world: World;
  readonly cloud: Simulator;
  readonly client: CphClient;
  close(): Promise<void>;
}

export interface CloudOptions extends Partial<Omit<SimulatorOptions, 'world'>> {
  /** Usable private images of project `p1`: `image-0` and on, the last being the newest. */
  readonly images: number;
  readonly client?: ClientOptions;
}

/** A simulated cloud that stands still, and a client that is let in and repeats a request once. */
export async function startCloud({ images, client: options, ...simulated }: CloudOptions): Promise<Cloud> {
  const world = createWorld({ seed: 1, start: new Date('2026-01-01T00:00:00Z'), projects: ['p1'] });
  for (let i = 0; i < images; i += 1) world.create({ image_id: `image-${i}`, status: 1 });
  const cloud = await startSimulator({ world, ...simulated });
  const authorize = () => ({ 'X-Auth-Token': cloud.token });
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

export interface CredentialOptions {
  readonly now?: () => Date;
  /** What other clients have learned. */
  readonly memory?: UpstreamMemory;
  readonly projectId?: string;
}

/** A client that has nothing but this credential, of project `p1` unless told otherwise. */
export function clientWith(
  endpoint: string,
  credential: Credential,
  { now = () => new Date(), memory = createUpstreamMemory(now), projectId = 'p1' }: CredentialOptions = {},
): OwnClient {
  const transport = openTransport();
  const options = { projectId, transport, memory, requestTimeoutMs: 5000, now };
  const authorizer = createAuthorizer(credential, options);
  const client = clientFor(endpoint, { authorizer, memory, projectId, now, maxRetries: 2 });
  const close = async () => {
    await client.close();
    await transport.close();
  };
  return { ...client, close };
}

export const secret = (value: string) => ({ reveal: () => value });
