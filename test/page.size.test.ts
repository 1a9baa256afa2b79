import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, test } from 'vitest';
import { type Assets, readAssets } from '../src/page/assets.ts';
import { compiledCode } from './support/compiled.ts';
import { openPage } from './support/page.ts';
import { useTestDatabase } from './support/postgres.ts';
import { seenProject } from './support/seen-project.ts';

const database = useTestDatabase();
const KB = 1000;
const compressed = (text: string) => gzipSync(text).length;

let folder = '';
let assets: Assets;
beforeAll(async () => {
  folder = join(await compiledCode(), 'src', 'page');
  assets = readAssets(folder);
});

const sum = (kind: RegExp) =>
  Array.from(assets.files)
    .filter(([name]) => kind.test(name))
    .reduce((bytes, [, { text }]) => bytes + compressed(text), 0);

test('all scripts together are at most 15 KB, and the style 8 KB', () => {
  expect([...assets.files.keys()]).toEqual(
    expect.arrayContaining(['times.js', 'live.js', 'keys.js', 'duration.js', 'idiomorph.js', 'style.css']),
  );
  expect(sum(/\.js$/)).toBeLessThanOrEqual(15 * KB);
  expect(sum(/\.css$/)).toBeLessThanOrEqual(8 * KB);
});

test('scripts name each other and nothing else', () => {
  for (const [name, { text }] of assets.files) {
    for (const [, from = ''] of text.matchAll(/from ['"]([^'"]+)['"]/g))
      expect([...assets.files.keys()], name).toContain(from.replace('./', ''));
  }
});

test('their address is that of their content', () => {
  expect(readAssets(folder).hash).toBe(assets.hash);
  expect(readFileSync(join(folder, 'islands', 'live.js'), 'utf8')).not.toMatch(/\/\*\*/);
});

test('a page of an inventory of hundreds is at most 10 KB', async () => {
  await database.truncate();
  const { world, sweep } = await seenProject(database.db, { images: 400 });
  await sweep();
  for (let i = 0; i < 30; i++) world.create({ status: i % 3 });
  await sweep();
  const { get } = openPage(database.db);
  for (const path of ['/', '/images', '/changes', `/images/p1/${[...world.all()][0]?.image_id}`]) {
    const { html, status } = await get(path);
    expect(status).toBe(200);
    expect([path, compressed(html) <= 10 * KB]).toEqual([path, true]);
  }
});
