import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { CommandContext, ExitCode } from '../src/commands/command.ts';
import { events } from '../src/commands/events.ts';
import { history } from '../src/commands/history.ts';
import { type ImagesOptions, images } from '../src/commands/images.ts';
import { outcomeOf } from './support/command-context.ts';
import { printedEvents } from './support/event-schema.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf, wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { screenOf } from './support/screen.ts';
import { lookTimes, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));

/** An hour of a small project: an image fails, another goes, a shared and a public one are there all the time. */
beforeAll(async () => {
  const { api, sweep } = await scriptedProject(database.db);
  const sweepAt = (minute: number) => sweep({ now: lookTimes(at(minute), at(minute + 1)) });
  const built = (status_code: number) => imagesRecord('built', { image_name: 'nightly build', status_code });
  const shared = imagesRecord('shared', { image_type: 'share', image_name: 'tab\tand\u001b[31mred' });
  const base = phoneRecord('base', { is_public: 1, image_name: 'AOSP' });
  const waiting = phoneRecord('shared', { receive_status: 0 });
  api.records = [built(0), shared, waiting, base, imagesRecord('old')];
  await sweepAt(0);
  api.records = [built(2), shared, waiting, base];
  for (const minute of [20, 40]) await sweepAt(minute);
});

const run = (command: (context: CommandContext) => Promise<ExitCode>) =>
  outcomeOf(command, { env: { DATABASE_URL: database.url }, now: at(51) });

describe('images', () => {
  const list = async (options: ImagesOptions = {}) => {
    const { code, text } = await run((context) => images(options, context));
    expect(code).toBe(0);
    const lines = text.split('\n').slice(0, -1);
    return lines.filter((line) => !line.startsWith('#')).map((line) => line.split('\t'));
  };
  const ids = async (options: ImagesOptions) => {
    const [titles, ...lines] = await list(options);
    return lines.map((line) => line[titles?.indexOf('IMAGE') ?? 0]);
  };

  test('lists the images there are under titles, in columns set apart by tabs', async () => {
    const [titles, ...lines] = await list();
    expect(titles?.slice(0, 6)).toEqual(['NAME', 'STATUS', 'SINCE', 'PROJECT', 'NOTE', 'TYPE']);
    expect(lines.map((line) => line.slice(0, 6))).toEqual([
      ['AOSP', '-', '', 'p1', '', 'public'],
      ['nightly build', 'failed', '30 min', 'p1', '', 'private'],
      ['tab�andred', 'usable', '50 min', 'p1', 'not accepted', 'share'],
    ]);
    expect(new Set(lines.map((line) => line.length))).toEqual(new Set([titles?.length]));
  });

  test('lists those of a status, of a type or of a project, or those that are gone', async () => {
    expect(await ids({ status: 'failed' })).toEqual(['built']);
    expect(await ids({ type: 'share' })).toEqual(['shared']);
    expect(await ids({ type: 'public' })).toEqual(['base']);
    expect(await ids({ project: 'p1', status: 'failed' })).toEqual(['built']);
    expect(await ids({ removed: true })).toEqual(['old']);
  });
});

test('images says how a part of a name is written, where no image has it as its whole name', async () => {
  const { out, rows } = screenOf(90, { NO_COLOR: '1' });
  await run((context) => images({ name: 'nightly' }, { ...context, out }));
  expect(rows()[0]).toBe("No image matches. Names are meant whole; for a part of one: --name '*nightly*'");
});

describe('history', () => {
  test('tells when an image failed, how long it had been created, and what saw it', async () => {
    const { code, text } = await run((context) => history('built', {}, context));
    expect(code).toBe(0);
    expect(text).toContain('nightly build');
    expect(text).toMatch(/^2026-01-01 00:01:00Z\tfirst seen\tcreating, found at the first sweep\t/m);
    expect(text).toMatch(
      /^2026-01-01 00:21:00Z\tstatus\tcreating → failed\t20 min creating\t.*\t2\trequest-1/m,
    );
    expect(text).toContain('Now failed for 30 min.');
  });

  test('says on 80 columns which run saw what, since it names requests by their runs', async () => {
    const { out, rows } = screenOf(80, { NO_COLOR: '1' });
    await run((context) => history('built', {}, { ...context, out }));
    expect(rows().find((row) => row.startsWith('SEEN'))).toMatch(/^SEEN +CHANGE +WHAT +RUN$/);
    expect(rows().join('\n')).toMatch(/creating → failed +2\n.*requests of run 2: request-1/s);
  });

  test('tells of an image that is gone', async () => {
    const { text } = await run((context) => history('old', {}, context));
    expect(text).toMatch(/2026-01-01 00:41:00Z\tremoved\t/);
    expect(text).toContain('Removed 10 min ago.');
  });

  test('fails for an image nobody has ever seen', async () => {
    expect(await run((context) => history('nothing', {}, context))).toMatchObject({
      code: 1,
      text: expect.stringContaining('"nothing"'),
    });
  });
});

describe('events', () => {
  const printed = async (after: number): Promise<Record<string, unknown>[]> => {
    const { code, text } = await run((context) => events({ after }, context));
    expect(code).toBe(0);
    return printedEvents(text);
  };

  test('prints the log as CloudEvents, one a line, oldest first', async () => {
    const log = await wholeLog(database.db);
    expect(log).toHaveLength(6);
    expect(await printed(0)).toEqual(
      log.map(({ seq, id, type, occurred_at, traceparent: _, ...event }) => ({
        specversion: '1.0',
        id,
        source: '/regions/ap-southeast-3/projects/p1',
        type,
        subject: event.image_id,
        time: occurred_at.toISOString(),
        datacontenttype: 'application/json',
        sequence: String(seq).padStart(19, '0'),
        data: { ...event, image_name: (event.after ?? event.before)?.image_name },
      })),
    );
  });

  test('begins after the number it is given', async () => {
    const log = await wholeLog(database.db);
    const last = log.at(-1);
    expect(await printed((last?.seq ?? 0) - 1)).toMatchObject([{ id: last?.id, type: 'cph.image.removed' }]);
    expect(await printed(last?.seq ?? 0)).toEqual([]);
  });

  test('prints a log longer than it reads at once, whole and in order', async () => {
    const before = (await wholeLog(database.db)).length;
    onTestFinished(async () => {
      await rowsOf(database.db, `delete from cph.image_events where project_id = 'p2'`);
    });
    await rowsOf(
      database.db,
      `insert into cph.image_events (type, project_id, region, image_id, occurred_at, baseline, changes, after, run_id)
       select type, 'p2', 'r', image_id, occurred_at, baseline, changes, after, run_id
       from (select * from cph.image_events where type = 'cph.image.created' order by seq limit 1) first, generate_series(1, 2500)`,
    );
    const sequences = (await printed(0)).map(({ sequence }) => String(sequence));
    expect(sequences).toHaveLength(before + 2500);
    expect(sequences).toEqual(sequences.toSorted());
  });
});
