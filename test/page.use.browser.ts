import { beforeEach, describe, expect, test } from 'vitest';
import { type BrowsedDaemon, browsedDaemon } from './support/browsed-daemon.ts';
import { barriersOf, useBrowser } from './support/browser.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
const open = useBrowser();
beforeEach(() => database.truncate());

const HOSTILE = '<img src=x onerror="alert(1)">"\u202e';

/** A daemon that has read a few dozen images, one of them failed and one with a hostile name. */
async function filled(): Promise<BrowsedDaemon & { readonly image_id: string }> {
  const daemon = await browsedDaemon(program, database, { images: 30 });
  const { image_id } = daemon.world.create({ image_name: HOSTILE, status: 2 });
  daemon.world.create({ image_name: 'being-built' });
  await readBy(daemon, 'being-built');
  return { ...daemon, image_id };
}

const readBy = ({ url }: BrowsedDaemon, text: string) =>
  until(async () => (await (await fetch(`${url}/images?limit=1000`)).text()).includes(text));

const PAGES = [
  '/',
  '/images',
  '/images?status=failed&type=private',
  '/changes',
  '/builds',
  '/projects',
  '/projects/p1',
  '/sinks',
  '/runs/1',
];

describe('by keyboard alone', () => {
  test('an image is searched, its row entered, and its life read', async () => {
    const { url } = await filled();
    const { page, complaints } = await open(url);
    await page.keyboard.press('/');
    await page.keyboard.type('being-b');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/images?q=being-b');
    await page.keyboard.press('j');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/images/p1/*');
    await page.locator('#life').getByText('first seen').waitFor();
    await page.keyboard.press('j');
    expect(await page.evaluate('document.activeElement.closest("#life") !== null')).toBe(true);
    await page.goBack();
    await page.waitForURL('**/images?q=being-b');
    await page.keyboard.press('g');
    await page.keyboard.press('c');
    await page.waitForURL('**/changes');
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByText('next and previous row').waitFor();
    await page.keyboard.press('Escape');
    expect(complaints).toEqual([]);
  });

  test('a filter is opened, chosen and taken away again', async () => {
    const { url } = await filled();
    const { page } = await open(`${url}/images`);
    await page.locator('summary').first().focus();
    await page.keyboard.press('Enter');
    await page.locator('select[name=status]').focus();
    await page.keyboard.type('failed');
    await page.keyboard.press('Tab');
    await page.locator('form.filters button').focus();
    await page.keyboard.press('Enter');
    await page.waitForURL(/status=failed/);
    expect(await page.locator('tbody tr').count()).toBeGreaterThan(0);
    await page.getByRole('link', { name: /^Status: failed/ }).focus();
    await page.keyboard.press('Enter');
    await page.waitForURL((address) => !address.search.includes('status'));
  });
});

test('without script everything is read, searched and filtered', async () => {
  const { url, image_id } = await filled();
  const { page, complaints } = await open(url, { javaScriptEnabled: false });
  await page.getByText('Times are UTC').waitFor();
  await page.fill('#search', 'being');
  await page.press('#search', 'Enter');
  await page.waitForURL('**/images?q=being');
  await page.getByRole('link', { name: 'being-built' }).click();
  await page.locator('#life').getByText('first seen').waitFor();
  await page.goto(`${url}/images`);
  await page.locator('summary').first().click();
  await page.selectOption('select[name=status]', 'failed');
  await page.locator('form.filters button').click();
  await page.locator(`a[href$="${image_id}"]`).waitFor();
  expect(complaints).toEqual([]);
});

describe('every page', () => {
  test.each([
    ['light', 1280],
    ['dark', 360],
  ] as const)('keeps nobody out and stays on its host, %s, %i wide', async (colorScheme, width) => {
    const { url, image_id } = await filled();
    const { page, complaints } = await open(url, { colorScheme, viewport: { width, height: 800 } });
    for (const path of [...PAGES, `/images/p1/${image_id}`, '/nothing', '/images?status=lost']) {
      await page.goto(url + path);
      expect([path, await barriersOf(page)]).toEqual([path, []]);
      const wide = await page.evaluate('document.documentElement.scrollWidth - innerWidth');
      expect([path, (wide as number) <= 0]).toEqual([path, true]);
    }
    // A page that there is not is told as an error by the browser itself.
    const own = complaints.filter((complaint) => !/status of 40[04]/.test(complaint));
    expect(own).toEqual([]);
  });

  test('keeps nobody out while nothing is known, or nothing can be read', async () => {
    const refused = { when: {}, effect: { kind: 'error', code: 'APIGW.0301', status: 401 } } as const;
    const { url } = await browsedDaemon(program, database, { faults: [refused] });
    const { page, complaints } = await open(url);
    await until(async () => (await (await fetch(url)).text()).includes('rejected'));
    for (const language of ['en', 'zh-CN']) {
      await page.goto(`${url}/?lang=${language}`);
      for (const path of ['/', '/images', '/changes', '/sinks']) {
        await page.goto(url + path);
        expect([path, await barriersOf(page)]).toEqual([path, []]);
      }
    }
    expect(complaints).toEqual([]);
  });

  test('keeps nobody out when what it shows is stale', async () => {
    const { url, world, program: daemon } = await filled();
    expect(world.now()).toBeInstanceOf(Date);
    daemon.child.kill('SIGKILL');
    await daemon.ended;
    await database.db.execute(
      "update cph.projects set last_complete_at = now() - interval '3 days', sync_interval = '5 minutes'",
    );
    // Once a year: nothing makes it fresh again.
    const again = await browsedDaemon(program, database, {
      env: { CPH_SYNC_CRON: '0 0 1 1 *', CPH_WATCH_CRON: 'off', CPH_ENDPOINT: 'http://127.0.0.1:9' },
    });
    expect(url).toBeTruthy();
    const { page } = await open(again.url);
    for (const path of PAGES.slice(0, 4)) {
      await page.goto(again.url + path);
      expect([path, await barriersOf(page)]).toEqual([path, []]);
    }
  });
});
