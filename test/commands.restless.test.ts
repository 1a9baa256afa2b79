import { beforeEach, expect, test } from 'vitest';
import { status } from '../src/commands/status.ts';
import { sweepProject } from '../src/sync/sweep.ts';
import { outcomeOf } from './support/command-context.ts';
import { useCommandLine } from './support/command-line.ts';
import { imagesRecord } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { type Env, projectEnv, simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
const run = useCommandLine();
beforeEach(() => database.truncate());

const FIELD = 'signed_url';
const WAY_OUT = `CPH_IGNORE_FIELDS=${FIELD}`;
const now = () => new Date('2026-01-01T12:00:00Z');

interface Field {
  /** On how many of the twenty images the field is another one in every answer. */
  readonly changed: number;
  readonly ignored?: readonly string[];
}

/** A swept project of twenty images that is swept again whenever the test says. */
async function twentyImages({ changed, ignored = [] }: Field) {
  const { api, project } = await scriptedProject(database.db);
  const ours = { ...project, ignoredFields: new Set(ignored) };
  let answers = 0;
  const sweep = async (isRestless = true) => {
    if (isRestless) answers += 1;
    api.records = Array.from({ length: 20 }, (_, i) =>
      imagesRecord(`i${i}`, { extra: { [FIELD]: i < changed ? `signature ${answers}` : 'none' } }),
    );
    return await sweepProject(database.db, ours, { now, signal: new AbortController().signal });
  };
  await sweep();
  return sweep;
}

async function shown() {
  const env = { DATABASE_URL: database.url };
  const printed = (json: boolean) => outcomeOf((context) => status({ json }, context), { env, now: now() });
  return { text: (await printed(false)).text, document: JSON.parse((await printed(true)).text) };
}

test('status names a field that changed on more than nine of ten images, with the way out', async () => {
  const sweep = await twentyImages({ changed: 19 });
  await sweep();
  const { text, document } = await shown();
  expect(text.match(new RegExp(`^p1: ${FIELD} changed on nearly all images.*${WAY_OUT}`, 'gm'))).toHaveLength(
    1,
  );
  expect(document).toMatchObject({ restless: [{ project_id: 'p1', fields: [FIELD] }] });
});

test.each<[string, Field]>([
  ['on nine of ten images', { changed: 18 }],
  ['and is left out by ignore_fields', { changed: 20, ignored: [FIELD] }],
])('status is quiet about a field that changes %s', async (_, field) => {
  const sweep = await twentyImages(field);
  await sweep();
  const { text, document } = await shown();
  expect(text).not.toContain('CPH_IGNORE_FIELDS');
  expect(document).toMatchObject({ restless: [] });
});

test('status is quiet before a field has changed, and again once it rests', async () => {
  const sweep = await twentyImages({ changed: 20 });
  expect((await shown()).document).toMatchObject({ restless: [] });
  expect(await sweep()).toMatchObject({ restless_fields: [FIELD] });
  await sweep(false);
  expect((await shown()).document).toMatchObject({ restless: [] });
});

test.each<[string, Env, boolean]>([
  ['names it', {}, true],
  ['is quiet where it is ignored', { CPH_IGNORE_FIELDS: 'update_time' }, false],
])('sync says how to quiet a restless field: %s', async (_, more, said) => {
  const { world, cloud, sweep } = await simulatedProject(database.db);
  const images = Array.from({ length: 20 }, () => world.create({ status: 1 }));
  await sweep();
  world.advance(60_000);
  for (const { image_id } of images) world.update(image_id, {});
  const env = { ...projectEnv(cloud, 'p1'), DATABASE_URL: database.url, LOG_LEVEL: 'silent', ...more };
  const { code, stdout } = await run(['sync'], env);
  expect(code).toBe(0);
  expect(stdout.includes('p1: update_time changed on nearly all images')).toBe(said);
  expect(stdout.includes('CPH_IGNORE_FIELDS=update_time')).toBe(said);
});
