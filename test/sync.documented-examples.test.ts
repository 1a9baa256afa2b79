import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { useCommandLine } from './support/command-line.ts';
import { type ApiStub, startApi } from './support/cph-api.ts';
import { rowsOf, rowVersions, runsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { projectEnv } from './support/simulated-project.ts';

const PROJECT = '3a63a229aa6e47bab2153b44a7f3f50d';
const IMAGES = fixture('documented-images.json');
const PHONE_IMAGES = fixture('documented-phone-images.json');
const NO_IMAGES = '{"image_infos":[],"total":0,"request_id":"0a"}';

const PRIVATE_IMAGE = {
  project_id: PROJECT,
  image_id: '23030320230421e300221a2000004433',
  image_name: 'cph-private-image',
  image_type: 'private',
  status: 'usable',
  status_code: 1,
  image_version: 'AOSP 9.0',
  image_size: 1306150912,
  domain_id: '4a2a9967e4514c388a4c945efcbab9d6',
  src_project_id: null,
  create_time: new Date('2024-04-11T06:38:21Z'),
  update_time: new Date('2024-04-11T06:38:21Z'),
  os_type: null,
  os_name: null,
  is_public: null,
  image_label: null,
  is_support_encrypt: null,
  listed_in: ['images'],
  extra: {},
};
const PHONE_IMAGE = {
  project_id: PROJECT,
  image_name: 'AOSP',
  image_type: null,
  status: null,
  status_code: null,
  image_version: null,
  image_size: null,
  domain_id: null,
  src_project_id: null,
  create_time: null,
  update_time: null,
  os_type: 'aosp',
  is_public: 1,
  is_support_encrypt: null,
  listed_in: ['phone-images'],
  extra: {},
};
const DOCUMENTED = [
  {
    ...PHONE_IMAGE,
    image_id: '20032120200330a20b000eae5b8c01e6',
    os_name: 'AOSP7.1.1',
    image_label: 'cloud_phone',
  },
  {
    ...PHONE_IMAGE,
    image_id: '20032420200401a60b0003a99684b8ea',
    os_name: 'AOSP7.1.1',
    image_label: 'cloud_game',
  },
  PRIVATE_IMAGE,
  {
    ...PHONE_IMAGE,
    image_id: 'be4d231e44d2a4ccf612660a473fe1e3',
    os_name: 'AOSP7.0.0',
    image_label: 'qemu_phone',
  },
];

const database = useTestDatabase();
const run = useCommandLine();
let api: ApiStub;
/** What the images endpoint answers to being asked for a type. */
let images: (image_type: string | null) => string;

beforeAll(async () => {
  api = await startApi(({ url }, response) => {
    const isPhone = url.pathname.endsWith('/phone-images');
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(isPhone ? PHONE_IMAGES : images(url.searchParams.get('image_type')));
  });
});
afterAll(() => api.close());

function fixture(name: string): string {
  return readFileSync(join(import.meta.dirname, 'fixtures', name), 'utf8');
}

async function sync() {
  const env = {
    ...projectEnv({ url: api.url, token: 'a-token' }, PROJECT),
    DATABASE_URL: database.url,
    LOG_LEVEL: 'warn',
  };
  const ended = await run(['sync'], env);
  expect(ended).toMatchObject({ code: 0 });
  return ended;
}

/** The images endpoint lists one private image and nothing else. */
const privately = (body: string) => (image_type: string | null) =>
  image_type === 'private' ? body : NO_IMAGES;

const tableRows = () => rowsOf(database.db, 'select * from cph.images order by image_id');

describe('the documented answers', () => {
  beforeAll(async () => {
    await database.truncate();
    images = privately(IMAGES);
    await sync();
  });

  test('become four images with every documented field in its column', async () => {
    const rows = await tableRows();
    expect(rows).toHaveLength(4);
    expect(rows).toMatchObject(DOCUMENTED);
  });

  test('become one event each, and one transition where there is a status', async () => {
    const events = await rowsOf(database.db, 'select * from cph.image_events order by image_id');
    expect(events).toMatchObject(
      DOCUMENTED.map(({ image_id, status }) => ({
        type: 'cph.image.created',
        image_id,
        baseline: true,
        transition: status && { from: null, to: status },
        changes: {},
        before: null,
        after: { image_id, status },
      })),
    );
    const created = events.find(({ image_id }) => image_id === PRIVATE_IMAGE.image_id);
    expect(await rowsOf(database.db, 'select * from cph.image_status_transitions')).toMatchObject([
      {
        event_seq: created?.seq,
        image_id: PRIVATE_IMAGE.image_id,
        image_name: 'cph-private-image',
        from_status: null,
        to_status: 'usable',
        previous_observed_at: null,
        time_in_status: null,
      },
    ]);
  });

  test('are recorded on the run with the upstream request ids', async () => {
    expect(await runsOf(database.db)).toMatchObject([
      {
        kind: 'sweep',
        status: 'succeeded',
        listed: 4,
        created: 4,
        rejected: 0,
        request_ids: expect.arrayContaining([
          'bff458ad55f24751b0b226119ab4f9fd',
          '5aac6ab146ba76e5b12a3d00a03a9869',
        ]),
      },
    ]);
  });
});

describe('an API that takes no notice of the type it is asked for', () => {
  test('gives the same four images', async () => {
    await database.truncate();
    images = () => IMAGES;
    await sync();
    const rows = await tableRows();
    expect(rows).toHaveLength(4);
    expect(rows).toMatchObject(DOCUMENTED);
  });
});

describe('the same answers again', () => {
  test('write no image, no event and no transition, and the command says so', async () => {
    await database.truncate();
    images = privately(IMAGES);
    await sync();
    const before = await rowVersions(database.db);
    const { stdout } = await sync();
    expect(stdout).toContain('nothing changed');
    expect(await rowVersions(database.db)).toEqual(before);
    expect(await runsOf(database.db)).toMatchObject([
      { status: 'succeeded', created: 4 },
      { status: 'succeeded', listed: 4, created: 0, updated: 0, status_changed: 0, removed: 0 },
    ]);
  });
});

describe('a status that goes from 0 to 2', () => {
  test('is exactly one more transition and one event', async () => {
    await database.truncate();
    const withStatus = (code: number) => IMAGES.replace('"status" : 1', `"status" : ${code}`);
    images = privately(withStatus(0));
    await sync();
    const before = await rowVersions(database.db);

    images = privately(withStatus(2));
    await sync();
    await sync();
    const after = await rowVersions(database.db);
    expect(after.image_status_transitions.slice(0, -1)).toEqual(before.image_status_transitions);
    expect(after.image_status_transitions.at(-1)).toMatchObject({
      image_id: PRIVATE_IMAGE.image_id,
      from_status: 'creating',
      to_status: 'failed',
    });
    expect(after.image_events.slice(0, -1)).toEqual(before.image_events);
    expect(after.image_events.at(-1)).toMatchObject({
      type: 'cph.image.status_changed',
      image_id: PRIVATE_IMAGE.image_id,
      transition: { from: 'creating', to: 'failed' },
      changes: { status: { from: 'creating', to: 'failed' }, status_code: { from: 0, to: 2 } },
      baseline: false,
    });
  });
});
