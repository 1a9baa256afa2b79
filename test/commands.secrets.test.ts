import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { useCommandLine } from './support/command-line.ts';
import { startApi } from './support/cph-api.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import type { Env } from './support/simulated-project.ts';

const database = useTestDatabase();
const run = useCommandLine();
beforeEach(() => database.truncate());

const SECRETS = {
  HW_AUTH_TOKEN: 'planted-token-MIIEowIBAAKC',
  HW_ACCESS_KEY: 'PLANTEDACCESSKEY0001',
  HW_SECRET_KEY: 'plantedsecretkey/0002+abcdef',
  HW_SECURITY_TOKEN: 'planted-security-token-0003',
  HW_USER_PASSWORD: 'planted-password-0004',
} as const;
const DATABASE_PASSWORD = 'planted-database-password-0005';

type SecretName = keyof typeof SECRETS;
const LOGIN = { HW_USER_NAME: 'somebody', HW_DOMAIN_NAME: 'some account' };
const pick = (...names: SecretName[]): Env => Object.fromEntries(names.map((name) => [name, SECRETS[name]]));

/** An API that refuses everything and repeats, in its reason, all it was sent. */
async function indiscreetApi(status: number, error_code: string): Promise<Env> {
  const api = await startApi(({ headers, body, url }, response) => {
    const said = `refused: ${url.href} ${JSON.stringify(headers)} ${body}`;
    const answer = url.pathname.includes('/auth/')
      ? { error: { code: status, message: said, title: said } }
      : { error_code, error_msg: said, request_id: 'r1' };
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(answer));
  });
  onTestFinished(() => api.close());
  return {
    HW_REGION_NAME: 'ap-southeast-3',
    HW_PROJECT_ID: 'p1',
    HW_AUTH_URL: `${api.url}/v3`,
    CPH_ENDPOINT: api.url,
    CPH_MAX_RETRIES: '0',
    DATABASE_URL: database.url,
    LOG_LEVEL: 'trace',
  };
}

function expectNoSecret(text: string): void {
  for (const secret of [...Object.values(SECRETS), DATABASE_PASSWORD]) expect(text).not.toContain(secret);
}

describe('secrets appear in no output and no table', () => {
  test.each<[string, number, string, Env]>([
    ['a token that is refused', 403, 'APIGW.0302', pick('HW_AUTH_TOKEN')],
    ['a token that is rejected', 401, 'APIGW.0301', pick('HW_AUTH_TOKEN')],
    [
      'an access key that is refused',
      403,
      'APIGW.0302',
      pick('HW_ACCESS_KEY', 'HW_SECRET_KEY', 'HW_SECURITY_TOKEN'),
    ],
    ['a password that is rejected', 401, 'IAM.401', { ...pick('HW_USER_PASSWORD'), ...LOGIN }],
  ])('of %s', async (_, status, error_code, credentials) => {
    const env = { ...(await indiscreetApi(status, error_code)), ...credentials };
    const { code, stdout, stderr } = await run(['sync', '--json'], env);
    expect(code).toBe(1);
    expect(stdout).toContain('refused: ');
    expect(stderr).toContain('refused: ');
    expectNoSecret(stdout + stderr);
    const runs = await rowsOf(database.db, 'select r::text as said from cph.sync_runs r');
    expect(runs).toHaveLength(1);
    expectNoSecret(JSON.stringify(runs));
  });

  test('of a configuration that cannot be used', async () => {
    const { code, stderr, stdout } = await run(['sync'], {
      ...SECRETS,
      ...LOGIN,
      HW_REGION_NAME: 'Wrong',
      DATABASE_URL: `postgres://somebody:${DATABASE_PASSWORD}@host:port/name`,
    });
    expect(code).toBe(2);
    expect(stderr).toContain('DATABASE_URL');
    expectNoSecret(stdout + stderr);
  });

  test('of a database that cannot be reached', async () => {
    const url = new URL(database.directUrl);
    url.username = 'nobody_of_that_name';
    url.password = DATABASE_PASSWORD;
    const outcomes = await Promise.all(
      [['sync'], ['images'], ['migrate'], ['events', '--after', '1']].map((args) =>
        run(args, {
          ...pick('HW_AUTH_TOKEN'),
          HW_REGION_NAME: 'ap-southeast-3',
          HW_PROJECT_ID: 'p1',
          LOG_LEVEL: 'trace',
          DATABASE_URL: url.href,
        }),
      ),
    );
    for (const { code, stdout, stderr } of outcomes) {
      expect(code).toBe(1);
      expect(stderr).toContain('nobody_of_that_name');
      expectNoSecret(stdout + stderr);
    }
  });
});
