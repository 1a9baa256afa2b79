import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { chooseEdition } from '../src/simulator/choose-edition.ts';
import { REFERENCE_EDITION } from '../src/simulator/edition.ts';
import { loadFaults } from '../src/simulator/faults.ts';
import { KEY_PAIR, TEMPORARY_KEY_PAIR, USER } from '../src/simulator/server.ts';
import { editionCloud } from './support/edition-cloud.ts';

const PAGE = await readFile(new URL('../docs/simulator.md', import.meta.url), 'utf8');

/** A file that holds the example of the page with this name. */
async function exampleFile(name: string): Promise<string> {
  const example = new RegExp(`^\`\`\`json ${name}\\n(.*?)^\`\`\``, 'ms').exec(PAGE)?.[1];
  const folder = await mkdtemp(join(tmpdir(), 'example-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, `${name}.json`);
  await writeFile(file, example ?? '');
  return file;
}

describe('docs/simulator.md', () => {
  it('has an example of faults that strikes as the page says', async () => {
    const { world, make, ask, body } = await editionCloud({}, await loadFaults(await exampleFile('faults')));
    make(2);
    const asked = 'images?image_type=private';
    expect((await ask(asked)).status).toBe(200);
    expect((await body(asked)).image_infos).toMatchObject([{ image_name: expect.any(String) }, {}]);
    const third = await ask(asked);
    expect([third.status, third.headers.get('Retry-After')]).toEqual([429, '2']);
    expect(await body('images?image_id=image-1')).toEqual({ error_msg: 'busy' });
    world.advance(60_000);
    expect(await body('phone-images')).toMatchObject({ data: { phone_images: [{}, {}] } });
  });

  it('takes the field away from the second answer only', async () => {
    const { make, rows } = await editionCloud({}, await loadFaults(await exampleFile('faults')));
    make(1);
    expect((await rows('phone-images'))[0]).toHaveProperty('image_id');
    expect((await rows('phone-images'))[0]).not.toHaveProperty('image_id');
    expect((await rows('phone-images'))[0]).toHaveProperty('image_id');
  });

  it('has an example of an edition that works as the page says', async () => {
    const { make, body } = await editionCloud(await chooseEdition(await exampleFile('edition')));
    make(101);
    const first = await body('images?limit=100');
    expect(first.image_infos).toHaveLength(50);
    expect(first.error_code).toBe('0');
    expect(first).not.toHaveProperty('total');
    expect(await body('phone-images')).toMatchObject({ page_info: { has_more: true } });
  });

  it('describes every setting of an edition, its default first', () => {
    for (const [name, value] of Object.entries(REFERENCE_EDITION)) {
      const row = new RegExp(`^\\| \`${name}\` \\|(.*)$`, 'm').exec(PAGE)?.[1] ?? '';
      expect(row, name).not.toBe('');
      if (typeof value === 'string') expect(row.trim(), name).toMatch(new RegExp(`^\`${value}\``));
    }
  });

  it('describes every kind of fault', async () => {
    const source = await readFile(new URL('../src/simulator/faults.ts', import.meta.url), 'utf8');
    const kinds = [...source.matchAll(/kind: z\.literal\('([\w-]+)'\)/g)].map(([, kind]) => kind);
    expect(kinds.length).toBeGreaterThan(10);
    for (const kind of kinds) expect(PAGE).toMatch(new RegExp(`^\\| .*\`${kind}\``, 'm'));
  });

  it('names the credentials the simulator takes', () => {
    const { securityToken } = TEMPORARY_KEY_PAIR;
    const all = [...[KEY_PAIR, TEMPORARY_KEY_PAIR].flatMap(({ access, secret }) => [access, secret])];
    for (const text of [...all, securityToken, USER.name, USER.password, USER.domain]) {
      expect(PAGE).toContain(`=${text}\``);
    }
  });
});
