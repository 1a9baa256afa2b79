/** What docs/notifications.md shows of Alertmanager and SMN is taken from it and tried. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { alertmanagerMinor, noAlertmanager, startAlertmanager } from './support/alertmanager.ts';
import { put, shown, sinkOf, temporaryFolder, useOneImage } from './support/notifications-page.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useRelays } from './support/relay.ts';
import { smnTopic } from './support/smn-topic.ts';
import { mailServer, tellableServices } from './support/told-services.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const relays = useRelays();
const sweepWith = useOneImage(database);

interface AlertmanagerFile {
  /** A part that is about receivers alone has none. */
  readonly route?: object;
  readonly receivers: readonly { readonly name: string }[];
}

/** Every receiver is told everything, at once. */
function toAll({ route, receivers }: AlertmanagerFile): object {
  const routes = receivers.map(({ name }) => ({ receiver: name, continue: true }));
  return { ...route, receiver: receivers[0]?.name, group_wait: '10ms', group_interval: '10ms', routes };
}

/** Our sink tells an Alertmanager with this file that an image failed and, once `heard` is true, that it was mended. */
async function failAndMend(file: AlertmanagerFile, global: object, heard: () => boolean): Promise<void> {
  const { url, end } = await startAlertmanager(temporaryFolder(), { ...file, global, route: toAll(file) });
  onTestFinished(end);
  const sinks = [sinkOf(put(shown('yaml', 'kind: alertmanager'), 'http://alertmanager:9093', url))];
  await relays.start({ ...database, sinks });
  await sweepWith(2);
  await until(heard);
  await sweepWith(1);
}

describe.skipIf(noAlertmanager)('through a real Alertmanager', () => {
  test('Slack, WeCom, PagerDuty and a mailbox hear of a failed image, and that it is mended', async () => {
    const { url, took } = await tellableServices();
    const { port, mails } = await mailServer();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'slack-url'), `${url}/slack`);
    writeFileSync(join(folder, 'pagerduty-key'), 'routing-key');
    writeFileSync(join(folder, 'smtp-password'), 'mail-password');
    const text = put(shown('yaml', 'slack_configs'), '/etc/alertmanager/', `${folder}/`);
    const file = parse(put(text, 'smtp.example.com:587', `127.0.0.1:${port}`)) as AlertmanagerFile;
    const global = {
      pagerduty_url: `${url}/pagerduty`,
      wechat_api_url: `${url}/wecom/`,
      smtp_require_tls: false,
    };
    const told = () => [took['/slack'], took['/wecom/message/send'], took['/pagerduty'], mails];
    const allHave = (count: number) => told().every((messages) => (messages?.length ?? 0) >= count);
    await failAndMend(file, global, () => allHave(1));
    await until(() => allHave(2));
    const [slack, wecom, pagerduty] = told().map((messages) => JSON.stringify(messages));
    const summary = 'Image base image has failed';
    expect(slack).toContain(summary);
    expect(slack).toContain('<http://127.0.0.1:8080/runbooks/CphImageFailed|Runbook>');
    expect(slack).toContain('[RESOLVED]');
    expect(wecom).toContain(`firing: ${summary}`);
    expect(wecom).toContain(`resolved: ${summary}`);
    expect(took['/pagerduty']).toMatchObject([
      { routing_key: 'routing-key', event_action: 'trigger', payload: { severity: 'warning' } },
      { event_action: 'resolve' },
    ]);
    expect(pagerduty).toContain(`CphImageFailed: ${summary}`);
    expect(mails[0]).toMatchObject({
      user: '\0alertmanager@example.com\0mail-password',
      to: '<on-call@example.com>',
      content: expect.stringContaining('[FIRING:1] CphImageFailed'),
    });
    expect(mails[1]?.content).toContain('[RESOLVED] CphImageFailed');
  });

  test.skipIf(alertmanagerMinor() < 28)('Teams hears of it', async () => {
    const { url, took } = await tellableServices();
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'teams-url'), `${url}/teams`);
    const text = put(shown('yaml', 'msteamsv2_configs'), '/etc/alertmanager/', `${folder}/`);
    await failAndMend(parse(text) as AlertmanagerFile, {}, () => took['/teams']?.length === 1);
    await until(() => took['/teams']?.length === 2);
    expect(JSON.stringify(took['/teams']?.[0])).toContain('Image base image has failed');
  });

  test('amtool takes the file, and its routes lead critical alerts to both receivers', () => {
    const path = join(temporaryFolder(), 'alertmanager.yml');
    writeFileSync(path, shown('yaml', 'slack_configs'));
    expect(amtool('check-config', path)).toContain('2 receivers');
    const routed = (severity: string) =>
      amtool('config', 'routes', 'test', `--config.file=${path}`, severity);
    expect(routed('severity=critical').trim()).toBe('on-call,chat');
    expect(routed('severity=warning').trim()).toBe('chat');
  });
});

function amtool(...args: string[]): string {
  const { status, stdout, stderr } = spawnSync('amtool', args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stdout + stderr);
  return stdout;
}

test('a topic of SMN hears of a failed image', async () => {
  const topic = await smnTopic();
  const sink = sinkOf(`${shown('yaml', 'kind: smn')}    endpoint: ${topic.endpoint}\n`);
  const turns = await relays.byHand(database.db, sink);
  await sweepWith(2);
  turns.clock = new Date();
  expect(await turns.take()).toMatchObject({ delivered: 1, error: null });
  expect(topic.published[0]).toMatchObject({
    path: expect.stringContaining('cph-alerts/publish'),
    subject: 'Image base image has failed',
  });
});
