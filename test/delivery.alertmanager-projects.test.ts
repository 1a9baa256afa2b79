import { describe, expect, test } from 'vitest';
import { setProjectTimes } from '../src/store/projects.ts';
import { MINUTE, minutesAgo, OUTAGE, useAlerting } from './support/alerting.ts';
import { noAlertmanager } from './support/alertmanager.ts';
import { imagesRecord } from './support/image-records.ts';

const TIMES = { project_id: 'p1', sync_interval_ms: 5 * MINUTE, stuck_after_ms: 60 * MINUTE };

describe.skipIf(noAlertmanager)('alerts about projects and slow images, in a real Alertmanager', () => {
  const alerting = useAlerting();

  test('neither partial nor failed sweeps resolve anything', async () => {
    await alerting.sweepWith({ i1: 1 });
    await alerting.startRelay();
    await alerting.sweepWith({ i1: 2 });
    await alerting.untilActive('CphImageFailed i1');
    alerting.api.records = [imagesRecord('shared', { image_type: 'share', status_code: 2 })];
    alerting.api.circumstances = { proofs: { private: 'failed' } };
    expect(await alerting.sweep()).toMatchObject({ status: 'partial' });
    await alerting.untilActive('CphImageFailed i1', 'CphImageFailed shared');
    alerting.api.circumstances = OUTAGE;
    for (let n = 0; n < 2; n += 1) expect(await alerting.sweep()).toMatchObject({ status: 'failed' });
    await alerting.untilActive('CphImageFailed i1', 'CphImageFailed shared', 'CphSyncFailing');
  });

  test('an image that is too long in creation is an alert until it is done', async () => {
    await setProjectTimes(alerting.db, [TIMES]);
    await alerting.sweepWith({ slow: 0 }, minutesAgo(61));
    await alerting.sweepWith({ slow: 0, fine: 0 });
    await alerting.startRelay();
    await alerting.untilActive('CphImageStuckCreating slow');
    await alerting.sweepWith({ slow: 1, fine: 0 });
    await alerting.untilActive();
  });

  test('a project without a complete sweep for three intervals is an alert until the next', async () => {
    await setProjectTimes(alerting.db, [TIMES]);
    await alerting.sweepWith({ i1: 1 }, minutesAgo(16));
    await alerting.startRelay();
    await alerting.untilActive('CphInventoryStale');
    await alerting.sweepWith({ i1: 1 });
    await alerting.untilActive();
  });

  test('two failed sweeps in a row are an alert until one succeeds', async () => {
    await alerting.sweepWith({ i1: 1 });
    await alerting.startRelay();
    alerting.api.circumstances = OUTAGE;
    await alerting.sweep();
    await alerting.sweep();
    await alerting.untilActive('CphSyncFailing');
    expect((await alerting.alertmanager.active())[0]?.annotations.description).toContain('CPS.0003');
    alerting.api.circumstances = {};
    await alerting.sweep();
    await alerting.untilActive();
  });

  test('held removals are an alert until the images are back', async () => {
    const images = Object.fromEntries(Array.from({ length: 12 }, (_, n) => [`i${n}`, 1]));
    await alerting.sweepWith(images);
    await alerting.startRelay();
    await alerting.sweepWith({ i0: 1 });
    await alerting.sweepWith({ i0: 1 });
    await alerting.untilActive('CphRemovalsHeld');
    expect((await alerting.alertmanager.active())[0]?.annotations).toMatchObject({
      summary: '11 removals wait for approval in project p1 (ap-southeast-3)',
      description: expect.stringContaining('cph-inventory approve p1'),
    });
    await alerting.sweepWith(images);
    await alerting.untilActive();
  });
});
