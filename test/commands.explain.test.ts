import { beforeAll, expect, test } from 'vitest';
import type { CommandContext, ExitCode } from '../src/commands/command.ts';
import { explain } from '../src/commands/explain.ts';
import { outcomeOf } from './support/command-context.ts';
import { imagesRecord } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { screenOf } from './support/screen.ts';
import { lookTimes, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

/** An image that fails after twenty minutes. */
beforeAll(async () => {
  const { api, sweep } = await scriptedProject(database.db, 'p1');
  const built = (status_code: number) =>
    imagesRecord('p1-built', { image_name: 'nightly build', status_code, domain_id: 'd'.repeat(32) });
  api.records = [built(0)];
  await sweep({ now: lookTimes(at(0), at(1)) });
  api.records = [built(2)];
  await sweep({ now: lookTimes(at(20), at(21)) });
});

const run = (command: (context: CommandContext) => Promise<ExitCode>) =>
  outcomeOf(command, { env: { DATABASE_URL: database.url }, now: at(51) });

test('explain says for each field who said so, in which look, and between which times', async () => {
  const { code, text } = await run((context) => explain('p1-built', {}, context));
  expect(code).toBe(0);
  const lines = text.split('\n').map((line) => line.split('\t'));
  const line = (field: string) => lines.find(([name]) => name === field)?.slice(1, 7);
  expect(line('status')).toEqual([
    'failed',
    'images/private',
    '00:20:00Z and 00:21:00Z',
    expect.stringMatching(/^\d+ \(sweep\)$/),
    '00:00:00Z and 00:21:00Z',
    expect.any(String),
  ]);
  expect(line('image_type')?.[4]).toBe('00:00:00Z and 00:01:00Z');
  expect(text).toMatch(/Never reported, or not any more: .*os_name/);
});

test('explain cuts no value on a terminal that a narrower one shows', async () => {
  const cut: number[] = [];
  for (const columns of [80, 90, 100, 120, 140, 200]) {
    const { out, rows } = screenOf(columns, { NO_COLOR: '1' });
    await run((context) => explain('p1-built', {}, { ...context, out }));
    cut.push(rows().filter((row) => row.includes('…')).length);
  }
  expect(cut).toEqual(cut.toSorted((a, b) => b - a));
  expect(cut.at(-1)).toBe(0);
});

test.each([
  [64, 'FIELD VALUE SAID BY RUN'],
  [48, 'FIELD VALUE SAID BY'],
])('explain on %s columns still says who says so', async (columns, titles) => {
  const { out, rows } = screenOf(columns, { NO_COLOR: '1' });
  await run((context) => explain('p1-built', {}, { ...context, out }));
  const shown = rows().find((row) => row.startsWith('FIELD'));
  expect(shown?.split(/ {2,}/).join(' ')).toBe(titles);
});
