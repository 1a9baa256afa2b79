import { beforeEach, expect, test } from 'vitest';
import { printedEvents } from './support/event-schema.ts';
import { imagesRecord } from './support/image-records.ts';
import { setReachable, useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { scriptedProject } from './support/scripted-project.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

test('events --follow goes on with what comes, waits for a database that is away, and skips and repeats nothing', async () => {
  const { api, sweep } = await scriptedProject(database.db);
  api.records = [imagesRecord('a')];
  await sweep();
  const running = program.start(['events', '--follow'], { DATABASE_URL: database.directUrl });
  const subjects: string[] = [];
  running.child.stdout?.on('data', (chunk: Buffer) => {
    for (const { subject } of printedEvents(String(chunk))) subjects.push(String(subject));
  });
  await until(() => subjects.length === 1);

  api.records.push(imagesRecord('b'));
  await sweep();
  await until(() => subjects.length === 2);

  await setReachable(database, false);
  await until(() => running.stderr().includes('Waiting for the database'));
  api.records.push(imagesRecord('c'));
  await sweep();
  await setReachable(database, true);
  await until(() => subjects.length === 3);

  running.child.kill('SIGTERM');
  const { code, stderr } = await running.ended;
  expect([code, subjects]).toEqual([0, ['a', 'b', 'c']]);
  expect(stderr).toContain('The database is back.');
});
