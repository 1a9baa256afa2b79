import { describe, expect, it, onTestFinished } from 'vitest';
import type { Edition } from '../src/simulator/edition.ts';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';

interface Page {
  readonly image_infos: readonly Readonly<Record<string, unknown>>[];
  readonly total?: number;
}

/** A quiet world behind a server, and a way to ask it for images. */
async function imagesOf(edition: Partial<Edition> = {}) {
  const world = createWorld({
    seed: 1,
    start: new Date('2026-01-01T00:00:00Z'),
    projects: ['ours', 'theirs'],
  });
  const cloud = await startSimulator({ world, edition });
  onTestFinished(() => cloud.close());

  async function ask(query: string, project_id = 'ours') {
    const url = `${cloud.url}/v1/${project_id}/cloud-phone/images?${query}`;
    const response = await fetch(url, { headers: { 'X-Auth-Token': cloud.token } });
    return { status: response.status, body: await response.json() };
  }
  async function page(query: string, project_id?: string): Promise<Page> {
    return (await ask(query, project_id)).body as Page;
  }
  async function ids(query: string, project_id?: string): Promise<unknown[]> {
    return (await page(query, project_id)).image_infos.map(({ image_id }) => image_id);
  }
  return { world, ask, page, ids };
}

describe('the images endpoint', () => {
  it('answers as documented, with the ids of projects only where they belong', async () => {
    const { world, ask } = await imagesOf();
    world.create({
      image_id: '23030320230421e300221a2000004433',
      image_name: 'cph-private-image',
      domain_id: '4a2a9967e4514c388a4c945efcbab9d6',
      image_size: 1306150912,
      image_version: 'AOSP 9.0',
      status: 1,
    });
    world.create({ image_type: 'share', image_id: 'lent', src_project_id: 'outside' });
    world.create({ image_type: 'public', image_id: 'everyones' });
    const { status, body } = await ask('');
    const fields = ['domain_id', 'image_id', 'image_name', 'image_size', 'image_type', 'image_version'];
    const always = [...fields, 'create_time', 'update_time', 'status'].sort();
    const [everyones, lent, own] = (body as Page).image_infos;
    expect(status).toBe(200);
    expect(body).toMatchObject({ total: 3, request_id: expect.stringMatching(/^[0-9a-f]{32}$/) });
    expect(own).toEqual({
      domain_id: '4a2a9967e4514c388a4c945efcbab9d6',
      image_name: 'cph-private-image',
      update_time: '2026-01-01T00:00:00Z',
      create_time: '2026-01-01T00:00:00Z',
      image_size: 1306150912,
      project_id: 'ours',
      image_id: '23030320230421e300221a2000004433',
      image_version: 'AOSP 9.0',
      image_type: 'private',
      status: 1,
    });
    expect(lent).toMatchObject({ image_id: 'lent', image_type: 'share', src_project_id: 'outside' });
    expect(Object.keys(lent ?? {}).sort()).toEqual([...always, 'src_project_id'].sort());
    expect(Object.keys(everyones ?? {}).sort()).toEqual(always);
  });

  it('filters by type, status, id, name, source and time of creation', async () => {
    const { world, ids } = await imagesOf();
    world.create({ image_id: 'creating', image_name: 'one' });
    world.create({ image_id: 'failed', status: 2 });
    world.advance(60_000);
    world.create({ image_id: 'lent', image_type: 'share', src_project_id: 'outside' });
    world.create({ image_id: 'public', image_type: 'public', image_name: 'one' });
    const minute = Date.parse('2026-01-01T00:01:00Z');
    expect(await ids('image_type=private')).toEqual(['failed', 'creating']);
    expect(await ids('image_type=share')).toEqual(['lent']);
    expect(await ids('image_type=public')).toEqual(['public']);
    expect(await ids('status=0')).toEqual(['creating']);
    expect(await ids('image_type=private&status=2')).toEqual(['failed']);
    expect(await ids('image_id=lent')).toEqual(['lent']);
    expect(await ids('image_id=gone')).toEqual([]);
    expect(await ids('image_name=one')).toEqual(['public', 'creating']);
    expect(await ids('src_project_id=outside')).toEqual(['lent']);
    expect(await ids(`create_since=${minute}`)).toEqual(['public', 'lent']);
    expect(await ids(`create_until=${minute - 1}`)).toEqual(['failed', 'creating']);
  });

  it('shows each project its own images', async () => {
    const { world, ids, page } = await imagesOf();
    const { image_id } = world.create({ status: 1 });
    expect(await ids('', 'theirs')).toEqual([]);
    world.share(image_id, 'theirs');
    const { image_infos } = await page('', 'theirs');
    expect(image_infos).toMatchObject([{ image_id, image_type: 'share', src_project_id: 'ours' }]);
    expect(await ids('image_type=private')).toEqual([image_id]);
  });

  it('pages by index, newest first, and totals what matches', async () => {
    const { world, ids, page } = await imagesOf();
    for (let made = 0; made < 105; made++) world.create({ image_id: `image-${made}` });
    expect(await ids('')).toHaveLength(100);
    expect(await ids('offset=100')).toEqual(['image-4', 'image-3', 'image-2', 'image-1', 'image-0']);
    expect(await ids('offset=1&limit=2')).toEqual(['image-103', 'image-102']);
    expect(await ids('offset=105')).toEqual([]);
    expect((await page('limit=2')).total).toBe(105);
    expect((await page('limit=2&status=1')).total).toBe(0);
  });

  it.each([
    ['limit=101', 'CPS.0002'],
    ['limit=0', 'CPS.0002'],
    ['offset=-1', 'CPS.0002'],
    ['offset=x', 'CPS.0002'],
    ['status=7', 'CPS.0010'],
    ['image_id=', 'CPS.0029'],
    ['image_id=not%20an%20id', 'CPS.0030'],
    ['image_type=other', 'CPS.0009'],
  ])('refuses %s with 400 and %s', async (query, error_code) => {
    const { ask } = await imagesOf();
    expect(await ask(query)).toEqual({
      status: 400,
      body: { error_code, error_msg: expect.any(String), request_id: expect.any(String) },
    });
  });

  it('lays what a test wants over a row', async () => {
    const { world, page } = await imagesOf();
    world.create({ rows: { images: { image_size: 'large', shared_by: 'team-b', image_name: undefined } } });
    const { image_infos } = await page('');
    expect(image_infos).toMatchObject([{ image_size: 'large', shared_by: 'team-b', status: 0 }]);
    expect(image_infos[0]).not.toHaveProperty('image_name');
  });
});

describe('another edition of the images endpoint', () => {
  it('takes the offset for a page number', async () => {
    const { world, ids } = await imagesOf({ offset: 'page-number' });
    for (let made = 0; made < 5; made++) world.create({ image_id: `image-${made}` });
    expect(await ids('offset=0&limit=2')).toEqual(['image-4', 'image-3']);
    expect(await ids('offset=1&limit=2')).toEqual(['image-2', 'image-1']);
    expect(await ids('offset=2&limit=2')).toEqual(['image-0']);
  });

  it('totals the page, or nothing', async () => {
    const paged = await imagesOf({ total: 'page' });
    const silent = await imagesOf({ total: 'absent' });
    for (const { world } of [paged, silent]) for (let made = 0; made < 3; made++) world.create();
    expect(await paged.page('limit=2')).toMatchObject({ total: 2 });
    expect(await paged.page('offset=2&limit=2')).toMatchObject({ total: 1 });
    expect(await silent.page('limit=2')).not.toHaveProperty('total');
  });

  it('no longer lists public images', async () => {
    const { world, ask, ids } = await imagesOf({ publicImages: 'refused' });
    world.create({ image_id: 'public', image_type: 'public' });
    world.create({ image_id: 'own' });
    expect(await ask('image_type=public')).toMatchObject({ status: 400, body: { error_code: 'CPS.0009' } });
    expect(await ids('')).toEqual(['own']);
  });
});
