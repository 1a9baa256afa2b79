import { beforeEach, describe, expect, test } from 'vitest';
import { acceptedLanguage } from '../src/page/language.ts';
import { en } from '../src/page/words/en.ts';
import { openPage } from './support/page.ts';
import { useTestDatabase } from './support/postgres.ts';
import { seenProject } from './support/seen-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const PAGES = [
  '/',
  '/images',
  '/changes',
  '/builds',
  '/projects',
  '/sinks',
  '/nothing',
  '/images?status=lost',
  '/runbooks/CphImageFailed',
];

describe('every page', () => {
  test('runs nothing of others, is shown in no frame, and is kept nowhere', async () => {
    const { get } = openPage(database.db);
    for (const path of PAGES) {
      const { headers, html } = await get(path);
      const policy = headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|https?:/);
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('access-control-allow-origin')).toBeNull();
      // What such a policy would silently drop.
      expect(html).not.toMatch(/\sstyle="|<style|\son\w+="|<script(?![^>]*\ssrc=)/);
      // No address leads elsewhere.
      expect(html).not.toMatch(/(href|src|action)="(?!\/|#)/);
    }
  });

  test('says what it is about in its title, and has one heading', async () => {
    const { get } = openPage(database.db);
    for (const path of PAGES) {
      const { html } = await get(path);
      expect(html).toMatch(/<title>[^<]+ · cph-inventory<\/title>/);
      expect(html.match(/<h1/g)).toHaveLength(1);
    }
  });

  test('is found under a path prefix, whether or not a proxy takes it away', async () => {
    const { get } = openPage(database.db, { publicUrl: new URL('https://ops.example.com/cph/') });
    for (const path of [...PAGES, '/cph', '/cph/', '/cph/images']) {
      const { html, status } = await get(path);
      expect(html).toContain('cph-inventory</title>');
      expect(html).not.toMatch(/(href|src|action)="\/(?!cph\/)/);
      if (path.startsWith('/cph')) expect([path, status]).toEqual([path, 200]);
    }
    expect((await get('/cphimages')).status).toBe(404);
  });

  test('takes a hostile name for text, wherever it stands', async () => {
    const { world, sweep } = await seenProject(database.db, { name: '"><script>alert(1)</script>' });
    const image_name = '<img src=x onerror="alert(1)">\u202e';
    const { image_id } = world.create({ image_name, image_label: "'><b>", status: 2 });
    await sweep();
    const { get } = openPage(database.db);
    for (const path of ['/', '/images', '/changes', `/images/p1/${image_id}`, '/images?q=%3Cb%3E%22']) {
      const { html } = await get(path);
      expect(html).not.toMatch(/<img|<script>|<b>/);
    }
    expect((await get('/images')).text).toContain(image_name);
  });
});

describe('a page that there is not', () => {
  test.each(['/nothing', '/images/p1/none', '/images/p1/a/b', '/runbooks/CphNothing', '/assets/0/style.css'])(
    '%s is not found',
    async (path) => {
      expect((await openPage(database.db).get(path)).status).toBe(404);
    },
  );

  test('a parameter that cannot be taken is named, with what would be right and a way back', async () => {
    const { status, text, html } = await openPage(database.db).get('/images?status=lost&type=private');
    expect(status).toBe(400);
    expect(text).toContain('Status takes one of creating, usable, failed, unknown; got "lost"');
    expect(html).toContain('href="/images?type=private"');
  });

  test('what a form leaves empty is not asked for', async () => {
    expect((await openPage(database.db).get('/images?status=&type=&q=&at=')).status).toBe(200);
  });
});

describe('the language', () => {
  test.each([
    [undefined, 'en'],
    ['zh-CN,zh;q=0.9,en;q=0.8', 'zh-CN'],
    ['zh-TW', 'zh-CN'],
    ['en-US,zh;q=0.9', 'en'],
    ['fr-FR,fr;q=0.9', 'en'],
    ['fr, zh;q=0.2, en;q=0.1', 'zh-CN'],
    ['en;q=0, zh;q=0.1', 'zh-CN'],
    ['*', 'en'],
    [';;q=x,', 'en'],
  ])('of Accept-Language %s is %s', (header, language) => {
    expect(acceptedLanguage(header)).toBe(language);
  });

  test('is that of the browser until another is chosen, which is then kept', async () => {
    const { get } = openPage(database.db);
    const chinese = { 'accept-language': 'zh-CN' };
    expect((await get('/', { headers: chinese })).html).toContain('<html lang="zh-CN"');
    const chosen = await get('/images?lang=en&status=failed', { headers: chinese });
    expect([chosen.status, chosen.headers.get('location')]).toEqual([303, '/images?status=failed']);
    const cookie = chosen.headers.get('set-cookie')?.split(';')[0] ?? '';
    expect((await get('/', { headers: { ...chinese, cookie } })).html).toContain('<html lang="en"');
  });
});

test('a theme that is chosen is kept, and is there before any script runs', async () => {
  const { get } = openPage(database.db);
  expect((await get('/')).html).not.toContain('<html lang="en" data-theme=');
  const chosen = await get('/?theme=dark');
  const cookie = chosen.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await get('/', { headers: { cookie } })).html).toContain('<html lang="en" data-theme="dark"');
  expect((await get('/?theme=pink')).headers.get('set-cookie')).toBeNull();
});

test('every alert that needs a person has its runbook at hand', async () => {
  const { get } = openPage(database.db);
  for (const alert of Object.keys(en.now.advice))
    expect((await get(`/runbooks/${alert}`)).text, alert).toContain('Meaning');
});

test('the list of runbooks leads to each of them', async () => {
  const { get } = openPage(database.db);
  const { html } = await get('/runbooks');
  for (const alert of Object.keys(en.now.advice))
    expect(html).toContain(`<a href="/runbooks/${alert}">${alert}</a>`);
  expect(html).not.toContain('.md');
});
