/**
 * What the program as users run it makes of proxies, of one credential for many projects, and of many pages
 * at once.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type SimulatorOptions, startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { startProxy } from './support/proxy.ts';
import { projectEnv } from './support/simulated-project.ts';
import { CERTIFICATE, startTlsFront } from './support/tls-front.ts';
import { until } from './support/until.ts';

const database = useTestDatabase();
const program = useProgram();
beforeEach(() => database.truncate());

const PROJECTS = Array.from({ length: 12 }, (_, n) => `p${n + 1}`);

async function startCloud({ images = 0, ...rest }: Partial<SimulatorOptions> & { images?: number } = {}) {
  const world = createWorld({ seed: 1, start: new Date(), projects: PROJECTS, images: 3 });
  for (let n = 0; n < images; n += 1) world.create({ project_id: 'p1', status: 1 });
  const cloud = await startSimulator({ world, now: () => new Date(), ...rest });
  onTestFinished(() => cloud.close());
  return cloud;
}

describe('a proxy', () => {
  test('is gone through with TLS by sync, and check says that it is in the way', async () => {
    const cloud = await startCloud();
    const proxy = await startProxy({
      user: 'me:hunter2',
      to: await startTlsFront(Number(new URL(cloud.url).port)),
    });
    const env = {
      ...projectEnv(cloud, 'p1'),
      CPH_ENDPOINT: 'https://cph.test',
      HW_AUTH_TOKEN: '',
      HW_AUTH_URL: 'https://iam.cph.test',
      HW_USER_NAME: cloud.user.name,
      HW_USER_PASSWORD: cloud.user.password,
      HW_DOMAIN_NAME: cloud.user.domain,
      CPH_ALERTMANAGER_URL: 'http://alerts.test:9093',
      DATABASE_URL: database.url,
      NODE_EXTRA_CA_CERTS: CERTIFICATE,
      HTTPS_PROXY: proxy.url,
    };
    const synced = await program.run(['sync', '--json'], env);
    expect([synced.code, JSON.parse(synced.stdout)]).toMatchObject([0, [{ status: 'succeeded' }]]);
    expect(new Set(proxy.seen)).toEqual(new Set(['CONNECT cph.test:443', 'CONNECT iam.cph.test:443']));
    const checked = await program.run(['check', '--json'], env);
    expect(JSON.parse(checked.stdout)).toContainEqual({
      result: 'note',
      what: 'proxy',
      project_id: null,
      details: `HTTPS_PROXY (${proxy.url.replace('me:hunter2@', '')}) is in the way to cph.test, iam.cph.test; NO_PROXY names what is reached directly`,
    });
    for (const { stdout, stderr } of [synced, checked]) expect(stdout + stderr).not.toContain('hunter2');
  });

  test('that a configuration names wrongly is a fault', async () => {
    const cloud = await startCloud();
    const env = { ...projectEnv(cloud, 'p1'), HTTP_PROXY: 'socks5://me:hunter2@127.0.0.1:1080' };
    const { code, stderr } = await program.run(['sync'], env);
    expect(code).toBe(2);
    expect(stderr).toContain('HTTP_PROXY');
    expect(stderr).not.toContain('hunter2');
  });
});

describe('a credential of twelve projects', () => {
  const configured = async (url: string, credential: Record<string, string>) => {
    const file = join(program.folder, 'twelve.yaml');
    const text = JSON.stringify({
      http: { port: 'off' },
      schedule: { sync: '* * * * * *', watch: '* * * * * *' },
      credentials: { all: credential },
      defaults: { region: 'ap-southeast-1', credentials: 'all', endpoint: url },
      projects: PROJECTS.map((project_id) => ({ project_id })),
    });
    await writeFile(file, text);
    return ['--config', file];
  };

  test.each(['sync', 'plan', 'check'])('that is wrong is offered once by %s', async (command) => {
    const cloud = await startCloud();
    const key = { access_key: cloud.keyPair.access, secret_key: 'wrong' };
    await program.run(['migrate'], { DATABASE_URL: database.url });
    const file = await configured(cloud.url, key);
    const { code } = await program.run([command, ...file], { DATABASE_URL: database.url });
    expect(code).not.toBe(0);
    expect(cloud.requests.map(({ status }) => status)).toEqual([401]);
  });

  test('that is corrected while the daemon runs is taken at once, and no reload offers the wrong one again', async () => {
    const cloud = await startCloud();
    const secret = join(program.folder, 'secret-key');
    await writeFile(secret, 'wrong\n');
    const key = { access_key: cloud.keyPair.access, secret_key_file: secret };
    const file = await configured(cloud.url, key);
    const running = program.start(['start', ...file], { DATABASE_URL: database.directUrl });
    await until(() => running.stderr().includes('not sent, next try at'));
    running.child.kill('SIGHUP');
    await until(() => running.stderr().split('"started"').length === 3);
    const reloaded = running.stderr().length;
    await until(() => running.stderr().slice(reloaded).split('sweep failed').length > 13);
    expect(cloud.requests.map(({ status }) => status)).toEqual([401]);
    await writeFile(secret, `${cloud.keyPair.secret}\n`);
    await until(() => running.stderr().includes('sweep succeeded'));
    expect(cloud.requests.filter(({ status }) => status === 401)).toHaveLength(1);
  });
});

test('sixty-four pages at once bring no warning between the lines of the log', async () => {
  // Slow enough for all that are announced to be under way together.
  const faults = [{ effect: { kind: 'delay', milliseconds: 300 } }] as const;
  const cloud = await startCloud({ images: 3_000, faults });
  const env = { ...projectEnv(cloud, 'p1'), CPH_PAGE_CONCURRENCY: '64', DATABASE_URL: database.url };
  const { code, stderr } = await program.run(['sync'], env);
  expect(code).toBe(0);
  expect(stderr.split('\n').filter((line) => line !== '' && !line.startsWith('{'))).toEqual([]);
});
