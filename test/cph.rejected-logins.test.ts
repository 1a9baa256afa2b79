import { describe, expect, test } from 'vitest';
import { choosyCloud as cloud, login, loginsAt, rejection } from './support/choosy-cloud.ts';

describe('a password', () => {
  test('that is wrong is offered once by all projects of the user, and a corrected one at once', async () => {
    const { api, state, project } = await cloud();
    state.logins = false;
    let password = 'wrong';
    const asks = Array.from({ length: 12 }, (_, n) =>
      project(
        login(api.url, `p${n}`, () => password),
        `p${n}`,
      ),
    );
    await Promise.all(asks.map((ask) => ask()));
    expect(api.requests).toHaveLength(1);
    state.logins = true;
    password = 'right';
    expect(await Promise.all(asks.map((ask) => ask()))).toEqual(Array(12).fill('ok'));
    expect(loginsAt(api)).toBe(1 + 12);
  });

  test('that has worked and is rejected once is tried again after a quarter of an hour', async () => {
    const { api, state, project, later } = await cloud();
    const ask = project(login(api.url, 'p1'));
    await ask();
    state.accepts = ({ credential }) => credential !== 't1';
    state.logins = false;
    expect(await ask()).toMatchObject(rejection(/next try at 2026-01-01T00:15:00Z/));
    state.logins = true;
    later(14);
    const asked = api.requests.length;
    expect(await ask()).toMatchObject(rejection(/IAM auth\/tokens: not sent, next try/));
    expect(api.requests).toHaveLength(asked);
    later(1);
    expect(await ask()).toBe('ok');
  });

  test('whose fresh tokens are refused is not exchanged for token after token', async () => {
    const { api, state, project, later } = await cloud();
    const ask = project(login(api.url, 'p1'));
    state.accepts = () => false;
    for (let second = 0; second < 12; second += 1) {
      await Promise.all([ask(), ask(), ask(), ask('phone-images')]);
      later(1 / 60);
    }
    expect(loginsAt(api)).toBe(2);
    for (let minute = 0; minute < 60; minute += 1) {
      await ask();
      later(1);
    }
    expect(loginsAt(api)).toBeLessThanOrEqual(2 + 7);
    state.accepts = () => true;
    later(15);
    expect(await ask()).toBe('ok');
  });

  test('whose token one endpoint rejects, and the other takes, is exchanged once more', async () => {
    const { api, state, project } = await cloud();
    const ask = project(login(api.url, 'p1'));
    state.accepts = ({ endpoint }) => endpoint !== 'phone-images';
    for (let n = 0; n < 5; n += 1) {
      expect(await ask()).toBe('ok');
      expect(await ask('phone-images')).toMatchObject({ kind: 'denied' });
    }
    expect(loginsAt(api)).toBe(2);
  });
});
