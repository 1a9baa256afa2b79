import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { plan } from '../src/commands/plan.ts';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import { planSweep } from '../src/sync/plan.ts';
import { outcomeOf } from './support/command-context.ts';
import { PATH, surroundings } from './support/config-file.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { projectEnv, type SimulatedProject, simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const NOW = new Date('2026-01-01T12:00:00Z');

describe('of two projects, one that cannot be read', () => {
  /** `failing` is refused by every listing; the other has three images nobody has swept yet. */
  async function run(failing: 'p1' | 'p2', options: { json?: boolean } = {}) {
    const world = createWorld({ seed: 1, start: NOW, projects: ['p1', 'p2'], images: 3 });
    const cloud = await startSimulator({
      world,
      faults: [{ when: { project_id: failing }, effect: { kind: 'error', code: 'CPS.0007' } }],
    });
    onTestFinished(() => cloud.close());
    const text = JSON.stringify({
      credentials: { all: { token: cloud.token } },
      defaults: {
        region: 'ap-southeast-3',
        credentials: 'all',
        endpoint: cloud.url,
        limits: { max_retries: 0 },
      },
      projects: [{ project_id: 'p1' }, { project_id: 'p2' }],
    });
    const { files } = surroundings(text);
    const env = { CPH_CONFIG: PATH, DATABASE_URL: database.url };
    return await outcomeOf((context) => plan(options, { ...context, surroundings: { env, files } }), {
      env,
      now: NOW,
    });
  }

  test.each(['p1', 'p2'] as const)(
    'is named with its reason, and the other is planned: %s',
    async (failing) => {
      const { code, text } = await run(failing);
      expect(code).toBe(1);
      const [p1 = '', p2 = ''] = text.split('Project p').slice(1);
      const [unread, read] = failing === 'p1' ? [p1, p2] : [p2, p1];
      expect(unread).toMatch(/It cannot be read: .*CPS\.0007/);
      expect(read.match(/^created\t/gm)).not.toBeNull();
      expect(await rowsOf(database.db, 'select * from cph.projects')).toEqual([]);
    },
  );

  test.each(['p1', 'p2'] as const)('is in the document beside the other: %s', async (failing) => {
    const { code, text } = await run(failing, { json: true });
    expect(code).toBe(1);
    const documents = JSON.parse(text) as Record<string, unknown>[];
    expect(documents.map(({ project_id }) => project_id)).toEqual(['p1', 'p2']);
    const isFailing = ({ project_id }: Record<string, unknown>) => project_id === failing;
    expect(documents.find(isFailing)).toEqual({
      project_id: failing,
      status: 'failed',
      error_code: 'CPS.0007',
      error_message: expect.stringContaining('CPS.0007'),
    });
    const other = documents.find((one) => !isFailing(one));
    expect(other).toMatchObject({ status: 'succeeded', error_code: null, unreadable_fields: 0 });
    expect(other?.changes).toContainEqual(expect.objectContaining({ type: 'cph.image.created' }));
  });
});

describe('an image that is missing', () => {
  interface Removal {
    readonly image_id: string;
    readonly image_name: string;
    readonly missing_since: string | null;
    readonly when: string;
  }

  async function planned({ cloud }: SimulatedProject) {
    const env = { ...projectEnv(cloud, 'p1'), DATABASE_URL: database.url };
    const run = (options: { json?: boolean }) =>
      outcomeOf((context) => plan(options, context), { env, now: NOW });
    const [{ text }, document] = [await run({}), await run({ json: true })];
    const [{ removals }] = JSON.parse(document.text) as [{ removals: Removal[] }];
    return { lines: text.split('\n').map((line) => line.split('\t')), removals };
  }

  /** Twelve swept images, of which the first `count` are gone upstream one minute later. */
  async function withGone(count: number) {
    const simulated = await simulatedProject(database.db);
    const { world, sweep } = simulated;
    const images = Array.from({ length: 12 }, () => world.create({ status: 1 }));
    await sweep();
    for (const { image_id } of images.slice(0, count)) world.remove(image_id);
    world.advance(60_000);
    return { simulated, since: world.now().toISOString(), gone: images.slice(0, count) };
  }

  test('is said to be removed later, and since when it is missing once a sweep has missed it', async () => {
    const { simulated, since, gone } = await withGone(1);
    const [{ image_id, image_name } = { image_id: '', image_name: '' }] = gone;
    const first = await planned(simulated);
    expect(first.removals).toEqual([{ image_id, image_name, missing_since: null, when: 'later' }]);
    expect(first.lines).toContainEqual([
      'missing',
      image_name,
      'removed once a later sweep has confirmed it, not missing before',
      image_id,
    ]);

    await simulated.sweep();
    simulated.world.advance(60_000);
    const second = await planned(simulated);
    expect(second.removals).toEqual([{ image_id, image_name, missing_since: since, when: 'now' }]);
    expect(second.lines).toContainEqual(['removed', image_name, `missing since ${since}`, image_id]);
  });

  test('from one of its sources alone is held as well where too many are', async () => {
    const { api, project, sweep } = await scriptedProject(database.db);
    const ids = Array.from({ length: 12 }, (_, n) => `i${n}`).sort();
    api.records = ids.flatMap((id) => [imagesRecord(id), phoneRecord(id)]);
    await sweep();
    api.records = ids.map((id) => imagesRecord(id));
    const control = { now: () => NOW, signal: new AbortController().signal };
    const { removals, held_removals } = await planSweep(database.db, project, control);
    expect(held_removals).toBe(12);
    expect(removals.map(({ image_id }) => image_id).sort()).toEqual(ids);
    for (const one of removals) expect(one).toMatchObject({ when: 'held', missing_since: null });
  });

  test('is said to be held where too many are, before and after a sweep has held them', async () => {
    const { simulated, since, gone } = await withGone(11);
    const ids = gone.map(({ image_id }) => image_id).sort();
    const inOrder = (removals: readonly Removal[]) => removals.map(({ image_id }) => image_id).sort();
    for (const missing_since of [null, since]) {
      const { lines, removals } = await planned(simulated);
      expect(inOrder(removals)).toEqual(ids);
      for (const one of removals) expect(one).toMatchObject({ missing_since, when: 'held' });
      const said = missing_since ? `missing since ${missing_since}` : 'not missing before';
      const rows = lines.filter(([what]) => what === 'missing');
      expect(rows.map((row) => row.at(-1)).sort()).toEqual(ids);
      for (const row of rows) expect(row.at(-2)).toBe(`held until a person approves, ${said}`);
      await simulated.sweep();
    }
  });
});
