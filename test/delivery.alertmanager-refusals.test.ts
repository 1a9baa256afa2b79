import { describe, expect, test } from 'vitest';
import { MINUTE, useAlerting } from './support/alerting.ts';
import { type GivenAlert, keyOf, noAlertmanager } from './support/alertmanager.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { until } from './support/until.ts';

describe.skipIf(noAlertmanager)('alerts that are refused, and answers that are lost', () => {
  const alerting = useAlerting();
  const names = (alerts: readonly GivenAlert[]) => alerts.map(({ labels }) => labels.image_id);
  const statuses = (count: number, code: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`i${n}`, code]));

  test('an alert that is refused keeps no other from being told, and is offered again a minute later', async () => {
    let ahead = 0;
    await alerting.sweepWith({ bad: 1, late: 1, ...statuses(20, 1) });
    alerting.alertmanager.interfere = (alerts) => (names(alerts).includes('bad') ? 400 : 'pass');
    const relay = await alerting.startRelay({ now: () => new Date(Date.now() + ahead) });
    await alerting.sweepWith({ bad: 2, late: 1, ...statuses(20, 2) });
    await until(async () => (await alerting.activeKeys()).length === 20);
    await until(() => relay.deliveries.some(({ error }) => error?.includes('400')));

    alerting.alertmanager.requests.length = 0;
    await alerting.sweepWith({ bad: 2, late: 2, ...statuses(20, 2) });
    await until(async () => (await alerting.activeKeys()).length === 21);
    expect(alerting.alertmanager.requests.map(names)).toEqual([['late']]);

    alerting.alertmanager.interfere = () => 'pass';
    ahead = MINUTE;
    await until(async () => (await alerting.activeKeys()).includes('CphImageFailed bad'));
  });

  test('an alert that was refused and is over leaves nothing behind', async () => {
    await alerting.sweepWith({ bad: 1 });
    alerting.alertmanager.interfere = (alerts) => (names(alerts).includes('bad') ? 400 : 'pass');
    const relay = await alerting.startRelay();
    await alerting.sweepWith({ bad: 2 });
    await until(() => relay.deliveries.length > 0);
    await alerting.sweepWith({ bad: 1 });
    await until(async () => (await rowsOf(alerting.db, 'select * from cph.open_alerts')).length === 0);
    expect(await alerting.activeKeys()).toEqual([]);
  });

  test('a request that is too large is halved until it is not', async () => {
    await alerting.sweepWith(statuses(40, 1));
    alerting.alertmanager.interfere = (alerts) => (alerts.length > 10 ? 413 : 'pass');
    await alerting.startRelay();
    await alerting.sweepWith(statuses(40, 2));
    await until(async () => (await alerting.activeKeys()).length === 40);
    expect(alerting.alertmanager.requests.map((alerts) => alerts.length)).toEqual([
      40, 0, 20, 10, 10, 20, 10, 10,
    ]);
  });

  test('where everything is refused nothing is halved, and the reason can be read', async () => {
    await alerting.sweepWith(statuses(20, 1));
    alerting.alertmanager.interfere = () => 405;
    const relay = await alerting.startRelay();
    await alerting.sweepWith(statuses(20, 2));
    await until(() => relay.deliveries.filter(({ outcome }) => outcome === 'retried').length >= 2);
    const sizes = new Set(alerting.alertmanager.requests.map((alerts) => alerts.length));
    expect(sizes).toEqual(new Set([20, 0]));
    const [sink] = await rowsOf(alerting.db, 'select last_error from cph.sinks');
    expect(sink?.last_error).toMatch(/HTTP 405/);
    expect(await rowsOf(alerting.db, 'select * from cph.dead_letters')).toEqual([]);
    alerting.alertmanager.interfere = () => 'pass';
    await until(async () => (await alerting.activeKeys()).length === 20);
  });

  test('an alert whose acceptance was never heard of is resolved all the same', async () => {
    await alerting.sweepWith({ i1: 1 });
    alerting.alertmanager.interfere = (alerts) => (names(alerts).includes('i1') ? 'lose answer' : 'pass');
    const before = await alerting.startRelay();
    await alerting.sweepWith({ i1: 2 });
    await alerting.untilActive('CphImageFailed i1');
    await before.stop(1_000);
    await alerting.sweepWith({ i1: 1 });
    alerting.alertmanager.interfere = () => 'pass';
    await alerting.startRelay();
    await alerting.untilActive();
    expect(alerting.alertmanager.requests.at(-1)?.map(keyOf)).toEqual(['CphImageFailed i1']);
  });
});
