/**
 * Secrets are planted wherever one can be configured, and an indiscreet cloud repeats them; then everything is searched
 * that is printed, stored, served, sent and shown of the processes. Each secret has a mark of plain letters in it, so that
 * it is found however it is spelled.
 */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest';
import type { RunningProgram } from './support/built-program.ts';
import { useCommandLine } from './support/command-line.ts';
import type { ReceivedRequest } from './support/cph-api.ts';
import { type IndiscreetCloud, startIndiscreetCloud } from './support/indiscreet-cloud.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import type { Env } from './support/simulated-project.ts';
import { until } from './support/until.ts';

const MARK = 'kQ7z';
const marked = (name: string) => `a"\\%2B'${MARK}${name}&+/=`;
const LOGIN_TOKEN = marked('LoginToken');
const HOOK = `${MARK}PathOfTheHook`;
const DATABASE_PASSWORD = `${MARK}DatabasePassword`;
const SECRETS = {
  HW_AUTH_TOKEN: marked('ReadyToken'),
  HW_ACCESS_KEY: `${MARK}AccessKey0001`,
  HW_SECRET_KEY: marked('SecretKey'),
  HW_SECURITY_TOKEN: marked('SecurityToken'),
  HW_USER_PASSWORD: marked('Password'),
  CPH_WEBHOOK_SECRET: `${MARK}WebhookSecret`,
} as const;
type SecretName = keyof typeof SECRETS;

const database = useTestDatabase();
const program = useProgram();
const run = useCommandLine();
const role = `cph_secrets_${randomUUID().slice(0, 8)}`;

// May do what the tests may, and nobody else knows its password.
beforeAll(async () => {
  await database.db.execute(sql.raw(`create role ${role} login password '${DATABASE_PASSWORD}'`));
  await database.db.execute(
    sql.raw(`do $$ begin execute format('grant %I to ${role}', current_user); end $$`),
  );
});
afterAll(() => database.db.execute(sql.raw(`drop role ${role}`)));
beforeEach(() => database.truncate());

/** Everything that is no secret, and the secrets of every project: those of the database and of the webhook. */
function ordinary(cloud: IndiscreetCloud): { env: Env; secrets: Env } {
  const url = new URL(database.url);
  url.username = role;
  url.password = DATABASE_PASSWORD;
  const env = {
    HW_REGION_NAME: 'ap-southeast-3',
    HW_PROJECT_ID: 'p1',
    HW_USER_NAME: 'somebody',
    HW_DOMAIN_NAME: 'some account',
    HW_AUTH_URL: `${cloud.url}/v3`,
    CPH_ENDPOINT: cloud.url,
    CPH_MAX_RETRIES: '0',
    CPH_SYNC_CRON: '* * * * * *',
    CPH_WATCH_CRON: '* * * * * *',
    CPH_HTTP_PORT: '0',
    LOG_LEVEL: 'trace',
  };
  const webhook = { CPH_WEBHOOK_URL: `${cloud.url}/hooks/${HOOK}` };
  return { env, secrets: { ...webhook, ...pick('CPH_WEBHOOK_SECRET'), DATABASE_URL: url.href } };
}

const pick = (...names: readonly SecretName[]): Env =>
  Object.fromEntries(names.map((name) => [name, SECRETS[name]]));

/** The same secrets, each in a file. */
async function inFiles(secrets: Env): Promise<Env> {
  const entries = Object.entries(secrets).map(async ([name, secret]) => {
    const path = join(program.folder, name.toLowerCase());
    await writeFile(path, `${secret}\n`);
    return [`${name}_FILE`, path] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}

/** The arguments of a process and of those it has started, as anybody on the machine can list them. */
async function commandLines({ child }: RunningProgram): Promise<string> {
  const { stdout } = await promisify(execFile)('ps', ['-A', '-ww', '-o', 'pid=,ppid=,comm=,args=']);
  const lines = stdout
    .split('\n')
    .filter((line) => line.trim().split(/\s+/).slice(0, 2).includes(String(child.pid)));
  expect(lines).not.toEqual([]);
  return lines.join('\n');
}

async function served({ stderr }: RunningProgram): Promise<string> {
  const [, url] = await until(() => /probes and metrics on (http:[^"\s]+)/.exec(stderr()));
  const pages = ['/', '/livez', '/readyz', '/metrics'].map(async (path) =>
    (await fetch(`${url}${path}`)).text(),
  );
  return (await Promise.all(pages)).join('\n');
}

async function stored(): Promise<string> {
  const tables = await rowsOf(
    database.db,
    `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'cph'`,
  );
  const dumps = tables.map(({ name }) => rowsOf(database.db, `select t::text as said from ${name} t`));
  return JSON.stringify(await Promise.all(dumps));
}

/** What a request carries beside the credential, in the one place where it belongs. */
function besideCredential({ method, url, headers, body }: ReceivedRequest): string {
  const {
    'x-auth-token': _token,
    authorization: _signature,
    'x-security-token': _temporary,
    ...others
  } = headers;
  const login = url.pathname.endsWith('/auth/tokens') ? JSON.parse(body) : null;
  if (login) login.auth.identity.password.user.password = 'where it belongs';
  return JSON.stringify([method, url.href.replace(`/hooks/${HOOK}`, '/hooks'), others, login ?? body]);
}

function expectNoSecret(texts: Readonly<Record<string, string>>): void {
  for (const [where, text] of Object.entries(texts)) {
    const [found] = new RegExp(`.{0,60}${MARK}.{0,30}`).exec(text) ?? [];
    expect(found, where).toBeUndefined();
  }
}

/** The daemon, first while all is well and then while everything is refused. */
async function lifeOfADaemon(cloud: IndiscreetCloud, env: Env): Promise<Record<string, string>> {
  const daemon = program.start(['start'], env);
  await until(() => daemon.stderr().includes('sweep succeeded') && cloud.indiscretions() > 0);
  const lines = await commandLines(daemon);
  const servedFirst = await served(daemon);
  cloud.refuse();
  await until(() => daemon.stderr().includes('sweep failed'));
  const servedLast = await served(daemon);
  daemon.child.kill('SIGTERM');
  const { code, stdout, stderr } = await daemon.ended;
  expect(code).toBe(0);
  return {
    'command lines': lines,
    servedFirst,
    servedLast,
    'stdout of start': stdout,
    'stderr of start': stderr,
  };
}

/** One after the other, as the cloud repeats another thing in another way each time. */
async function outputsOf(commands: readonly string[], env: Env): Promise<Record<string, string>> {
  const outputs: Record<string, string> = {};
  for (const command of commands) {
    const { stdout, stderr } = await run(command.split(' '), env);
    Object.assign(outputs, { [`stdout of ${command}`]: stdout, [`stderr of ${command}`]: stderr });
  }
  return outputs;
}

/** The configured secrets of each way, and the header that its first request to the API has to carry. */
const WAYS: readonly (readonly [
  way: string,
  names: readonly SecretName[],
  header: string,
  secret: string,
])[] = [
  ['a token', ['HW_AUTH_TOKEN'], 'x-auth-token', SECRETS.HW_AUTH_TOKEN],
  [
    'an access key',
    ['HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'],
    'x-security-token',
    SECRETS.HW_SECURITY_TOKEN,
  ],
  ['a password', ['HW_USER_PASSWORD'], 'x-auth-token', LOGIN_TOKEN],
];

test.each(WAYS)(
  '%s shows nowhere but where it is sent',
  async (_, names, header, secret) => {
    const cloud = await startIndiscreetCloud(LOGIN_TOKEN);
    onTestFinished(() => cloud.close());
    const { env, secrets } = ordinary(cloud);
    const planted = { ...secrets, ...pick(...names) };
    const given = { ...env, ...planted };

    const well = await outputsOf(['plan --json', 'check', 'sync'], given);
    expect(cloud.requests.find(({ method }) => method === 'GET')?.headers[header]).toBe(secret);
    await database.truncate();
    const daemon = await lifeOfADaemon(cloud, { ...env, ...(await inFiles(planted)) });
    const badly = await outputsOf(['sync --json', 'plan', 'check --json'], given);
    const known = await outputsOf(['images --json', 'history a', 'events', 'status --json'], given);

    expect(known['stdout of history a']).toContain('usable');
    expectNoSecret({ ...well, ...daemon, ...badly, ...known, tables: await stored() });
    for (const request of cloud.requests) expectNoSecret({ 'a request': besideCredential(request) });
  },
  120_000,
);
