import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { Simulator } from '../src/simulator/server.ts';
import { runningServer } from '../src/store/embedded/pidfile.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { holdLock, untilWaiting } from './support/locks.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { projectEnv, simulatedProject } from './support/simulated-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

const SHUTDOWN_MS = 4_000;
/** From the last moment a program may take to our hearing of its end. */
const HEARD_MS = 1_000;

/** A cloud that lists images and never answers for phone images, and the environment of a daemon that reads it. */
async function hangingCloud() {
  const { cloud } = await simulatedProject(database.db, {
    faults: [{ when: { endpoint: 'phone-images' }, effect: { kind: 'hang' } }],
  });
  const env = {
    ...projectEnv(cloud, 'p1'),
    CPH_HTTP_PORT: 'off',
    CPH_SHUTDOWN_TIMEOUT: `${SHUTDOWN_MS}ms`,
  };
  return { cloud, env };
}

const untilHanging = (cloud: Simulator) =>
  until(() => cloud.requests.some(({ endpoint }) => endpoint === 'phone-images'));

/** Log lines as they were written: one JSON object each. */
const logOf = (stderr: string): Record<string, unknown>[] =>
  stderr
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

describe('start, told to stop by SIGTERM', () => {
  test('ends with 0 in time although the API hangs, and its look is abandoned', async () => {
    const { cloud, env } = await hangingCloud();
    const running = program.start(['start'], { ...env, DATABASE_URL: database.url });
    await untilHanging(cloud);
    const told = performance.now();
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect(code).toBe(0);
    expect(performance.now() - told).toBeLessThan(SHUTDOWN_MS + HEARD_MS);
    expect(logOf(stderr).map(({ msg }) => msg)).toEqual([
      'started',
      'stopping',
      'sweep abandoned',
      'stopped',
    ]);
    expect(await runsOf(database.db)).toMatchObject([{ status: 'abandoned' }]);
    expect(await rowsOf(database.db, 'select from cph.images')).toEqual([]);
  });

  test('leaves no embedded Postgres behind', { timeout: 60_000 }, async () => {
    const { cloud, env } = await hangingCloud();
    const dataDir = join(program.folder, 'data');
    await mkdir(dataDir);
    const running = program.start(['start'], { ...env, CPH_DATA_DIR: dataDir });
    await Promise.race([untilHanging(cloud), running.ended]);
    expect(await runningServer(join(dataDir, 'postgres', 'data'))).toMatchObject({ ready: true });
    running.child.kill('SIGTERM');
    expect(await running.ended).toMatchObject({ code: 0 });
    expect(await runningServer(join(dataDir, 'postgres', 'data'))).toBeUndefined();
  });

  test('before it has begun, ends with 0 in time although its database keeps it waiting', async () => {
    const { env } = await hangingCloud();
    await holdLock(database.directUrl, 'lock table cph.projects');
    const running = program.start(['start'], { ...env, DATABASE_URL: database.directUrl });
    await untilWaiting(database.db, 1);
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect([code, logOf(stderr).map(({ msg }) => msg)]).toEqual([0, ['stopping']]);
  });

  test('while the embedded Postgres is still starting, ends with 0', async () => {
    const { env } = await hangingCloud();
    const dataDir = join(program.folder, 'starting');
    const running = program.start(['start'], { ...env, CPH_DATA_DIR: dataDir });
    await until(() => existsSync(join(dataDir, 'postgres')));
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect([code, logOf(stderr).map(({ msg }) => msg)]).toEqual([0, ['stopping', 'stopped']]);
  });

  test('twice, ends at once', async () => {
    const { cloud, env } = await hangingCloud();
    const running = program.start(['start'], { ...env, DATABASE_URL: database.url });
    await untilHanging(cloud);
    running.child.kill('SIGTERM');
    await until(() => running.stderr().includes('"stopping"'));
    running.child.kill('SIGTERM');
    const { code, stderr } = await running.ended;
    expect(code).toBe(1);
    expect(stderr).not.toContain('"stopped"');
  });
});
