import { afterEach, describe, expect, test } from 'vitest';
import type { CphClient } from '../src/cph/client.ts';
import type { Simulator } from '../src/simulator/server.ts';
import { newLook } from './support/cph-api.ts';
import { clientWith as openClientWith, secret, startGuardedCloud } from './support/cph-cloud.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startCloud(tokens = {}): Promise<Simulator> {
  const cloud = await startGuardedCloud(tokens);
  closers.push(cloud.close);
  return cloud;
}

function clientWith(...args: Parameters<typeof openClientWith>): CphClient {
  const client = openClientWith(...args);
  closers.push(client.close);
  return client;
}

const ask = (client: CphClient, look = newLook()) =>
  client.get('cloud-phone/images', { image_type: 'private' }, look);

describe('an access key', () => {
  const keyOf = ({ access, secret: key }: { access: string; secret: string }) => ({
    kind: 'access-key' as const,
    accessKey: { reveal: () => access },
    secretKey: secret(key),
  });

  test('signs requests the API accepts', async () => {
    const cloud = await startCloud();
    const client = clientWith(cloud.url, keyOf(cloud.keyPair));
    await ask(client);
    await client.get('cloud-phone/images', { image_id: 'a-b_c', image_name: "x y+z/é(1)*'" }, newLook());
    expect(cloud.requests.map(({ status }) => status)).toEqual([200, 200]);
  });

  test('that is temporary sends its token', async () => {
    const cloud = await startCloud();
    const { securityToken, ...pair } = cloud.temporaryKeyPair;
    await expect(ask(clientWith(cloud.url, keyOf(pair)))).rejects.toMatchObject({ kind: 'unauthorized' });
    await ask(clientWith(cloud.url, { ...keyOf(pair), securityToken: secret(securityToken) }));
  });

  test('that is rejected is not offered again, not even by requests that wait', async () => {
    const cloud = await startCloud();
    const client = clientWith(cloud.url, keyOf({ ...cloud.keyPair, secret: 'wrong' }));
    const asks = Array.from({ length: 7 }, () => ask(client).catch((error: unknown) => error));
    for (const failure of await Promise.all(asks)) expect(failure).toMatchObject({ kind: 'unauthorized' });
    await expect(ask(client)).rejects.toMatchObject({ kind: 'unauthorized' });
    expect(cloud.requests).toHaveLength(1);
  });

  test('that has been accepted does not hold requests up', async () => {
    const cloud = await startCloud();
    const client = clientWith(cloud.url, keyOf(cloud.keyPair));
    await ask(client);
    cloud.setFaults([{ when: { nth: 1 }, effect: { kind: 'hang' } }]);
    const stop = new AbortController();
    const hanging = ask(client, newLook(stop.signal));
    await expect.poll(() => cloud.requests.length).toBe(2);
    await ask(client);
    stop.abort('enough');
    await expect(hanging).rejects.toBe('enough');
  });

  test('that is not known to be good yet holds requests up only until they are stopped', async () => {
    const cloud = await startCloud();
    const client = clientWith(cloud.url, keyOf(cloud.keyPair));
    cloud.setFaults([{ effect: { kind: 'hang' } }]);
    const stop = new AbortController();
    const asks = [1, 2].map(() => ask(client, newLook(stop.signal)));
    await expect.poll(() => cloud.requests.length).toBe(1);
    stop.abort('enough');
    for (const stopped of asks) await expect(stopped).rejects.toBe('enough');
    expect(cloud.requests).toHaveLength(1);
  });
});
