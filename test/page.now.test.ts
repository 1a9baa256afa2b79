import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { openDatabase } from '../src/store/database.ts';
import { openPage } from './support/page.ts';
import { useTestDatabase } from './support/postgres.ts';
import { seenProject } from './support/seen-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const open = () => openPage(database.db);

describe('the first page', () => {
  test('of an empty inventory says that nothing is known, and shows nothing green', async () => {
    const { status, text, html } = await open().get('/');
    expect(status).toBe(200);
    expect(text).toContain('No project is configured, so nothing is known.');
    expect(text).toContain('Nothing is known to need you, but not all is known.');
    expect(html).not.toMatch(/class="[^"]*\bgood\b/);
  });

  test('of a project that was never read says so, and claims nothing', async () => {
    await seenProject(database.db);
    const { text, html } = await open().get('/');
    expect(text).toContain('Live streaming was never read completely');
    expect(html).not.toMatch(/class="[^"]*\bgood\b/);
  });

  test('where all is well is calm: nothing needs anybody, and how long ago that was proven', async () => {
    const { world, sweep } = await seenProject(database.db);
    world.create({ status: 1 });
    await sweep();
    const { text, html } = await open().get('/');
    expect(text).toContain('The project is fresh.');
    expect(text).toMatch(/Nothing needs you\. Last complete sweep \d+ (s|min \d+ s) ago\./);
    expect(html).toContain('<title>Now · cph-inventory</title>');
    // Green ends by itself when the proof is three intervals old.
    expect(html).toMatch(/class="good" data-until="\d{4}-[^"]+Z"/);
  });

  test('of a stale project tells it in the sentence, as what needs a person, and without its colours', async () => {
    const { world, sweep, age } = await seenProject(database.db);
    world.create({ status: 2 });
    await sweep();
    await age(60);
    const { text, html } = await open().get('/');
    expect(text).toContain('Live streaming is out of date');
    expect(html).toContain('<title>1 needs you · cph-inventory</title>');
    expect(html).toMatch(/<td class="n old/);
    expect(html).not.toMatch(/class="[^"]*\bgood\b/);
  });

  test('tells what failed with what to do, its runbook and its page', async () => {
    const { world, sweep, watch } = await seenProject(database.db);
    await sweep();
    const { image_id } = world.create({ image_name: 'live-v1' });
    await watch();
    world.advance(120_000);
    world.fail(image_id);
    await watch();
    const { text, html } = await open().get('/');
    expect(text).toContain('live-v1 of Live streaming has failed');
    expect(text).toContain(`cph-inventory history ${image_id}`);
    expect(html).toContain(`href="/images/p1/${image_id}"`);
    expect(html).toContain('href="/runbooks/CphImageFailed"');
    expect(text).toMatch(/live-v1 failed after 2 min creating/);
  });

  test('shows what is built beside how long that usually takes', async () => {
    const { world, sweep, watch } = await seenProject(database.db);
    await sweep();
    const first = world.create({});
    await watch();
    world.advance(600_000);
    world.finish(first.image_id);
    await watch();
    const second = world.create({ image_name: 'next' });
    await watch();
    const { text } = await open().get('/');
    expect(second.image_id).toBeTruthy();
    expect(text).toContain('usually 10 min, 95 of 100 within 10 min');
    await database.db.execute('update cph.images set missing_since = now(), missing_from = listed_in');
    const missing = (await open().get('/')).text;
    expect(missing).toMatch(/next ?missing/);
    expect(missing).not.toContain('usually 10 min');
  });

  test('does not take what the first sweep found for news', async () => {
    const { world, sweep } = await seenProject(database.db, { images: 30 });
    await sweep();
    expect((await open().get('/')).text).toContain('Nothing has changed since the first sweep.');
    world.create({ image_name: 'newcomer', status: 1 });
    await sweep();
    expect((await open().get('/')).text).toContain('newcomer created, usable');
  });
});

test('without its database a page shows nothing rather than something old', async () => {
  const nobody = { url: 'postgres://nobody@127.0.0.1:1/none', applicationName: 'test', maxConnections: 1 };
  const away = openDatabase(nobody);
  onTestFinished(away.close);
  const page = openPage(away.db);
  for (const path of ['/', '/images', '/changes', '/images/p1/a']) {
    const { status, text } = await page.get(path);
    expect([path, status]).toEqual([path, 503]);
    expect(text).toContain('The database cannot be read');
  }
});
