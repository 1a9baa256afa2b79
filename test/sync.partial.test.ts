import { beforeEach, describe, expect, test } from 'vitest';
import { type Circumstances, imagesRecord, phoneRecord } from './support/image-records.ts';
import { rowsOf, runsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const RECORDS = [imagesRecord('a'), phoneRecord('a'), imagesRecord('b', { image_type: 'share' })];

/** How a first sweep of these records goes, and the run it leaves. */
async function sweepIn(proofs: NonNullable<Circumstances['proofs']>, records = RECORDS) {
  const { api, sweep } = await scriptedProject(database.db);
  api.records = [...records];
  api.circumstances = { proofs };
  const { status } = await sweep();
  const [run] = await runsOf(database.db);
  return { status, run };
}

const shownImages = async () =>
  (await rowsOf(database.db, 'select image_id from cph.images order by 1')).map(({ image_id }) => image_id);

describe('a sweep is partial, and writes what it saw,', () => {
  test('when a listing failed and another one brought images', async () => {
    const { status, run } = await sweepIn({ private: 'failed' });
    expect(status).toBe('partial');
    expect(run).toMatchObject({ status: 'partial', error_code: 'CPS.0003', created: 2 });
    expect(await shownImages()).toEqual(['a', 'b']);
  });

  test('when a listing was denied, though the others have nothing to show', async () => {
    const { status, run } = await sweepIn({ all: 'denied' }, []);
    expect(status).toBe('partial');
    expect(run).toMatchObject({ error_code: 'CPS.0001', created: 0 });
  });

  test('when a listing did not add up, and names that one', async () => {
    const { status, run } = await sweepIn({ public: 'unsupported', share: 'incomplete' });
    expect(status).toBe('partial');
    expect(run?.error_message).toContain('images/share: the listing is not proven whole');
    expect(await shownImages()).toEqual(['a', 'b']);
  });

  test('and notes what came of each listing', async () => {
    const { run } = await sweepIn({ public: 'unsupported', private: 'denied', share: 'incomplete' });
    expect(run?.listings).toMatchObject([
      { source: 'images', image_type: 'public', proof: 'unsupported', listed: 0 },
      { source: 'images', image_type: 'private', proof: 'denied', error_code: 'CPS.0001' },
      { source: 'images', image_type: 'share', proof: 'incomplete', listed: 1 },
      { source: 'phone-images', image_type: 'all', proof: 'complete', listed: 1 },
    ]);
  });

  test('and leaves the project as fresh as it was', async () => {
    await sweepIn({ share: 'incomplete' });
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
      { last_run_status: 'partial', last_complete_at: null, consecutive_failures: 0 },
    ]);
  });
});

describe('a sweep is complete', () => {
  test('where public images are refused by the images endpoint and phone-images lists them', async () => {
    const { status, run } = await sweepIn({ public: 'unsupported' });
    expect(status).toBe('succeeded');
    expect(run).toMatchObject({ status: 'succeeded', error_code: null, error_message: null });
  });
});

describe('a sweep has failed, and writes nothing,', () => {
  test.each<[string, NonNullable<Circumstances['proofs']>, string]>([
    [
      'every listing failed',
      { public: 'failed', private: 'failed', share: 'failed', all: 'failed' },
      'CPS.0003',
    ],
    [
      'every listing was denied',
      { public: 'denied', private: 'denied', share: 'denied', all: 'denied' },
      'CPS.0001',
    ],
    [
      'one failed and the others were denied',
      { public: 'denied', private: 'denied', share: 'denied', all: 'failed' },
      'CPS.0003',
    ],
  ])('when %s', async (_, proofs, error_code) => {
    const { status, run } = await sweepIn(proofs);
    expect(status).toBe('failed');
    expect(run).toMatchObject({ status: 'failed', error_code, listed: 0 });
    expect(await shownImages()).toEqual([]);
    expect(await rowsOf(database.db, 'select * from cph.projects')).toMatchObject([
      { last_run_status: 'failed', consecutive_failures: 1, last_complete_at: null },
    ]);
  });

  test('when a listing failed and the others have nothing to show', async () => {
    const { status } = await sweepIn({ private: 'failed' }, []);
    expect(status).toBe('failed');
  });
});
