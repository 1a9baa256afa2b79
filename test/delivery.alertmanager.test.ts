import { describe, expect, test } from 'vitest';
import { MINUTE, minutesAgo, useAlerting } from './support/alerting.ts';
import { noAlertmanager } from './support/alertmanager.ts';
import { imagesRecord } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { until } from './support/until.ts';

const DAY = 86_400_000;

describe.skipIf(noAlertmanager)('alerts about images, in a real Alertmanager', () => {
  const alerting = useAlerting();
  const lag = async () => {
    const newest = '(select max(seq) from cph.image_events)';
    const [sink] = await rowsOf(alerting.db, `select ${newest} - cursor_seq as events from cph.sinks`);
    return sink?.events;
  };

  test('an image that fails is an active alert that lasts for a day and says what to do', async () => {
    await alerting.sweepWith({ i1: 0 });
    await alerting.startRelay();
    const { finished_at } = await alerting.sweepWith({ i1: 2 });
    await alerting.untilActive('CphImageFailed i1');
    const [alert] = await alerting.alertmanager.active();
    expect(alert).toMatchObject({
      labels: {
        alertname: 'CphImageFailed',
        severity: 'warning',
        region: 'ap-southeast-3',
        project_id: 'p1',
        image_id: 'i1',
        image_name: 'name of i1',
      },
      startsAt: finished_at.toISOString(),
      annotations: {
        summary: 'Image name of i1 has failed',
        description: expect.stringContaining('cph-inventory history i1'),
      },
    });
    expect(Date.parse(alert?.endsAt ?? '') - Date.now()).toBeGreaterThan(DAY - MINUTE);
  });

  test('a second image that fails is an alert of its own and leaves the first as it is', async () => {
    await alerting.sweepWith({ i1: 1, i2: 1 });
    await alerting.startRelay();
    await alerting.sweepWith({ i1: 2, i2: 1 });
    await alerting.untilActive('CphImageFailed i1');
    const [first] = await alerting.alertmanager.active();
    await alerting.sweepWith({ i1: 2, i2: 2 });
    await alerting.untilActive('CphImageFailed i1', 'CphImageFailed i2');
    expect(await alerting.alertmanager.active()).toContainEqual(first);
    await until(() => alerting.alertmanager.notifications.some(({ image_id }) => image_id === 'i2'));
    expect(alerting.alertmanager.notifications.map(({ status }) => status)).not.toContain('resolved');
  });

  test('an alert is resolved when its image becomes usable or is gone, and no other is', async () => {
    await alerting.sweepWith({ mended: 1, deleted: 1, failed: 1 });
    await alerting.startRelay();
    await alerting.sweepWith({ mended: 2, deleted: 2, failed: 2 });
    await alerting.untilActive('CphImageFailed deleted', 'CphImageFailed failed', 'CphImageFailed mended');
    await alerting.sweepWith({ mended: 1, deleted: 2, failed: 2 });
    await alerting.untilActive('CphImageFailed deleted', 'CphImageFailed failed');
    // Gone from one sweep is not gone.
    await alerting.sweepWith({ mended: 1, failed: 2 });
    await alerting.sweepWith({ mended: 1, failed: 2 });
    await alerting.untilActive('CphImageFailed failed');
    const resolved = () => alerting.alertmanager.notifications.filter(({ status }) => status === 'resolved');
    await until(() => new Set(resolved().map(({ image_id }) => image_id)).size === 2);
    expect(resolved().map(({ image_id }) => image_id)).not.toContain('failed');
  });

  test('an image that fails again after it was mended is an alert again', async () => {
    await alerting.sweepWith({ i1: 1 });
    await alerting.startRelay();
    for (let round = 0; round < 2; round += 1) {
      await alerting.sweepWith({ i1: 2 });
      await alerting.untilActive('CphImageFailed i1');
      await alerting.sweepWith({ i1: 1 });
      await alerting.untilActive();
    }
  });

  test('an alert ends although the clock of the Alertmanager is half a minute behind', async () => {
    await alerting.sweepWith({ i1: 1 });
    await alerting.sweepWith({ i1: 2 }, minutesAgo(5));
    await alerting.startRelay({ now: () => new Date(Date.now() + MINUTE / 2) });
    await alerting.untilActive('CphImageFailed i1');
    await alerting.sweepWith({ i1: 1 });
    await alerting.untilActive();
  });

  test('an image that is renamed while it is failed changes its alert for one under the new name', async () => {
    await alerting.sweepWith({ i1: 1 });
    await alerting.startRelay();
    await alerting.sweepWith({ i1: 2 });
    await alerting.untilActive('CphImageFailed i1');
    alerting.api.records = [imagesRecord('i1', { status_code: 2, image_name: 'renamed' })];
    await alerting.sweep();
    await until(async () => (await alerting.alertmanager.active())[0]?.labels.image_name === 'renamed');
    expect(await alerting.activeKeys()).toEqual(['CphImageFailed i1']);
  });

  test('a thousand failures at once are a thousand alerts in two requests', async () => {
    const ids = Array.from({ length: 1_000 }, (_, n) => `i${n}`);
    const all = (code: number) => Object.fromEntries(ids.map((id) => [id, code]));
    await alerting.sweepWith(all(0));
    await alerting.startRelay();
    await alerting.sweepWith(all(2));
    await until(async () => (await alerting.alertmanager.active()).length === 1_000);
    await until(async () => (await lag()) === 0);
    expect(alerting.alertmanager.requests.map((alerts) => alerts.length)).toEqual([500, 500]);
    expect((await alerting.activeKeys()).sort()).toEqual(ids.map((id) => `CphImageFailed ${id}`).sort());
  });

  test('images that had failed before the first complete sweep are alerts only when asked for', async () => {
    await alerting.sweepWith({ old: 2, i1: 1 });
    const quiet = await alerting.startRelay();
    await alerting.sweepWith({ old: 2, i1: 2 });
    await alerting.untilActive('CphImageFailed i1');
    await quiet.stop(1_000);
    await alerting.startRelay({ baselineAlerts: true });
    await alerting.untilActive('CphImageFailed i1', 'CphImageFailed old');
  });

  test('images may be called anything', async () => {
    const names = [
      null,
      '',
      ' \n',
      'two\nlines',
      '"quoted" \\ {{ template }}',
      'снимок 📱',
      'x'.repeat(5_000),
    ];
    const images = (status_code: number) =>
      names.map((image_name, n) => imagesRecord(`i${n}`, { image_name, status_code }));
    alerting.api.records = images(1);
    await alerting.sweep();
    await alerting.startRelay();
    alerting.api.records = images(2);
    await alerting.sweep();
    await until(async () => (await alerting.activeKeys()).length === names.length);
    const told = await alerting.alertmanager.active();
    expect(told.map(({ labels }) => labels.image_name)).toEqual([
      '(unnamed)',
      '(unnamed)',
      '(unnamed)',
      'two lines',
      '"quoted" \\ {{ template }}',
      'снимок 📱',
      'x'.repeat(256),
    ]);
    expect(alerting.alertmanager.requests).toHaveLength(1);
  });
});
