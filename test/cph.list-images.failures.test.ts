import { afterEach, describe, expect, test } from 'vitest';
import type { CphClient } from '../src/cph/client.ts';
import { imagesListing, listCreating } from '../src/cph/list-images.ts';
import { newLook } from './support/cph-api.ts';
import { type Cloud, type CloudOptions, startCloud as startOpenCloud } from './support/cph-cloud.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startCloud(images: number, options: Omit<CloudOptions, 'images'> = {}): Promise<Cloud> {
  const cloud = await startOpenCloud({ images, ...options });
  closers.push(cloud.close);
  return cloud;
}

const list = (client: CphClient, look = newLook()) =>
  imagesListing(client, 'private', { pageConcurrency: 4 }).list(look);

describe('a page that fails for good', () => {
  test('fails the listing', async () => {
    const { client, cloud } = await startCloud(950);
    cloud.setFaults([{ when: { query: { offset: '300' } }, effect: { kind: 'error', code: 'CPS.0001' } }]);
    await expect(list(client)).rejects.toMatchObject({ code: 'CPS.0001', kind: 'denied' });
  });

  test('stops the others in flight, and none is left running when the listing rejects', async () => {
    const outcomes: string[] = [];
    const observe = ({ outcome }: { outcome: string }) => outcomes.push(outcome);
    const { client, cloud } = await startCloud(950, { client: { observe } });
    cloud.setFaults([
      { when: { query: { offset: '200' } }, effect: { kind: 'hang' } },
      { when: { query: { offset: '300' } }, effect: { kind: 'hang' } },
      { when: { query: { offset: '400' } }, effect: { kind: 'error', code: 'CPS.0001' } },
    ]);
    const look = newLook();
    await expect(list(client, look)).rejects.toMatchObject({ code: 'CPS.0001' });
    expect(outcomes).toContain('stopped');
    expect(outcomes).toHaveLength(look.trace.requests);
  });

  test('for a moment does not: it is asked for again', async () => {
    const { client, cloud } = await startCloud(250);
    cloud.setFaults([
      { when: { query: { offset: '100' }, nth: 1 }, effect: { kind: 'error', code: 'CPS.0003' } },
    ]);
    expect(await list(client)).toMatchObject({ proof: 'complete', drift: [] });
    expect(cloud.requests).toHaveLength(4);
  });
});

test('a listing that is stopped rejects with the reason of the signal', async () => {
  const { client, cloud } = await startCloud(950);
  const stop = new AbortController();
  cloud.setFaults([{ when: { query: { offset: '200' } }, effect: { kind: 'hang' } }]);
  const reason = new Error('shutting down');
  const listing = list(client, newLook(stop.signal));
  await expect.poll(() => cloud.requests.some(({ query }) => query.offset === '200')).toBe(true);
  stop.abort(reason);
  await expect(listing).rejects.toBe(reason);
});

describe('public images', () => {
  const listPublic = (client: CphClient) =>
    imagesListing(client, 'public', { pageConcurrency: 4 }).list(newLook());

  test('are listed where the API lists them', async () => {
    const { client, world } = await startCloud(2);
    world.create({ image_type: 'public', image_id: 'public-1' });
    const result = await listPublic(client);
    expect(result.proof).toBe('complete');
    expect(result.records.map((record) => record.image_id)).toEqual(['public-1']);
  });

  test('fail with the code of the refusal where the API refuses the type', async () => {
    const { client } = await startCloud(2, { edition: { publicImages: 'refused' } });
    await expect(listPublic(client)).rejects.toMatchObject({ code: 'CPS.0009', kind: 'refused' });
    await expect(listCreating(client, 'public', newLook())).rejects.toMatchObject({ code: 'CPS.0009' });
    expect((await list(client)).proof).toBe('complete');
  });

  test.each(['CPS.0001', 'CPS.0002', 'CPS.0003', 'CPS.0006', 'CPS.0007'] as const)(
    'that cannot be listed for another reason (%s) are a failure',
    async (code) => {
      const { client, cloud } = await startCloud(2);
      cloud.setFaults([{ effect: { kind: 'error', code } }]);
      await expect(listPublic(client)).rejects.toMatchObject({ code });
    },
  );

  test('behind a proxy that answers 400 are a failure', async () => {
    const { client, cloud } = await startCloud(2);
    cloud.setFaults([{ effect: { kind: 'raw', status: 400 } }]);
    await expect(listPublic(client)).rejects.toMatchObject({ code: 'http_400' });
  });
});

test('a private listing that is refused is a failure', async () => {
  const { client, cloud } = await startCloud(2);
  cloud.setFaults([{ effect: { kind: 'error', code: 'CPS.0010' } }]);
  await expect(list(client)).rejects.toMatchObject({ code: 'CPS.0010', kind: 'refused' });
});
