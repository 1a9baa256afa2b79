import { describe, expect, it, onTestFinished } from 'vitest';
import type { Edition } from '../src/simulator/edition.ts';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';

interface Page {
  readonly phone_images: readonly Readonly<Record<string, unknown>>[];
  readonly page_info?: { readonly next_marker: string };
}

async function phoneImagesOf(edition: Partial<Edition> = {}) {
  const world = createWorld({ seed: 1, start: new Date('2026-01-01T00:00:00Z') });
  const cloud = await startSimulator({ world, edition });
  onTestFinished(() => cloud.close());

  async function ask(query: string) {
    const url = `${cloud.url}/v1/${world.project_id}/cloud-phone/phone-images?${query}`;
    const response = await fetch(url, { headers: { 'X-Auth-Token': cloud.token } });
    return { status: response.status, body: await response.json() };
  }
  async function page(query: string): Promise<Page> {
    return (await ask(query)).body as Page;
  }
  async function ids(query: string): Promise<unknown[]> {
    return (await page(query)).phone_images.map(({ image_id }) => image_id);
  }
  function make(count: number): void {
    for (let made = 0; made < count; made++) world.create({ image_id: `image-${made}`, status: 1 });
  }
  return { world, ask, page, ids, make };
}

describe('the phone-images endpoint', () => {
  it('answers as documented', async () => {
    const { world, ask } = await phoneImagesOf();
    world.create({
      image_type: 'public',
      image_id: '20032420200401a60b0003a99684b8ea',
      image_name: 'AOSP',
      os_name: 'AOSP7.1.1',
      image_label: 'cloud_game',
      is_support_encrypt: false,
    });
    expect(await ask('')).toEqual({
      status: 200,
      body: {
        phone_images: [
          {
            image_name: 'AOSP',
            os_type: 'aosp',
            is_public: 1,
            os_name: 'AOSP7.1.1',
            image_label: 'cloud_game',
            image_id: '20032420200401a60b0003a99684b8ea',
            is_support_encrypt: false,
          },
        ],
        request_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      },
    });
  });

  it('lists public, then private, then shared images, or one type of them', async () => {
    const { world, ids, page } = await phoneImagesOf();
    world.create({ image_id: 'share', image_type: 'share' });
    world.create({ image_id: 'public', image_type: 'public' });
    world.create({ image_id: 'creating' });
    world.create({ image_id: 'private', status: 1 });
    expect(await ids('')).toEqual(['public', 'private', 'share']);
    expect(await ids('image_type=all')).toEqual(['public', 'private', 'share']);
    expect(await ids('image_type=private')).toEqual(['private']);
    expect(await ids('image_type=share')).toEqual(['share']);
    const rows = (await page('')).phone_images;
    expect(rows.map(({ is_public }) => is_public)).toEqual([1, 2, 2]);
  });

  it('says of shared images alone whether they were accepted', async () => {
    const { world, page } = await phoneImagesOf();
    world.create({ image_id: 'waiting', image_type: 'share', receive_status: 0 });
    world.create({ image_id: 'accepted', image_type: 'share' });
    world.create({ image_id: 'private', status: 1, receive_status: 0 });
    const said = (await page('')).phone_images.map((row) => [row.image_id, row.receive_status]);
    expect(said).toEqual([
      ['private', undefined],
      ['accepted', 1],
      ['waiting', 0],
    ]);
    world.update('waiting', { receive_status: 2 });
    expect((await page('image_type=share')).phone_images[1]).toMatchObject({ receive_status: 2 });
  });

  it('has no paging: it lists everything whatever limit says', async () => {
    const { make, page } = await phoneImagesOf();
    make(501);
    const all = await page('limit=2&marker=nowhere');
    expect(all.phone_images).toHaveLength(501);
    expect(all).not.toHaveProperty('page_info');
  });

  it('refuses a type it does not know', async () => {
    const { ask } = await phoneImagesOf();
    expect(await ask('image_type=other')).toMatchObject({ status: 400, body: { error_code: 'CPS.0009' } });
  });
});

describe('another edition of the phone-images endpoint', () => {
  it('says how to go on, and nothing at the end', async () => {
    const { make, page } = await phoneImagesOf({ phoneImagesPaging: 'marker' });
    make(4);
    const first = await page('limit=2');
    expect(first.phone_images).toMatchObject([{ image_id: 'image-3' }, { image_id: 'image-2' }]);
    expect(first.page_info).toEqual({ next_marker: 'image-2' });
    const last = await page('limit=2&marker=image-2');
    expect(last.phone_images).toMatchObject([{ image_id: 'image-1' }, { image_id: 'image-0' }]);
    expect(last.page_info).toEqual({ next_marker: '' });
  });

  it('lists full pages and leaves open how to go on', async () => {
    const { make, page, ids } = await phoneImagesOf({ phoneImagesPaging: 'bare' });
    make(501);
    const first = await page('');
    expect(first.phone_images).toHaveLength(500);
    expect(first).not.toHaveProperty('page_info');
    expect(await ids('marker=image-1')).toEqual(['image-0']);
    expect(await ids('marker=image-0')).toEqual([]);
  });

  it('refuses a limit out of range and a marker that is gone', async () => {
    const { make, ask, world } = await phoneImagesOf({ phoneImagesPaging: 'marker' });
    make(2);
    world.remove('image-1');
    const refused = { status: 400, body: { error_code: 'CPS.0002' } };
    expect(await ask('limit=501')).toMatchObject(refused);
    expect(await ask('limit=0')).toMatchObject(refused);
    expect(await ask('marker=image-1')).toMatchObject(refused);
  });
});
