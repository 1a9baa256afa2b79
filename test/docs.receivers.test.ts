/** The receivers and robots of docs/notifications.md are taken from it and run. */
import { spawnSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import type { Sink } from '../src/delivery/sink.ts';
import {
  PAGE,
  put,
  SECRET,
  shown,
  sinkOf,
  temporaryFolder,
  useOneImage,
} from './support/notifications-page.ts';
import { useTestDatabase } from './support/postgres.ts';
import { deadLetters, later, useRelays } from './support/relay.ts';
import { forgeries, startReceiver } from './support/shown-receiver.ts';
import { tellableServices } from './support/told-services.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const relays = useRelays();
const sweepWith = useOneImage(database);

/** The sink that the page has for its receivers, told to post there. */
function webhookTo(receiver: { readonly url: string }, more = ''): Sink {
  return sinkOf(`${put(shown('yaml', 'secret_file'), 'http://127.0.0.1:9100/', receiver.url)}${more}`);
}

const HAS_PYTHON = spawnSync('python3', ['--version']).status === 0 || Boolean(process.env.CI);

describe.each([
  { language: 'js', program: process.execPath, missing: false },
  { language: 'python', program: 'python3', missing: !HAS_PYTHON },
])('the receiver in $language', ({ language, program, missing }) => {
  const start = () =>
    startReceiver({
      program,
      code: shown(language, 'webhook-'),
      folder: temporaryFolder(),
      env: { WEBHOOK_SECRET: SECRET },
    });

  test.skipIf(missing)('takes what our sink sends', async () => {
    const receiver = await start();
    const turns = await relays.byHand(database.db, webhookTo(receiver));
    await sweepWith(2);
    turns.clock = new Date();
    expect(await turns.take()).toMatchObject({ delivered: 1, dead: 0, error: null });
    await until(() => receiver.printed() === 'cph.image.status_changed base image\n');
  });

  test.skipIf(missing)(
    'takes one of two signatures, nothing that is forged, and goes on after it',
    async () => {
      const receiver = await start();
      const { right, wrong } = forgeries(SECRET);
      for (const [what, request] of Object.entries(wrong)) {
        const { status } = await fetch(receiver.url, request);
        expect([what, status]).toEqual([what, 401]);
      }
      expect(receiver.printed()).toBe('');
      expect((await fetch(receiver.url, right)).ok).toBe(true);
      await until(() => receiver.printed() === 'cph.image.removed forged\n');
    },
  );
});

describe.each([
  { name: 'DingTalk', path: '/dingtalk' },
  { name: 'WeCom', path: '/wecom-robot' },
  { name: 'Feishu', path: '/feishu' },
])('the robot of $name', ({ name, path }) => {
  const [, body = '', accept = ''] =
    new RegExp(`^\\| ${name} \\| \`(.*)\` \\| \`(.*)\` \\|$`, 'm').exec(PAGE) ?? [];
  const acceptance = `    accept: ${accept}\n`;

  /** The receiver in Node with the page's `take`, which posts `sent` to the robot; and what it has come to. */
  async function turnWith(sent: string) {
    const { url, took } = await tellableServices();
    const code = put(shown('js', 'ROBOT_URL'), "{ msgtype: 'text', text: { content } }", sent);
    const receiver = await startReceiver({
      program: process.execPath,
      code: `${shown('js', 'webhook-').replace(/^async function take[\s\S]*?^}\n/m, '')}${code}`,
      folder: temporaryFolder(),
      env: { WEBHOOK_SECRET: SECRET, ROBOT_URL: `${url}${path}` },
    });
    const turns = await relays.byHand(database.db, webhookTo(receiver, acceptance));
    await sweepWith(2);
    turns.clock = new Date();
    return { outcome: await turns.take(), took: took[path] };
  }

  test('takes what the receiver makes of an event', async () => {
    const { outcome, took } = await turnWith(body);
    expect(outcome).toMatchObject({ delivered: 1, error: null });
    expect(JSON.stringify(took)).toContain('CPH: image base image of project p1 is failed');
  });

  test('refuses through the receiver, and the event is sent again', async () => {
    const { outcome, took } = await turnWith('{}');
    expect(outcome).toMatchObject({ delivered: 0, retried: true });
    expect(took).toBeUndefined();
  });

  test('does not take our event itself, which is then no delivery', async () => {
    const { url, took } = await tellableServices();
    const turns = await relays.byHand(database.db, webhookTo({ url: `${url}${path}` }, acceptance));
    await sweepWith(2);
    turns.clock = new Date();
    expect(await turns.take()).toMatchObject({ delivered: 0, retried: true });
    turns.clock = later(turns.clock, 1_900);
    await turns.take();
    expect(await deadLetters(database.db)).toMatchObject([{ image_id: 'i1' }]);
    expect(took[path]).toBeUndefined();
  });
});
