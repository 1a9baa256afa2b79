import { describe, expect, it, onTestFinished } from 'vitest';
import type { KeyPair } from '../src/simulator/access.ts';
import { type Simulator, startSimulator } from '../src/simulator/server.ts';
import { signatureClaim, signatureOf } from '../src/simulator/signature.ts';
import { createWorld } from '../src/simulator/world.ts';

const MINUTE = 60_000;

async function quietCloud() {
  const world = createWorld({ seed: 1, start: new Date('2026-01-01T00:00:00Z'), projects: ['ours'] });
  const cloud = await startSimulator({ world });
  onTestFinished(() => cloud.close());
  return { world, cloud };
}

function sdkDate(instant: Date): string {
  return instant.toISOString().replace(/[-:]|\.\d+/g, '');
}

interface Signing {
  readonly keyPair: KeyPair;
  readonly at: Date;
  readonly query?: string;
  readonly signedHeaders?: readonly string[];
  /** Sent in place of what was signed. */
  readonly sentQuery?: string;
}

async function signedStatus(cloud: Simulator, signing: Signing): Promise<number> {
  const { keyPair, at, query = 'image_name=a%20b%2Fc&limit=10&image_type=private' } = signing;
  const signedHeaders = signing.signedHeaders ?? ['host', 'x-sdk-date'];
  const path = '/v1/ours/cloud-phone/images';
  const date = sdkDate(at);
  const headers = { host: new URL(cloud.url).host, 'x-sdk-date': date };
  const signable = { method: 'GET', path, query: new URLSearchParams(query), headers, body: '' };
  const signature = signatureOf(signable, signedHeaders, keyPair.secret);
  const claim = `Access=${keyPair.access}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`;
  const response = await fetch(`${cloud.url}${path}?${signing.sentQuery ?? query}`, {
    headers: {
      'X-Sdk-Date': date,
      Authorization: `SDK-HMAC-SHA256 ${claim}`,
      ...(keyPair.securityToken === undefined ? {} : { 'X-Security-Token': keyPair.securityToken }),
    },
  });
  return response.status;
}

describe('a signature', () => {
  it('is the one the signing guide publishes', () => {
    const query = 'limit=2&marker=13551d6b-755d-4757-b956-536f674975c0';
    const request = {
      method: 'GET',
      path: '/v1/77b6a44cba5143ab91d13ab9a8ff44fd/vpcs',
      query: new URLSearchParams(query),
      headers: {
        'content-type': 'application/json',
        host: 'service.region.example.com',
        'x-sdk-date': '20191115T033655Z',
      },
      body: '',
    };
    const secret = 'MFyfvK41ba2giqM7Uio6PznpdUKGpownRZlmVmHc';
    expect(signatureOf(request, ['content-type', 'host', 'x-sdk-date'], secret)).toBe(
      '7be6668032f70418fcc22abc52071e57aff61b84a1d2381bb430d6870f4f6ebe',
    );
  });

  it('is read from the header it comes in', () => {
    const signature = 'a'.repeat(64);
    const header = `SDK-HMAC-SHA256 Access=KEY, SignedHeaders=host;x-sdk-date, Signature=${signature}`;
    expect(signatureClaim(header)).toEqual({
      access: 'KEY',
      signedHeaders: ['host', 'x-sdk-date'],
      signature,
    });
    expect(signatureClaim('Bearer something')).toBeNull();
    expect(signatureClaim(undefined)).toBeNull();
  });

  it('lets a request in when it is right', async () => {
    const { world, cloud } = await quietCloud();
    expect(await signedStatus(cloud, { keyPair: cloud.keyPair, at: world.now() })).toBe(200);
  });

  it('is refused when made with another secret, for another request or an unknown key', async () => {
    const { world, cloud } = await quietCloud();
    const { keyPair } = cloud;
    const at = world.now();
    expect(await signedStatus(cloud, { keyPair: { ...keyPair, secret: 'wrong' }, at })).toBe(401);
    expect(await signedStatus(cloud, { keyPair, at, sentQuery: 'limit=11' })).toBe(401);
    expect(await signedStatus(cloud, { keyPair: { ...keyPair, access: 'UNKNOWN' }, at })).toBe(401);
    expect(await signedStatus(cloud, { keyPair, at, signedHeaders: ['host'] })).toBe(401);
    expect(await signedStatus(cloud, { keyPair, at })).toBe(200);
  });

  it('is good for 15 minutes either way', async () => {
    const { world, cloud } = await quietCloud();
    const { keyPair } = cloud;
    const minutesAway = (minutes: number) => new Date(world.now().getTime() + minutes * MINUTE);
    expect(await signedStatus(cloud, { keyPair, at: minutesAway(-15) })).toBe(200);
    expect(await signedStatus(cloud, { keyPair, at: minutesAway(15) })).toBe(200);
    expect(await signedStatus(cloud, { keyPair, at: minutesAway(-16) })).toBe(401);
    expect(await signedStatus(cloud, { keyPair, at: minutesAway(16) })).toBe(401);
  });

  it('needs the security token where the key pair is temporary, and only there', async () => {
    const { world, cloud } = await quietCloud();
    const at = world.now();
    const { access, secret, securityToken } = cloud.temporaryKeyPair;
    expect(await signedStatus(cloud, { keyPair: cloud.temporaryKeyPair, at })).toBe(200);
    expect(await signedStatus(cloud, { keyPair: { access, secret }, at })).toBe(401);
    expect(await signedStatus(cloud, { keyPair: { access, secret, securityToken: 'old' }, at })).toBe(401);
    expect(await signedStatus(cloud, { keyPair: { ...cloud.keyPair, securityToken }, at })).toBe(401);
  });

  it('locks its key for five minutes after more than five failures, and no other key', async () => {
    const { world, cloud } = await quietCloud();
    const { keyPair, temporaryKeyPair } = cloud;
    const wrong = { ...keyPair, secret: 'wrong' };
    const fail = async (times: number) => {
      for (let failure = 0; failure < times; failure++) {
        expect(await signedStatus(cloud, { keyPair: wrong, at: world.now() })).toBe(401);
      }
    };
    for (const _ of ['first five', 'five more after a success']) {
      await fail(5);
      expect(await signedStatus(cloud, { keyPair, at: world.now() })).toBe(200);
    }
    await fail(6);
    world.advance(5 * MINUTE - 1);
    expect(await signedStatus(cloud, { keyPair, at: world.now() })).toBe(401);
    expect(await signedStatus(cloud, { keyPair: temporaryKeyPair, at: world.now() })).toBe(200);
    world.advance(1);
    expect(await signedStatus(cloud, { keyPair, at: world.now() })).toBe(200);
  });
});
