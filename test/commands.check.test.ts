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
