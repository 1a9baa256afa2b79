import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, test } from 'vitest';
import { IMAGES_PARAMETERS, readImages } from '../src/answers/images.ts';
import { takeParameters } from '../src/answers/parameters.ts';
import { sameInSql } from '../src/page/images/same-in-sql.ts';
import { openPage } from './support/page.ts';
import { useTestDatabase } from './support/postgres.ts';
import { seenProject } from './support/seen-project.ts';

const database = useTestDatabase();
let removed = '';

// Once for all of them; the cloud it was read from ends with the first.
beforeEach(async () => {
  if (removed) return;
  await database.truncate();
  const { world, sweep } = await seenProject(database.db, { images: 40 });
  const gone = world.create({ image_name: "the o'ne_that%went", status: 1 });
  removed = gone.image_id;
  await sweep();
  world.remove(gone.image_id);
  await sweep();
  await sweep();
});

const get = (path: string) => openPage(database.db).get(path);

describe('the list of images', () => {
  test('says how many there are, their bytes, and as of when', async () => {
    const { text, html } = await get('/images?type=private');
    const { total, bytes } = await readImages(database.db, { type: 'private' }, new Date());
    expect(bytes).toBeGreaterThan(0);
    expect(text).toContain(`${total} images`);
    expect(text).toMatch(/\d GB · As of \d+ (s|min \d+ s) ago/);
    expect(html).toContain(`<title>${total} images · cph-inventory</title>`);
  });

  test('shows what narrows it as chips, each of which can be taken away', async () => {
    const { html } = await get('/images?type=private&status=usable&sort=-create_time');
    expect(html).toContain('href="/images?type=private&amp;sort=-create_time"');
    expect(html).toContain('href="/images?status=usable&amp;sort=-create_time"');
    expect(html).toContain(
      'href="/api/images?type=private&amp;status=usable&amp;sort=-create_time&amp;format=csv"',
    );
  });

  test('goes on where a page ends, until there is no more', async () => {
    const seen: string[] = [];
    let path: string | undefined = '/images?limit=7&sort=-image_size';
    while (path) {
      const { html }: { html: string } = await get(path);
      seen.push(
        ...Array.from(
          html.matchAll(/<th scope="row"><a href="\/images\/p1\/([^"?]+)"/g),
          ([, id = '']) => id,
        ),
      );
      path = /<a rel="next" href="([^"]+)"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    const all = await readImages(database.db, { limit: 1000 }, new Date());
    expect(seen.toSorted()).toEqual(all.items.map(({ image_id }) => image_id).toSorted());
    expect(new Set(seen).size).toBe(seen.length);
  });

  test('is as of a time, without colours, and leads to the image at that time', async () => {
    const { html, text } = await get('/images?at=now');
    expect(text).toContain('As it was known at');
    expect(html).toMatch(/<tr class="old">/);
    expect(html).toMatch(/href="\/images\/p1\/[^"?]+\?at=now"/);
  });

  test('shows what is gone, and when it went', async () => {
    const { text } = await get('/images?removed=true');
    expect(text).toContain("the o'ne_that%went removed");
  });

  test('never takes a filter that finds nothing for an empty inventory', async () => {
    expect((await get('/images?q=no-such-thing')).text).toContain('No image is like this.');
  });
});

describe('the same in SQL', () => {
  test.each([
    {},
    { type: 'public' },
    { type: 'private', status: 'usable' },
    { q: 'APP' },
    { q: "o'ne_that%" },
    { q: '100%_' },
    { name: '*aosp1?-v*' },
    { project: 'Live streaming' },
    { project: 'p1', source: 'phone-images' },
    { older_than: '30d', sort: '-create_time' },
    { older_than: '1h30m' },
    { version: 'AOSP 10.0' },
    { label: 'cloud_phone' },
    { missing: 'false' },
    { removed: 'true' },
    { removed: '1', q: "o'ne" },
    { at: 'now', type: 'private' },
    { at: '24h' },
  ] as Record<string, string>[])('of %j gives the same images', async (asked) => {
    const taken = takeParameters(IMAGES_PARAMETERS, { ...asked, limit: '1000' });
    const { items } = await readImages(database.db, taken, new Date());
    const { rows } = await database.db.execute<{ image_id: string }>(sql.raw(sameInSql(asked)));
    expect(rows.map(({ image_id }) => image_id).toSorted()).toEqual(
      items.map(({ image_id }) => image_id).toSorted(),
    );
    expect((await get(`/images?${new URLSearchParams(asked)}`)).status).toBe(200);
  });

  test('finds what was removed, so that it is tried on more than nothing', async () => {
    const { rows } = await database.db.execute<{ image_id: string }>(sql.raw(sameInSql({ removed: 'true' })));
    expect(rows.map(({ image_id }) => image_id)).toEqual([removed]);
  });
});
