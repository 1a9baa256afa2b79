import { beforeAll, describe, expect, test } from 'vitest';
import { changes } from '../src/commands/changes.ts';
import type { CommandContext, ExitCode } from '../src/commands/command.ts';
import { events } from '../src/commands/events.ts';
import { history } from '../src/commands/history.ts';
import { type ImagesOptions, images } from '../src/commands/images.ts';
import { sync } from '../src/commands/sync.ts';
import { outcomeOf } from './support/command-context.ts';
import { useCommandLine } from './support/command-line.ts';
import { printedEvents } from './support/event-schema.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { screenOf } from './support/screen.ts';
import { lookTimes, scriptedProject } from './support/scripted-project.ts';
import { projectEnv } from './support/simulated-project.ts';

const database = useTestDatabase();
const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 0, minute));
const SIZE = 1_000_000_000;

/** Two projects of one name each; in the first, an image fails after twenty minutes and is made larger. */
beforeAll(async () => {
  for (const project_id of ['p1', 'p2']) {
    const { api, sweep } = await scriptedProject(database.db, project_id);
    const built = (status_code: number, image_size: number) =>
      imagesRecord(`${project_id}-built`, {
        image_name: 'nightly build',
        status_code,
        image_size,
        create_time: '2025-12-31T00:00:00Z',
      });
    const old = imagesRecord(`${project_id}-old`, {
      image_name: '100%_old',
      image_version: 'AOSP 9',
      create_time: '2025-01-01T00:00:00Z',
      image_size: SIZE,
    });
    api.records = [built(0, SIZE), old];
    await sweep({ now: lookTimes(at(0), at(1)) });
    api.records = [built(2, 2 * SIZE), old];
    await sweep({ now: lookTimes(at(20), at(21)) });
  }
  await rowsOf(database.db, `update cph.projects set name = 'Live ' || right(project_id, 1)`);
});

const env = () => ({ DATABASE_URL: database.url });
const run = (command: (context: CommandContext) => Promise<ExitCode>) =>
  outcomeOf(command, { env: env(), now: at(51) });
const onTerminal = async (columns: number, command: (context: CommandContext) => Promise<ExitCode>) => {
  const { out, rows } = screenOf(columns, { NO_COLOR: '1' });
  await run((context) => command({ ...context, out }));
  return rows().slice(0, -1);
};

describe('images', () => {
  const ids = async (options: ImagesOptions) => {
    const { code, text } = await run((context) => images({ ...options, json: true }, context));
    expect(code).toBe(0);
    return (JSON.parse(text) as { image_id: string }[]).map(({ image_id }) => image_id);
  };

  test.each<[ImagesOptions, string[]]>([
    [{ name: 'nightly*' }, ['p1-built', 'p2-built']],
    [{ name: 'NIGHTLY?BUILD' }, ['p1-built', 'p2-built']],
    [{ name: '100%_*' }, ['p1-old', 'p2-old']],
    [{ name: '1%' }, []],
    [{ project: 'p1' }, ['p1-built', 'p1-old']],
    [{ project: 'Live 2' }, ['p2-built', 'p2-old']],
    [{ status: 'failed', project: 'p1' }, ['p1-built']],
    [{ version: 'AOSP 9', project: 'p1' }, ['p1-old']],
    [{ source: 'phone-images' }, []],
    [{ missing: true }, []],
    [{ olderThan: '90d' }, ['p1-old', 'p2-old']],
    [{ sort: '-image_size', limit: 1 }, ['p2-built']],
    [{ label: 'none' }, []],
  ])('%j selects %j', async (options, expected) => {
    expect((await ids(options)).toSorted()).toEqual(expected);
  });

  test('shows what was known at an earlier time', async () => {
    const { text } = await run((context) =>
      images({ asOf: at(10).toISOString(), name: 'nightly*', json: true }, context),
    );
    expect(JSON.parse(text)).toMatchObject([{ status: 'creating' }, { status: 'creating' }]);
  });

  test('ends with the number of images and their bytes', async () => {
    const { text } = await run((context) => images({}, context));
    expect(text.trimEnd().split('\n').at(-1)).toBe('# 4 images, 6000000000 bytes');
    const limited = await run((context) => images({ limit: 3, sort: '-image_size' }, context));
    expect(limited.text).toContain('# the first 3 images, 5000000000 bytes; there are 4 images\n');
    expect((await onTerminal(80, (context) => images({}, context))).at(-1)).toBe('4 images, 6.00 GB');
  });

  test('names the project only where there are several, and fits 40 columns', async () => {
    const titles = async (columns: number, options: ImagesOptions) =>
      (await onTerminal(columns, (context) => images(options, context)))[0]?.split(/ {2,}/);
    expect(await titles(200, {})).toContain('PROJECT');
    expect(await titles(200, { project: 'p1' })).not.toContain('PROJECT');
    expect(await titles(40, {})).toEqual(['NAME', 'STATUS', 'SINCE', 'NOTE']);
  });

  test.each<[ImagesOptions, RegExp]>([
    [{ project: 'Live' }, /no project has the id or name "Live"/i],
    [{ olderThan: 'long' }, /--older-than takes a duration such as 90d/],
    [{ asOf: 'yesterday' }, /--as-of takes a time/],
    [{ status: 'broken' }, /--status takes one of creating/],
  ])('%j is a usage fault', async (options, message) => {
    const { code, text } = await run((context) => images(options, context));
    expect({ code, text }).toEqual({ code: 2, text: expect.stringMatching(message) });
  });
});

describe('history', () => {
  test('finds an image by its name, in each project that has it, and tells one change a line', async () => {
    const { text } = await run((context) => history('nightly build', {}, context));
    expect(text).toContain('project Live 1, first seen 2026-01-01 00:01:00Z');
    expect(text).toContain('project Live 2, first seen');
    const lines = text.split('\n').filter((line) => /^2026-01-01 00:21:00Z\t/.test(line));
    expect(lines.slice(0, 2).map((line) => line.split('\t').slice(0, 4))).toEqual([
      ['2026-01-01 00:21:00Z', 'status', 'creating → failed', '20 min creating'],
      ['2026-01-01 00:21:00Z', 'image_size', '1000000000 → 2000000000', ''],
    ]);
  });

  test('says nothing of a time before the image was first seen', async () => {
    const { text } = await run((context) => history('p1-built', {}, context));
    expect(text).not.toContain('00:00:00Z');
  });
});

describe('changes', () => {
  test('are the net difference between two times', async () => {
    const list = async (since: string, until?: string) => {
      const { text } = await run((context) =>
        changes({ since, ...(until && { until }), project: 'p1', json: true }, context),
      );
      return JSON.parse(text).map(
        (one: { change: string; image_id: string }) => `${one.change} ${one.image_id}`,
      );
    };
    expect(await list(at(10).toISOString())).toEqual(['updated p1-built']);
    expect((await list('2025-12-31', at(10).toISOString())).toSorted()).toEqual([
      'created p1-built',
      'created p1-old',
    ]);
    expect(await list('10m')).toEqual([]);
  });

  test('are summed up', async () => {
    const { text } = await run((context) => changes({ since: at(10).toISOString() }, context));
    expect(text).toContain('# 2 images between 2026-01-01 00:10:00Z and 2026-01-01 00:51:00Z: 2 updated');
  });

  test('say on a terminal which project they are of, by its name', async () => {
    const [titles, ...rows] = await onTerminal(90, (context) => changes({ since: '41m' }, context));
    expect(titles).toMatch(/^CHANGE +NAME +STATUS +PROJECT +FIELDS +AT$/);
    expect(
      rows
        .slice(0, -1)
        .map((row) => /Live \d/.exec(row)?.[0])
        .toSorted(),
    ).toEqual(['Live 1', 'Live 2']);
  });

  test('cannot be asked for backwards', async () => {
    const asked = { since: '1h', until: '2h' };
    expect(await run((context) => changes(asked, context))).toMatchObject({
      code: 2,
      text: expect.stringContaining('--since has to come before --until'),
    });
  });
});

describe('events', () => {
  const types = async (options: Parameters<typeof events>[0]) => {
    const { text } = await run((context) => events(options, context));
    return printedEvents(text).map(({ type, subject }) => `${type} ${subject}`);
  };
  test.each([
    [{ type: 'status_changed' }, ['cph.image.status_changed p1-built', 'cph.image.status_changed p2-built']],
    [{ image: 'p1-old' }, ['cph.image.created p1-old']],
    [
      { image: 'nightly build', type: 'cph.image.created' },
      ['cph.image.created p1-built', 'cph.image.created p2-built'],
    ],
    [{ since: at(20).toISOString(), limit: 1 }, ['cph.image.status_changed p1-built']],
    [{ since: '10m' }, []],
    [{ image: 'not seen yet' }, []],
  ])('%j selects %j', async (options, expected) => {
    expect((await types(options)).toSorted()).toEqual(expected);
  });

  test('of a type that is none are a usage fault', async () => {
    expect(await run((context) => events({ type: 'lost' }, context))).toMatchObject({
      code: 2,
      text: expect.stringContaining('cph.image.restored'),
    });
  });
});

describe('the command line', () => {
  const program = useCommandLine();
  test('takes a version for images, and tells its own in place of a command', async () => {
    expect((await program(['--version'])).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
    const { code, stdout } = await program(
      ['images', '--version', 'AOSP 9', '--project', 'p1', '--json'],
      env(),
    );
    expect({ code, rows: JSON.parse(stdout).length }).toEqual({ code: 0, rows: 1 });
  });

  test.each([[['images', '--type', 'odd']], [['images', '--limit', '0']], [['changes']]])(
    'refuses %j',
    async (args) => {
      expect(await program(args, env())).toMatchObject({ code: 2 });
    },
  );

  test('takes a configured project by its name', async () => {
    const named = {
      ...projectEnv({ url: 'http://127.0.0.1:1', token: 't' }, 'p1'),
      ...env(),
      CPH_PROJECT_NAME: 'Live',
    };
    const options = { env: named, now: at(51) };
    const { text } = await outcomeOf((context) => sync({ project: 'Dead' }, context), options);
    expect(text).toContain('--project "Dead" is not configured; configured: Live (p1)');
  });
});
