import { once } from 'node:events';
import { type IncomingMessage, request } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type Simulator, type SimulatorOptions, startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';

const START = new Date('2026-01-01T00:00:00Z');
const MINUTE = 60_000;

async function cloudWith(options: Partial<SimulatorOptions> = {}) {
  const world = createWorld({ seed: 1, start: START, projects: ['ours', 'theirs'] });
  const cloud = await startSimulator({ ...options, world });
  onTestFinished(() => cloud.close());
  return { world, cloud };
}

interface LoginFields {
  readonly password?: string;
  readonly domain?: string;
  readonly project?: { readonly id: string } | { readonly name: string };
}

async function logIn(cloud: Simulator, fields: LoginFields = {}) {
  const { password = cloud.user.password, domain = cloud.user.domain, project = { id: 'ours' } } = fields;
  const user = { name: cloud.user.name, password, domain: { name: domain } };
  const identity = { methods: ['password'], password: { user } };
  const response = await fetch(`${cloud.authUrl}/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ auth: { identity, scope: { project } } }),
  });
  const token = response.headers.get('X-Subject-Token') ?? '';
  return { status: response.status, token, body: await response.json() };
}

async function statusWith(cloud: Simulator, token: string, project_id = 'ours'): Promise<number> {
  const url = `${cloud.url}/v1/${project_id}/cloud-phone/images`;
  return (await fetch(url, { headers: { 'X-Auth-Token': token } })).status;
}

describe('a login', () => {
  it('gives a token for the project asked for, and says until when', async () => {
    const { cloud } = await cloudWith();
    const { status, token, body } = await logIn(cloud);
    expect(status).toBe(201);
    expect(body).toMatchObject({
      token: {
        expires_at: '2026-01-02T00:00:00.000000Z',
        issued_at: '2026-01-01T00:00:00.000000Z',
        methods: ['password'],
        project: { id: 'ours', name: 'ap-southeast-1' },
        user: { name: cloud.user.name, domain: { name: cloud.user.domain } },
      },
    });
    expect(await statusWith(cloud, token)).toBe(200);
    expect(await statusWith(cloud, token, 'theirs')).toBe(403);
  });

  it('finds a project by its name too', async () => {
    const { cloud } = await cloudWith();
    const { token, body } = await logIn(cloud, { project: { name: 'ap-southeast-1_2' } });
    expect(body).toMatchObject({ token: { project: { id: 'theirs' } } });
    expect(await statusWith(cloud, token, 'theirs')).toBe(200);
  });

  it('leaves earlier tokens valid; each ends in its own time', async () => {
    const { world, cloud } = await cloudWith({ tokens: { lifetimeMs: 60 * MINUTE } });
    const first = await logIn(cloud);
    world.advance(30 * MINUTE);
    const second = await logIn(cloud);
    world.advance(30 * MINUTE - 1);
    expect([await statusWith(cloud, first.token), await statusWith(cloud, second.token)]).toEqual([200, 200]);
    world.advance(1);
    expect([await statusWith(cloud, first.token), await statusWith(cloud, second.token)]).toEqual([401, 200]);
    cloud.revokeTokens();
    expect(await statusWith(cloud, second.token)).toBe(401);
  });

  it('refuses a wrong password, domain or project with the body of IAM', async () => {
    const { cloud } = await cloudWith();
    const refused = { status: 401, token: '', body: { error: { code: 401, title: 'Unauthorized' } } };
    expect(await logIn(cloud, { password: 'wrong' })).toMatchObject(refused);
    expect(await logIn(cloud, { domain: 'wrong' })).toMatchObject(refused);
    expect(await logIn(cloud, { project: { id: 'missing' } })).toMatchObject(refused);
  });

  it('refuses a body that is no login', async () => {
    const { cloud } = await cloudWith();
    for (const body of ['', '{}', '{"auth":{"identity":{"methods":["token"]}}}']) {
      const response = await fetch(`${cloud.authUrl}/auth/tokens`, { method: 'POST', body });
      expect(response.status).toBe(400);
      expect(await response.json()).toMatchObject({ error: { code: 400, title: 'Bad Request' } });
    }
  });

  it('locks the user for 15 minutes after five wrong passwords in a row', async () => {
    const { world, cloud } = await cloudWith();
    const wrong = async () => (await logIn(cloud, { password: 'wrong' })).status;
    for (let failure = 0; failure < 4; failure++) expect(await wrong()).toBe(401);
    expect((await logIn(cloud)).status).toBe(201);
    for (let failure = 0; failure < 5; failure++) expect(await wrong()).toBe(401);
    world.advance(15 * MINUTE - 1);
    expect(await logIn(cloud)).toMatchObject({ status: 403, token: '', body: { error: { code: 403 } } });
    world.advance(1);
    expect((await logIn(cloud)).status).toBe(201);
  });

  it('is in the request log without user, password or token', async () => {
    const { cloud } = await cloudWith();
    const { token } = await logIn(cloud);
    expect(cloud.requests).toMatchObject([
      { endpoint: 'tokens', project_id: null, method: 'POST', status: 201 },
    ]);
    const log = JSON.stringify(cloud.requests);
    for (const secret of [token, cloud.user.name, cloud.user.password]) expect(log).not.toContain(secret);
  });

  it('can give tokens larger than Node takes for all headers, and takes them back', async () => {
    const { cloud } = await cloudWith({ tokens: { bytes: 40 * 1024 } });
    const login = {
      auth: {
        identity: {
          methods: ['password'],
          password: {
            user: {
              name: cloud.user.name,
              password: cloud.user.password,
              domain: { name: cloud.user.domain },
            },
          },
        },
        scope: { project: { id: 'ours' } },
      },
    };
    const post = request(`${cloud.authUrl}/auth/tokens`, { method: 'POST', maxHeaderSize: 64 * 1024 });
    post.end(JSON.stringify(login));
    const [response] = (await once(post, 'response')) as [IncomingMessage];
    response.resume();
    const token = String(response.headers['x-subject-token']);
    expect(token).toHaveLength(40 * 1024);
    expect(await statusWith(cloud, token)).toBe(200);
  });
});
