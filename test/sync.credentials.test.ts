import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Simulator } from '../src/simulator/server.ts';
import { currentImages } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { type Env, type SimulatedProject, simulatedProject } from './support/simulated-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const MINUTE = 60_000;
const LARGE = 40 * 1024;

const loginAt = ({ authUrl, user }: Simulator): Env => ({
  HW_AUTH_TOKEN: '',
  HW_AUTH_URL: authUrl,
  HW_USER_NAME: user.name,
  HW_USER_PASSWORD: user.password,
  HW_DOMAIN_NAME: user.domain,
});

const logins = ({ requests }: Simulator) => requests.filter(({ endpoint }) => endpoint === 'tokens');
const questions = ({ requests }: Simulator) => requests.filter(({ endpoint }) => endpoint !== 'tokens');

/** A file that holds a secret, in a folder that is gone after the test. */
async function secretFile(
  content: string,
): Promise<{ path: string; write: (content: string) => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'cph-inventory-secret-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'secret');
  const write = (text: string) => writeFile(path, `${text}\n`);
  await write(content);
  return { path, write };
}

/** An hour as the daemon spends it: a sweep every five minutes, a watch every quarter of one. */
async function spendAnHour({ world, sweep, watch }: SimulatedProject): Promise<string[]> {
  const statuses: string[] = [];
  for (let tick = 0; tick < 240; tick += 1) {
    const report = tick % 20 === 0 ? await sweep() : await watch();
    if (report) statuses.push(report.status);
    world.advance(MINUTE / 4);
  }
  return statuses;
}

async function imageIds(): Promise<string[]> {
  return [...(await currentImages(database.db, 'p1')).keys()];
}

describe('a token of 40 KiB', () => {
  test('that a login gives lets every listing through', async () => {
    const project = await simulatedProject(database.db, { env: loginAt, tokens: { bytes: LARGE } });
    const { image_id } = project.world.create({ status: 1 });
    expect(await project.sweep()).toMatchObject({ status: 'succeeded', created: 1 });
    expect(await imageIds()).toEqual([image_id]);
    expect(logins(project.cloud)).toHaveLength(1);
    expect(new Set(questions(project.cloud).map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('that is ready, in a file, does too', async () => {
    const { path, write } = await secretFile('not-yet-written');
    const project = await simulatedProject(database.db, {
      env: { HW_AUTH_TOKEN: '', HW_AUTH_TOKEN_FILE: path },
      tokens: { bytes: LARGE },
    });
    expect(project.cloud.token).toHaveLength(LARGE);
    await write(project.cloud.token);
    expect(await project.sweep()).toMatchObject({ status: 'succeeded' });
  });
});

describe('a login', () => {
  test('is one, when ten requests at once learn that the token has ended', async () => {
    const project = await simulatedProject(database.db, { env: loginAt });
    const { cloud, world, sweep, watch } = project;
    world.create();
    await sweep();
    cloud.revokeTokens();
    // Nobody is answered before all have asked: the rate limit lets one go every five milliseconds.
    cloud.setFaults([{ effect: { kind: 'delay', milliseconds: 200 } }]);
    const asked = cloud.requests.length;
    const reports = await Promise.all([sweep(), sweep(), watch(), watch()]);
    const answers = cloud.requests.slice(asked).map(({ endpoint, status }) => `${endpoint} ${status}`);
    expect(answers.filter((answer) => answer.endsWith(' 401'))).toHaveLength(10);
    expect(answers.filter((answer) => answer.startsWith('tokens'))).toEqual(['tokens 201']);
    expect(reports.map((report) => report?.status)).toContain('succeeded');
    expect(reports.map((report) => report?.status)).not.toContain('failed');
  });

  test('is made again before a token ends, and no request is ever refused', async () => {
    const { cloud, world, sweep } = await simulatedProject(database.db, {
      env: loginAt,
      tokens: { lifetimeMs: 60 * MINUTE },
    });
    while (world.now().getTime() < world.start.getTime() + 180 * MINUTE) {
      expect(await sweep()).toMatchObject({ status: 'succeeded' });
      world.advance(5 * MINUTE);
    }
    const minutes = logins(cloud).map(({ at }) => (at.getTime() - world.start.getTime()) / MINUTE);
    expect(minutes).toEqual([0, 55, 110, 165]);
    expect(new Set(questions(cloud).map(({ status }) => status))).toEqual(new Set([200]));
  });

  test('is made again when a token ends before its time, and the sweep goes on', async () => {
    const { cloud, sweep } = await simulatedProject(database.db, { env: loginAt });
    await sweep();
    cloud.revokeTokens();
    expect(await sweep()).toMatchObject({ status: 'succeeded' });
    expect(logins(cloud)).toHaveLength(2);
  });
});

describe('a password IAM rejects', () => {
  test('is sent once in an hour of sweeps and watches, which all say so', async () => {
    const project = await simulatedProject(database.db, {
      env: (cloud) => ({ ...loginAt(cloud), HW_USER_PASSWORD: 'not-the-password' }),
    });
    expect(new Set(await spendAnHour(project))).toEqual(new Set(['failed']));
    expect(project.cloud.requests.map(({ endpoint, status }) => [endpoint, status])).toEqual([
      ['tokens', 401],
    ]);
    expect(await project.sweep()).toMatchObject({
      error: { kind: 'unauthorized', code: 'credential_rejected' },
    });
  });

  test('is tried again once its file has changed', async () => {
    const { path, write } = await secretFile('not-the-password');
    const project = await simulatedProject(database.db, {
      env: (cloud) => ({ ...loginAt(cloud), HW_USER_PASSWORD: '', HW_USER_PASSWORD_FILE: path }),
    });
    expect(new Set(await spendAnHour(project))).toEqual(new Set(['failed']));
    await write(project.cloud.user.password);
    expect(await project.sweep()).toMatchObject({ status: 'succeeded' });
    expect(logins(project.cloud).map(({ status }) => status)).toEqual([401, 201]);
  });
});

describe('a token from a file', () => {
  test('is read again when the file changes, and while it is stale nothing is lost', async () => {
    const { path, write } = await secretFile('not-yet-written');
    const project = await simulatedProject(database.db, {
      env: { HW_AUTH_TOKEN: '', HW_AUTH_TOKEN_FILE: path },
    });
    const { cloud, world, sweep } = project;
    await write(cloud.token);
    const { image_id } = world.create({ status: 1 });
    expect(await sweep()).toMatchObject({ status: 'succeeded' });

    cloud.revokeTokens();
    expect(await sweep()).toMatchObject({ status: 'failed', error: { code: 'APIGW.0301' } });
    expect(await imageIds()).toEqual([image_id]);

    await write(cloud.issueToken());
    expect(await sweep()).toMatchObject({ status: 'succeeded', removed: 0 });
  });
});

describe('an access key', () => {
  const keys = (access: string, secret: string): Env => ({
    HW_AUTH_TOKEN: '',
    HW_ACCESS_KEY: access,
    HW_SECRET_KEY: secret,
  });

  test('signs every request of a sweep of several pages', async () => {
    const { cloud, world, sweep } = await simulatedProject(database.db, {
      env: ({ keyPair }) => keys(keyPair.access, keyPair.secret),
    });
    for (let n = 0; n < 250; n += 1) world.create({ status: 1 });
    expect(await sweep()).toMatchObject({ status: 'succeeded', created: 250 });
    expect(new Set(questions(cloud).map(({ status }) => status))).toEqual(new Set([200]));
    expect(questions(cloud).length).toBeGreaterThanOrEqual(6);
  });

  test('that is temporary needs its security token', async () => {
    const withToken = await simulatedProject(database.db, {
      env: ({ temporaryKeyPair: { access, secret, securityToken } }) => ({
        ...keys(access, secret),
        HW_SECURITY_TOKEN: securityToken,
      }),
    });
    expect(await withToken.sweep()).toMatchObject({ status: 'succeeded' });
    const without = await simulatedProject(database.db, {
      env: ({ temporaryKeyPair: { access, secret } }) => keys(access, secret),
    });
    expect(await without.sweep()).toMatchObject({ status: 'failed' });
  });

  test('that is rejected is offered once in an hour of sweeps and watches', async () => {
    const project = await simulatedProject(database.db, {
      env: ({ keyPair }) => keys(keyPair.access, 'not-the-secret'),
    });
    expect(new Set(await spendAnHour(project))).toEqual(new Set(['failed']));
    expect(project.cloud.requests.map(({ status }) => status)).toEqual([401]);
  });
});
