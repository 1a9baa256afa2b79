import type { Page } from 'playwright-core';
import { beforeEach, describe, expect, test } from 'vitest';
import { browsedDaemon } from './support/browsed-daemon.ts';
import { useBrowser } from './support/browser.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';

const database = useTestDatabase();
const program = useProgram();
const open = useBrowser();
beforeEach(() => database.truncate());

/** How the page keeps up, as it says itself. */
const keepsUp = (page: Page, how: 'live' | 'cut') =>
  page.locator(`html[data-live="${how}"]`).waitFor({ state: 'attached' });

describe('an open page', () => {
  test('shows an image that fails, without a reload, and leaves alone what a person is doing', async () => {
    const { world, url } = await browsedDaemon(program, database);
    const { page, complaints } = await open(url);
    await keepsUp(page, 'live');
    await page.evaluate('window.sameDocument = true');
    await page.focus('#search');
    await page.keyboard.type('half a wo');
    const { image_id } = world.create({ image_name: 'live-v1' });
    await page.getByText('live-v1 created, creating').waitFor();
    world.fail(image_id);
    await page.locator('#attention').getByText('Live-v1 of Live streaming has failed').waitFor();
    await page
      .locator('#feed')
      .getByText(/live-v1 failed after/)
      .waitFor();
    expect(await page.title()).toBe('1 needs you · cph-inventory');
    expect(await page.evaluate('window.sameDocument')).toBe(true);
    expect(await page.inputValue('#search')).toBe('half a wo');
    expect(await page.evaluate('document.activeElement.id')).toBe('search');
    expect(complaints).toEqual([]);
  });

  test('loses its colours and marks its title when it is cut off, and gets them back', async () => {
    const { world, url, program: daemon } = await browsedDaemon(program, database);
    world.create({ status: 1 });
    const { page } = await open(url);
    await keepsUp(page, 'live');
    await page.locator('td .good').first().waitFor();
    const colour = () =>
      page.evaluate(
        "[getComputedStyle(document.querySelector('td .good')).color, getComputedStyle(document.querySelector('.asof')).color]",
      ) as Promise<[string, string]>;
    const [good, soft] = await colour();
    expect(good).not.toBe(soft);
    daemon.child.kill('SIGKILL');
    await keepsUp(page, 'cut');
    expect(await page.title()).toMatch(/^⚠ /);
    await page.getByText('Cut off: everything here is old').waitFor();
    expect((await colour())[0]).toBe(soft);
    await browsedDaemon(program, database, { env: { CPH_HTTP_PORT: new URL(url).port } });
    await keepsUp(page, 'live');
    expect(await page.title()).not.toContain('⚠');
  });

  test('takes green away by itself when its proof has become old', async () => {
    const { world, url } = await browsedDaemon(program, database);
    world.create({ status: 1 });
    const { page } = await open(url);
    const proven = page.locator('#projects td .good');
    await proven.waitFor();
    await proven.evaluate((node) => node.setAttribute('data-until', new Date(0).toISOString()));
    await page.locator('#projects td .good.old').waitFor();
  });

  test('shows times of its own zone, with UTC on hover', async () => {
    const { world, url } = await browsedDaemon(program, database);
    world.create({ image_name: 'a', status: 1, create_time: '2026-01-01T22:30:00Z' });
    const { page } = await open(`${url}/images`, { timezoneId: 'Asia/Shanghai' });
    await page.getByRole('link', { name: 'a', exact: true }).waitFor();
    const time = page.locator('time[datetime="2026-01-01T22:30:00.000Z"]');
    expect(await time.textContent()).toBe('2026-01-02 06:30');
    expect(await time.getAttribute('title')).toBe('2026-01-01 22:30:00 UTC');
  });
});

test('a theme that is chosen is there at once, and stays', async () => {
  const { url } = await browsedDaemon(program, database);
  const { page } = await open(url, { colorScheme: 'light' });
  const ground = () => page.evaluate('getComputedStyle(document.body).backgroundColor');
  const light = await ground();
  await page.getByRole('link', { name: 'Dark' }).click();
  expect(await ground()).not.toBe(light);
  await page.reload();
  expect(await ground()).not.toBe(light);
});
