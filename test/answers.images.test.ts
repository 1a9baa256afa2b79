import { beforeAll, describe, expect, test } from 'vitest';
import { cursorOf } from '../src/answers/cursor.ts';
import { type ImagesAsked, readImages, readTotals } from '../src/answers/images.ts';
import { durationOf, instantOf, momentOf } from '../src/answers/parameters.ts';
import { imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { lookTimes, scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
const at = (minute: number) => new Date(Date.UTC(2026, 0, 5, 12, minute));
const NOW = at(30);

const ask = (asked: ImagesAsked = {}) => readImages(database.db, asked, NOW);
const idsOf = async (asked: ImagesAsked = {}) => (await ask(asked)).items.map(({ image_id }) => image_id);

/** Two projects of one name. What the first one shows changes: `b` fails, `gone` goes. */
beforeAll(async () => {
  const one = await scriptedProject(database.db, 'p1');
  const two = await scriptedProject(database.db, 'p2');
  await rowsOf(database.db, `update cph.projects set name = 'games'`);
  const sweepAt = (minute: number) => one.sweep({ now: lookTimes(at(minute), at(minute + 1)) });
  const a = imagesRecord('a', { image_name: 'Alpha_1', image_version: 'v1', image_size: 5 });
  const gone = imagesRecord('gone', { image_name: 'gone' });
  const nameless = imagesRecord('nameless', { image_name: null, image_size: null, create_time: null });
  const base = phoneRecord('base', { image_name: 'base', is_public: 1, image_label: '100%' });
  const b = imagesRecord('b', { image_name: 'beta', status_code: 0, create_time: '2020-01-01T00:00:00Z' });
  one.api.records = [a, b, gone, nameless, base];
  await sweepAt(0);
  one.api.records = [a, { ...b, status: 'failed', status_code: 2 }, nameless, base];
  await sweepAt(10);
  await sweepAt(20);
  two.api.records = [
    imagesRecord('a', { image_name: 'alpha_2', image_type: 'share', listed_under: 'share' }),
  ];
  await two.sweep({ now: lookTimes(at(5), at(6)) });
});

describe('a selection', () => {
  test.each<[string, ImagesAsked, string[]]>([
    ['nothing: what there is', {}, ['nameless', 'a', 'a', 'base', 'b']],
    ['a project by id', { project: 'p2' }, ['a']],
    ['all projects of a name', { project: 'games', q: 'ALPHA' }, ['a', 'a']],
    ['a part of an id', { q: 'AMELES' }, ['nameless']],
    ['a part with characters that mean something in SQL', { q: 'a_' }, ['a', 'a']],
    ['such a part that nothing has', { q: '%' }, []],
    ['a name with gaps', { name: 'alpha?1' }, ['a']],
    ['a name with a gap of any length', { name: 'b*' }, ['base', 'b']],
    ['a type', { type: 'share' }, ['a']],
    ['public, also what phone-images alone lists', { type: 'public' }, ['base']],
    ['a status', { status: 'failed' }, ['b']],
    ['a version', { version: 'v1' }, ['a']],
    ['a label', { label: '100%' }, ['base']],
    ['a source', { source: 'phone-images' }, ['base']],
    ['what is missing', { missing: true }, []],
    ['what is gone', { removed: true }, ['gone']],
    ['an age', { older_than: 5 * 365 * 86_400_000 }, ['b']],
  ])('by %s', async (_, asked, ids) => {
    expect((await idsOf(asked)).toSorted()).toEqual(ids.toSorted());
    expect((await readTotals(database.db, asked, NOW)).total).toBe(ids.length);
  });

  test('is counted where something narrows it, with the bytes of what has a size', async () => {
    expect(await ask()).toMatchObject({ total: null, bytes: null, next: null });
    expect(await ask({ version: 'v1' })).toMatchObject({ total: 1, bytes: 5 });
    expect(await ask({ q: 'nameless' })).toMatchObject({ total: 1, bytes: 0 });
  });

  test('is as of the oldest proof of what it is about, and of nothing where one has none', async () => {
    expect((await ask()).as_of).toEqual(at(6));
    expect((await ask({ project: 'p1' })).as_of).toEqual(at(21));
    await rowsOf(database.db, `insert into cph.projects (project_id, region) values ('never', 'r')`);
    expect((await ask()).as_of).toBeNull();
    await rowsOf(database.db, `delete from cph.projects where project_id = 'never'`);
  });

  test('of a project that was never known is refused, with those there are', async () => {
    await expect(ask({ project: 'game' })).rejects.toThrow(
      /^no project has the id or name "game"\. There are games\.$/,
    );
  });
});

describe('pages', () => {
  const walk = async (asked: ImagesAsked): Promise<string[]> => {
    const ids: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await ask({ ...asked, limit: 2, cursor });
      expect(page.items.length).toBeLessThanOrEqual(2);
      ids.push(...page.items.map(({ project_id, image_id }) => `${project_id}/${image_id}`));
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return ids;
  };
  const whole = async (asked: ImagesAsked) =>
    (await ask(asked)).items.map(({ project_id, image_id }) => `${project_id}/${image_id}`);

  test.each([
    ...['image_name', 'image_size', 'create_time', 'changed_at', 'status_since'],
    ...['-image_name', '-image_size', '-create_time', '-changed_at', '-status_since'],
  ] as const)('by %s are the whole, once', async (sort) => {
    expect(await walk({ sort })).toEqual(await whole({ sort }));
    expect(await whole({ sort })).toHaveLength(5);
  });

  test('of a selection each say how many all of it are', async () => {
    const asked = { q: 'a', sort: 'image_size', limit: 2 } as const;
    const [first, last] = [await ask(asked), await ask({ ...asked, limit: 1000 })];
    expect([first.items.length, first.total, first.bytes]).toEqual([2, last.total, last.bytes]);
    const behind = await ask({ ...asked, cursor: cursorOf('image_size', [1e15, 'p9', 'z']) });
    expect(behind).toMatchObject({ items: [], next: null, total: last.total });
  });

  test('of a time in the past are the whole, once', async () => {
    expect(await walk({ at: at(10) })).toEqual(await whole({ at: at(10) }));
  });

  test.each(['', 'x', 'W10', Buffer.from('["image_name","a","b"]').toString('base64url')])(
    'with cursor %j are refused',
    async (cursor) => {
      await expect(ask({ cursor })).rejects.toThrow(/^cursor takes/);
      await expect(ask({ cursor, at: at(1) })).rejects.toThrow(/^cursor takes/);
    },
  );

  test('with the cursor of another order are refused', async () => {
    const { next } = await ask({ limit: 1 });
    await expect(ask({ cursor: next ?? '', sort: '-image_name' })).rejects.toThrow(/^cursor takes/);
  });
});

describe('the past', () => {
  test('is as it was known then', async () => {
    const then = await ask({ at: at(9), project: 'p1' });
    const known = then.items.map(({ image_id, status }) => [image_id, status]);
    expect(known).toEqual([
      ['a', 'usable'],
      ['b', 'creating'],
      ['base', null],
      ['gone', 'usable'],
      ['nameless', 'usable'],
    ]);
    expect(then).toMatchObject({ as_of: at(9), total: null });
    expect(await idsOf({ at: at(0) })).toEqual([]);
    expect(await idsOf({ at: at(11), status: 'failed' })).toEqual(['b']);
    expect(await idsOf({ at: 0, q: 'gone' })).toEqual([]);
  });

  test.each<[ImagesAsked, string[]]>([
    [{ type: 'public' }, ['base']],
    [{ type: 'share' }, ['a']],
    [{ source: 'phone-images' }, ['base']],
    [{ version: 'v1' }, ['a']],
    [{ label: '100%' }, ['base']],
    [{ name: 'ALPHA?*' }, ['a', 'a']],
    [{ older_than: 5 * 365 * 86_400_000 }, ['b']],
    [{ project: 'p1', status: 'usable', q: 'a' }, ['a', 'nameless']],
  ])('is narrowed by %j as the present is', async (asked, ids) => {
    expect(await idsOf({ ...asked, at: at(30) })).toEqual(ids);
    expect((await idsOf(asked)).toSorted()).toEqual(ids);
  });

  test.each([{ missing: true }, { removed: true }, { sort: 'image_size' }] as const)(
    'does not know %j',
    async (asked) => {
      await expect(ask({ ...asked, at: at(9) })).rejects.toThrow(/cannot be asked together with at/);
    },
  );
});

describe('times', () => {
  test.each([
    ['now', NOW],
    ['1h30m', new Date(NOW.getTime() - 5_400_000)],
    ['2d', new Date(NOW.getTime() - 172_800_000)],
    ['2026-01-05', new Date('2026-01-05T00:00:00Z')],
    ['2026-01-05T12:00:00+08:00', new Date('2026-01-05T04:00:00Z')],
    ['999999d', new Date(0)],
  ])('%s is a time', (text, instant) => {
    expect(instantOf(momentOf(text) ?? NaN, NOW)).toEqual(instant);
  });

  test.each(['', '24', 'yesterday', '2026-02-30', '-1h', '1h 30m'])('%j is none', (text) => {
    expect([momentOf(text), durationOf(text)]).toEqual([null, null]);
  });
});
