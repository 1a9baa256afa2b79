import { describe, expect, test } from 'vitest';
import { MINUTE, useAlerting } from './support/alerting.ts';
import { keyOf, noAlertmanager } from './support/alertmanager.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { until } from './support/until.ts';

describe.skipIf(noAlertmanager)('a real Alertmanager, when something is down', () => {
  const alerting = useAlerting();

  test('a restart of the daemon neither ends an alert nor sends it twice', async () => {
    await alerting.sweepWith({ i1: 1, i2: 1 });
    const before = await alerting.startRelay();
    await alerting.sweepWith({ i1: 2, i2: 1 });
    await alerting.untilActive('CphImageFailed i1');
    await before.stop(1_000);
    alerting.alertmanager.requests.length = 0;
    await alerting.startRelay();
    await alerting.sweepWith({ i1: 2, i2: 2 });
    await alerting.untilActive('CphImageFailed i1', 'CphImageFailed i2');
    expect(alerting.alertmanager.requests.flat().map(keyOf)).toEqual(['CphImageFailed i2']);
  });

  test('what ended while no daemon ran is resolved by the next', async () => {
    await alerting.sweepWith({ i1: 1 });
    const before = await alerting.startRelay();
    await alerting.sweepWith({ i1: 2 });
    await alerting.untilActive('CphImageFailed i1');
    await before.stop(1_000);
    await alerting.sweepWith({ i1: 1 });
    await alerting.startRelay();
    await alerting.untilActive();
  });

  test('an Alertmanager that was down is told what is true when it is back', async () => {
    await alerting.sweepWith({ stays: 1, ends: 1, new: 1 });
    const relay = await alerting.startRelay();
    await alerting.sweepWith({ stays: 2, ends: 2, new: 1 });
    await alerting.untilActive('CphImageFailed ends', 'CphImageFailed stays');
    await alerting.alertmanager.down();
    await alerting.sweepWith({ stays: 2, ends: 1, new: 2 });
    await until(() => relay.deliveries.some(({ outcome }) => outcome === 'retried'));
    const [sink] = await rowsOf(alerting.db, 'select last_error from cph.sinks');
    expect(sink?.last_error).toMatch(/502/);
    await alerting.alertmanager.up();
    await until(async () => (await alerting.activeKeys()).includes('CphImageFailed new'));
    expect(await alerting.activeKeys()).not.toContain('CphImageFailed ends');
  });

  test('an Alertmanager that forgot everything knows it again within a minute', async () => {
    let ahead = 0;
    await alerting.sweepWith({ i1: 1 });
    await alerting.startRelay({ now: () => new Date(Date.now() + ahead) });
    await alerting.sweepWith({ i1: 2 });
    await alerting.untilActive('CphImageFailed i1');
    const [{ startsAt } = { startsAt: '' }] = await alerting.alertmanager.active();
    await alerting.alertmanager.down();
    await alerting.alertmanager.up();
    expect(await alerting.activeKeys()).toEqual([]);
    ahead = MINUTE;
    await alerting.untilActive('CphImageFailed i1');
    expect(await alerting.alertmanager.active()).toMatchObject([{ startsAt }]);
  });
});
