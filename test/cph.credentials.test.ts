import { afterEach, describe, expect, test } from 'vitest';
import type { Credential } from '../src/cph/auth/credentials.ts';
import type { CphClient } from '../src/cph/client.ts';
import type { Simulator } from '../src/simulator/server.ts';
import { newLook, sendJson, startApi } from './support/cph-api.ts';
import { clientWith as openClientWith, secret, startGuardedCloud } from './support/cph-cloud.ts';

const closers: (() => Promise<void>)[] = [];

afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function startCloud(tokens = {}): Promise<Simulator> {
  const cloud = await startGuardedCloud(tokens);
  closers.push(cloud.close);
  return cloud;
}

function clientWith(...args: Parameters<typeof openClientWith>): CphClient {
  const client = openClientWith(...args);
  closers.push(client.close);
  return client;
}

const ask = (client: CphClient, look = newLook()) =>
  client.get('cloud-phone/images', { image_type: 'private' }, look);

const passwordOf = (cloud: Simulator, changes: { authUrl?: string; password?: string } = {}): Credential => ({
  kind: 'password',
  userName: cloud.user.name,
  password: secret(changes.password ?? cloud.user.password),
  domainName: cloud.user.domain,
  authUrl: changes.authUrl ?? cloud.authUrl,
  projectId: 'p1',
});

const logins = (cloud: Simulator) => cloud.requests.filter(({ endpoint }) => endpoint === 'tokens');
const questions = (cloud: Simulator) => cloud.requests.filter(({ endpoint }) => endpoint === 'images');

describe('a ready token', () => {
  test('lets requests through', async () => {
    const cloud = await startCloud();
    await ask(clientWith(cloud.url, { kind: 'token', token: secret(cloud.token) }));
    expect(cloud.requests.map(({ status }) => status)).toEqual([200]);
  });

  test('that is rejected is not sent again', async () => {
    const cloud = await startCloud();
    const client = clientWith(cloud.url, { kind: 'token', token: secret('stale') });
    await expect(ask(client)).rejects.toMatchObject({ kind: 'unauthorized', status: 401, retryable: false });
    expect(cloud.requests).toHaveLength(1);
  });

  test('that is rejected is read again, and the request repeated when it has changed', async () => {
    const cloud = await startCloud();
    let reads = 0;
    const reveal = () => {
      reads += 1;
      return reads === 1 ? 'stale' : cloud.token;
    };
    const look = newLook();
    await ask(clientWith(cloud.url, { kind: 'token', token: { reveal } }), look);
    expect(cloud.requests.map(({ status }) => status)).toEqual([401, 200]);
    expect(look.trace.requests).toBe(2);
    expect(look.trace.requestIds.size).toBe(2);
  });

  test('that changes is tried once more, not for ever', async () => {
    const cloud = await startCloud();
    let reads = 0;
    const reveal = () => `stale-${reads++}`;
    await expect(ask(clientWith(cloud.url, { kind: 'token', token: { reveal } }))).rejects.toMatchObject({
      status: 401,
    });
    expect(cloud.requests).toHaveLength(2);
  });
});

describe('a password', () => {
  test('is exchanged for one token, however many requests need it at once', async () => {
    const cloud = await startCloud({ bytes: 40 * 1024 });
    const client = clientWith(cloud.url, passwordOf(cloud));
    await Promise.all(Array.from({ length: 8 }, () => ask(client)));
    await ask(client);
    expect(logins(cloud)).toHaveLength(1);
    expect(questions(cloud).map(({ status }) => status)).toEqual(Array(9).fill(200));
  });

  test('is sent to IAM with or without the version in its URL', async () => {
    const cloud = await startCloud();
    await ask(clientWith(cloud.url, passwordOf(cloud, { authUrl: cloud.url })));
    await ask(clientWith(cloud.url, passwordOf(cloud, { authUrl: `${cloud.url}/v3/` })));
    expect(logins(cloud).map(({ path, status }) => [path, status])).toEqual([
      ['/v3/auth/tokens', 201],
      ['/v3/auth/tokens', 201],
    ]);
  });

  test('gets another token when the API rejects the one in use, and the request is repeated', async () => {
    const cloud = await startCloud();
    const client = clientWith(cloud.url, passwordOf(cloud));
    await ask(client);
    cloud.revokeTokens();
    await Promise.all([ask(client), ask(client), ask(client)]);
    expect(logins(cloud)).toHaveLength(2);
  });

  test('gets one new token for a request, not one after the other', async () => {
    const cloud = await startCloud();
    const client = clientWith(cloud.url, passwordOf(cloud));
    cloud.setFaults([{ when: { endpoint: 'images' }, effect: { kind: 'error', code: 'APIGW.0301' } }]);
    await expect(ask(client)).rejects.toMatchObject({ kind: 'unauthorized', code: 'APIGW.0301' });
    expect(logins(cloud)).toHaveLength(2);
    expect(questions(cloud)).toHaveLength(2);
  });

  test('gets a new token before the old one ends', async () => {
    const cloud = await startCloud();
    const minute = 60_000;
    let ahead = 0;
    const clock = () => new Date(Date.now() + ahead);
    const client = clientWith(cloud.url, passwordOf(cloud), { now: clock });
    await ask(client);
    ahead = (24 * 60 - 6) * minute;
    await ask(client);
    expect(logins(cloud)).toHaveLength(1);
    ahead = (24 * 60 - 4) * minute;
    await ask(client);
    expect(logins(cloud)).toHaveLength(2);
    expect(questions(cloud).map(({ status }) => status)).toEqual([200, 200, 200]);
  });

  test('that IAM rejects is not sent again', async () => {
    const cloud = await startCloud();
    const client = clientWith(cloud.url, passwordOf(cloud, { password: 'hunter2-wrong' }));
    const failures = await Promise.all([1, 2, 3].map(() => ask(client).catch((error: unknown) => error)));
    failures.push(await ask(client).catch((error: unknown) => error));
    for (const failure of failures) {
      expect(failure).toMatchObject({ kind: 'unauthorized', status: 401, retryable: false });
      expect(failure).toMatchObject({ message: expect.stringContaining('not tried again until it changes') });
    }
    expect(logins(cloud)).toHaveLength(1);
    expect(questions(cloud)).toHaveLength(0);
  });

  test('is sent again when IAM could not answer', async () => {
    const cloud = await startCloud();
    cloud.setFaults([
      { when: { endpoint: 'tokens', nth: 1 }, effect: { kind: 'reset' } },
      { when: { endpoint: 'tokens', nth: 2 }, effect: { kind: 'raw', status: 503 } },
    ]);
    await ask(clientWith(cloud.url, passwordOf(cloud)));
    expect(logins(cloud)).toHaveLength(3);
  });

  test('stays out of what IAM says', async () => {
    const iam = await startApi(({ body }, response) =>
      sendJson(
        response,
        { error: { code: 401, message: `wrong: ${body}`, title: 'Unauthorized' } },
        { status: 401 },
      ),
    );
    closers.push(iam.close);
    const cloud = await startCloud();
    const client = clientWith(cloud.url, passwordOf(cloud, { authUrl: iam.url, password: 'hunter2' }));
    const failure = await ask(client).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'IAM.401' });
    expect(String(failure) + JSON.stringify(failure)).not.toContain('hunter2');
    expect(JSON.parse(iam.requests[0]?.body ?? '')).toEqual({
      auth: {
        identity: {
          methods: ['password'],
          password: {
            user: { name: cloud.user.name, password: 'hunter2', domain: { name: cloud.user.domain } },
          },
        },
        scope: { project: { id: 'p1' } },
      },
    });
  });

  test('that nobody waits for any more is not waited for', async () => {
    const cloud = await startCloud();
    cloud.setFaults([{ when: { endpoint: 'tokens' }, effect: { kind: 'hang' } }]);
    const client = clientWith(cloud.url, passwordOf(cloud));
    const stop = new AbortController();
    const stopped = ask(client, newLook(stop.signal));
    await expect.poll(() => logins(cloud).length).toBe(1);
    stop.abort('shutting down');
    await expect(stopped).rejects.toBe('shutting down');
    cloud.setFaults([]);
    await ask(client);
    expect(logins(cloud)).toHaveLength(2);
  });
});
