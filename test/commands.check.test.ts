import { beforeEach, describe, expect, test } from 'vitest';
import { check } from '../src/commands/check.ts';
import { outcomeOf } from './support/command-context.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { type Env, projectEnv, simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

async function checked(env: Env): Promise<{ code: number; lines: Record<string, unknown>[] }> {
  const { code, text } = await outcomeOf((context) => check({ json: true }, context), {
    env: { DATABASE_URL: database.url, ...env },
    now: new Date(),
  });
  return { code, lines: JSON.parse(text) };
}

const credentials = { what: 'credentials (token)', project_id: 'p1' };

describe('credentials', () => {
  test('are accepted once an endpoint has answered', async () => {
    const { cloud } = await simulatedProject(database.db, {
      faults: [{ when: { endpoint: 'phone-images' }, effect: { kind: 'error', code: 'CPS.0001' } }],
    });
    const { code, lines } = await checked(projectEnv(cloud, 'p1'));
    expect(code).toBe(1);
    expect(lines).toContainEqual({ ...credentials, result: 'ok', details: 'accepted' });
  });

  test('are accepted when the service itself says no', async () => {
    const { cloud } = await simulatedProject(database.db, {
      faults: [{ effect: { kind: 'error', code: 'CPS.0001' } }],
    });
    const { lines } = await checked(projectEnv(cloud, 'p1'));
    expect(lines).toContainEqual({ ...credentials, result: 'ok', details: 'accepted' });
  });

  test('are not known to be good while no endpoint answers', async () => {
    const { code, lines } = await checked(projectEnv({ url: 'http://127.0.0.1:1', token: 'a-token' }, 'p1'));
    expect(code).toBe(1);
    expect(lines.filter(({ what }) => what === credentials.what)).toEqual([
      {
        ...credentials,
        result: 'skipped',
        details: 'no endpoint gave an answer that shows whether they are good',
      },
    ]);
  });
});

test('what role cph_reader lacks is a note, and no failure', async () => {
  const { cloud } = await simulatedProject(database.db);
  const notes = async () => {
    const { code, lines } = await checked(projectEnv(cloud, 'p1'));
    expect(code).toBe(0);
    return lines.filter(({ what, result }) => what === 'database' && result === 'note');
  };
  expect(await notes()).toEqual([]);
  await rowsOf(database.db, 'revoke select on cph.images from cph_reader');
  expect(await notes()).toMatchObject([
    { details: expect.stringMatching(/cph_reader lacks select on cph.images: .*cph-inventory migrate/) },
  ]);
});

describe('a login that IAM cannot be asked for', () => {
  const env = (authUrl: string): Env => ({
    HW_REGION_NAME: 'ap-southeast-3',
    HW_PROJECT_ID: 'p1',
    HW_USER_NAME: 'reader',
    HW_USER_PASSWORD: 'hush',
    HW_DOMAIN_NAME: 'account',
    HW_AUTH_URL: authUrl,
    CPH_MAX_RETRIES: '0',
  });

  test('is what fails, once; the listings were not asked', async () => {
    const { cloud } = await simulatedProject(database.db);
    const { code, lines } = await checked({ ...env('http://127.0.0.1:1'), CPH_ENDPOINT: cloud.url });
    expect(code).toBe(1);
    expect(lines.filter(({ project_id }) => project_id === 'p1')).toEqual([
      {
        what: 'credentials (password)',
        project_id: 'p1',
        result: 'failed',
        details: expect.stringMatching(/^IAM auth\/tokens: .* 127\.0\.0\.1:1 .*\. .* HW_AUTH_URL\.$/),
      },
      ...['images public', 'images private', 'images share', 'phone-images all'].map((what) => ({
        what,
        project_id: 'p1',
        result: 'skipped',
        details: 'not asked: there is no token to ask with',
      })),
    ]);
    expect(cloud.requests).toEqual([]);
  });
});

describe('for a person', () => {
  async function rows(env: Env): Promise<string[][]> {
    const { text } = await outcomeOf((context) => check({}, context), {
      env: { DATABASE_URL: database.url, ...env },
      now: new Date(),
    });
    const lines = text.trimEnd().split('\n').slice(1);
    return lines.map((line) => line.split('\t')).filter(([, , project]) => project === 'p1');
  }

  test('a project in which all is well is one line', async () => {
    const { cloud } = await simulatedProject(database.db);
    expect(await rows(projectEnv(cloud, 'p1'))).toEqual([
      ['ok', 'project', 'p1', 'credentials (token) accepted; 4 listings readable'],
    ]);
  });

  test('what is wrong with several listings is said once, with its host', async () => {
    expect(await rows(projectEnv({ url: 'http://127.0.0.1:1', token: 'a-token' }, 'p1'))).toEqual([
      ['skipped', 'credentials (token)', 'p1', expect.any(String)],
      [
        'failed',
        'all 4 listings',
        'p1',
        expect.stringMatching(/127\.0\.0\.1:1 refuses it .* CPH_ENDPOINT\.$/),
      ],
    ]);
  });

  test('a listing that fails alone is named', async () => {
    const { cloud } = await simulatedProject(database.db, {
      faults: [{ when: { endpoint: 'phone-images' }, effect: { kind: 'error', code: 'CPS.0001' } }],
    });
    expect(await rows(projectEnv(cloud, 'p1'))).toEqual([
      ['ok', 'credentials (token)', 'p1', 'accepted'],
      ['ok', 'images public, images private, images share', 'p1', 'readable'],
      ['failed', 'phone-images all', 'p1', expect.stringContaining('ims:images:list')],
    ]);
  });
});
