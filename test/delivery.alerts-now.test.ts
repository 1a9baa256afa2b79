import { beforeEach, describe, expect, test } from 'vitest';
import { readAlerts } from '../src/delivery/alerts.ts';
import { setProjectListings, setProjectTimes } from '../src/store/projects.ts';
import { imagesRecord, nameless } from './support/image-records.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const MINUTE = 60_000;
const NOW = new Date('2026-01-01T12:00:00Z');
const ago = (ms: number) => new Date(NOW.getTime() - ms);

describe('the alerts that are true now', () => {
  const database = useTestDatabase();
  beforeEach(() => database.truncate());
  const keys = async (now: Date, baselineAlerts = false) => {
    const alerts = await readAlerts(database.db, { now, baselineAlerts });
    return alerts.map(({ labels }) => [labels.alertname, labels.image_id].filter(Boolean).join(' '));
  };
  const image = (image_id: string, status_code: number) => imagesRecord(image_id, { status_code });

  test('creation is stuck, and an inventory stale, only once the time given is over', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    await setProjectTimes(database.db, [
      { project_id: 'p1', sync_interval_ms: 5 * MINUTE, stuck_after_ms: MINUTE },
    ]);
    api.records = [image('slow', 0)];
    await sweep({ now: () => NOW });
    expect(await keys(ago(-MINUTE))).toEqual([]);
    expect(await keys(ago(-MINUTE - 1))).toEqual(['CphImageStuckCreating slow']);
    expect(await keys(ago(-15 * MINUTE))).toEqual(['CphImageStuckCreating slow']);
    expect(await keys(ago(-15 * MINUTE - 1))).toEqual(['CphImageStuckCreating slow', 'CphInventoryStale']);
  });

  test('a project that no daemon has taken on is neither', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [image('slow', 0)];
    await sweep({ now: () => NOW });
    expect(await keys(ago(-365 * 86_400_000))).toEqual([]);
  });

  test('an image that was seen to fail is told, also before the project was ever complete', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [image('i1', 2), image('i2', 0)];
    api.circumstances = { proofs: { all: 'denied' } };
    await sweep();
    expect(await keys(NOW)).toEqual([]);
    api.records = [image('i1', 2), image('i2', 2), image('i3', 2)];
    await sweep();
    expect(await keys(NOW)).toEqual(['CphImageFailed i2']);
    expect(await keys(NOW, true)).toEqual(['CphImageFailed i2', 'CphImageFailed i3', 'CphImageFailed i1']);
  });

  test('an image of a type that nobody asks for any more raises no alert', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    const listings = { project_id: 'p1', image_types: ['public', 'private', 'share'], sources: ['images'] };
    await setProjectListings(database.db, [listings]);
    await sweep();
    api.records = [image('i1', 2)];
    await sweep();
    expect(await keys(NOW)).toEqual(['CphImageFailed i1']);
    await setProjectListings(database.db, [{ ...listings, image_types: ['public'] }]);
    expect(await keys(NOW, true)).toEqual([]);
    await setProjectListings(database.db, [{ ...listings, sources: ['phone-images'] }]);
    expect(await keys(NOW, true)).toEqual([]);
  });

  test('records and fields that a sweep left out are an alert until one reads them all', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    api.records = [
      { ...image('i1', 1), unreadable: ['image_size: a list instead of a whole number of bytes'] },
    ];
    api.circumstances = { rejected: [nameless('images')] };
    await sweep();
    expect(await readAlerts(database.db, { now: NOW, baselineAlerts: false })).toMatchObject([
      {
        labels: { alertname: 'CphRecordsUnreadable', severity: 'warning', project_id: 'p1' },
        annotations: { description: expect.stringMatching(/^1 records .* 1 fields .* image_id: nothing/) },
      },
    ]);
    api.records = [image('i1', 1)];
    api.circumstances = {};
    await sweep();
    expect(await keys(NOW)).toEqual([]);
  });

  test('each says since when, and none since the future', async () => {
    const { api, sweep } = await scriptedProject(database.db);
    await setProjectTimes(database.db, [
      { project_id: 'p1', sync_interval_ms: MINUTE, stuck_after_ms: 2 * MINUTE },
    ]);
    const usable = Array.from({ length: 12 }, (_, n) => image(`gone ${n}`, 1));
    const sweepAt = (minutes: number) => sweep({ now: () => ago(minutes * MINUTE) });
    api.records = [image('slow', 0), image('late', 1), ...usable];
    await sweepAt(20);
    api.records = [image('slow', 0), image('late', 1)];
    await sweepAt(15);
    await sweepAt(14);
    api.records = [image('slow', 0), image('late', 2)];
    await sweepAt(-1);
    const told = async (now: Date) =>
      (await readAlerts(database.db, { now, baselineAlerts: false })).map((one) => [
        one.labels.alertname,
        one.starts_at,
      ]);
    expect(await told(NOW)).toEqual([
      ['CphImageFailed', NOW],
      ['CphImageStuckCreating', ago(18 * MINUTE)],
      ['CphRemovalsHeld', ago(15 * MINUTE)],
    ]);
    api.circumstances = { proofs: { public: 'failed', private: 'failed', share: 'failed', all: 'failed' } };
    await sweepAt(-2);
    await sweepAt(-3);
    expect(await told(ago(-10 * MINUTE))).toEqual([
      ['CphImageFailed', ago(-1 * MINUTE)],
      ['CphImageStuckCreating', ago(18 * MINUTE)],
      ['CphSyncFailing', ago(-1 * MINUTE)],
      ['CphInventoryStale', ago(-4 * MINUTE)],
      ['CphRemovalsHeld', ago(15 * MINUTE)],
    ]);
  });
});
