import { beforeEach, describe, expect, test } from 'vitest';
import { lastFriday } from '../src/page/changes/last-friday.ts';
import { openPage } from './support/page.ts';
import { useTestDatabase } from './support/postgres.ts';
import { seenProject } from './support/seen-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const get = (path: string) => openPage(database.db).get(path);

/** An image that was created, renamed, and failed. */
async function lived() {
  const project = await seenProject(database.db);
  await project.sweep();
  const { image_id } = project.world.create({ image_name: 'first-name' });
  await project.watch();
  project.world.advance(90_000);
  project.world.update(image_id, { image_name: 'second-name' });
  await project.sweep();
  project.world.advance(30_000);
  project.world.fail(image_id);
  await project.watch();
  return { ...project, image_id };
}

describe('the page of one image', () => {
  test('tells its life with one change a line, between which looks, and by which run and request', async () => {
    const { image_id } = await lived();
    const { text, html } = await get(`/images/p1/${image_id}`);
    expect(text).toContain('first seen, creating');
    expect(text).toContain('Name: first-name → second-name');
    expect(text).toContain('failed after 2 min creating');
    expect(text).toMatch(/between \d\d:\d\d:\d\d and \d\d:\d\d:\d\d/);
    expect(text.indexOf('failed after')).toBeLessThan(text.indexOf('first seen, creating'));
    expect(html).toMatch(/href="\/runs\/\d+"/);
    expect(html).toMatch(/data-copy="[0-9a-f]{32}"/);
    expect(html).toContain(`data-copy="${image_id}"`);
  });

  test('has a place of its own for each line of its life, so that a page that is renewed keeps them apart', async () => {
    const { image_id, world, sweep } = await lived();
    world.update(image_id, { image_name: 'third-name', image_version: 'AOSP 13.0' });
    await sweep();
    const { html } = await get(`/images/p1/${image_id}`);
    const ids = Array.from(html.matchAll(/ id="([^"]+)"/g), ([, id]) => id);
    expect(ids.filter((id) => /^event-\d+-/.test(id ?? ''))).not.toEqual([]);
    expect(ids).toEqual([...new Set(ids)]);
  });

  test('says for each field who says so', async () => {
    const { image_id } = await lived();
    const [, explain = ''] = (await get(`/images/p1/${image_id}`)).text.split('Who says so');
    expect(explain).toMatch(/Name\s*second-name\s*images/);
    expect(explain).toMatch(/Status\s*✗ failed\s*images/);
  });

  test('says what it was at a time: not yet known, so, or gone', async () => {
    const { image_id, world, sweep } = await lived();
    const at = async (time: string) =>
      (await get(`/images/p1/${image_id}?at=${encodeURIComponent(time)}`)).text;
    expect(await at('2020-01-01')).toContain('nothing is known of it, or no longer.');
    const then = new Date(world.now().getTime() - 60_000);
    expect(await at(then.toISOString())).toContain('it was known as');
    const [, known = ''] = (await at(then.toISOString())).split('it was known as');
    expect(known).toMatch(/^said by the look of [-0-9: ]+ · run \d+ · request [0-9a-f]{8}/);
    expect(known).toMatch(/Namefirst-name.*Type.*Status.*Version/s);
    world.remove(image_id);
    world.advance(60_000);
    await sweep();
    world.advance(60_000);
    await sweep();
    const gone = await at(new Date(world.now().getTime() + 1000).toISOString());
    expect(gone).toContain('it was gone.');
    expect(gone).toContain('− removed');
  });

  test('of a project that was never read to the end has no colour', async () => {
    const { image_id } = await lived();
    await database.db.execute('update cph.projects set last_complete_at = null');
    const { text, html } = await get(`/images/p1/${image_id}`);
    expect(text).toContain('Its project was never read to the end');
    expect(html).toMatch(/<div class="old"><h1>/);
  });
});

describe('the page of changes', () => {
  test('shows the net difference, whatever happened in between', async () => {
    const { image_id, world, sweep } = await lived();
    const { text, html } = await get(
      `/changes?since=${new Date(world.start.getTime() - 1000).toISOString()}&until=2100-01-01`,
    );
    expect(text).toContain('second-name');
    expect(text).toContain('+ new, failed');
    expect(html).toContain('<span class="bad">new, failed</span>');
    world.remove(image_id);
    world.advance(60_000);
    await sweep();
    await sweep();
    expect((await get('/changes?since=7d&until=2100-01-01')).text).toContain('Nothing differs');
  });

  test('is of the last day unless something else is chosen', async () => {
    const { html } = await get('/changes');
    expect(html).toMatch(/href="\/changes\?since=24h" aria-current="true"/);
    expect((await get('/changes?since=7d')).html).toMatch(/href="\/changes\?since=7d" aria-current="true"/);
  });

  test.each([
    ['2026-11-30T08:00:00Z', '2026-11-27T18:00:00.000Z'],
    ['2026-11-27T18:00:01Z', '2026-11-27T18:00:00.000Z'],
    ['2026-11-27T12:00:00Z', '2026-11-20T18:00:00.000Z'],
    ['2026-11-29T23:59:59Z', '2026-11-27T18:00:00.000Z'],
    ['2026-11-26T00:00:00Z', '2026-11-20T18:00:00.000Z'],
  ])('at %s, the last Friday evening was %s', (now, friday) => {
    expect(lastFriday(new Date(now)).toISOString()).toBe(friday);
  });
});
