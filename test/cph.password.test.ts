import { describe, expect, test } from 'vitest';
import { renewalTime } from '../src/cph/auth/password.ts';

const NOW = new Date('2026-03-01T12:00:00Z');
const inMinutes = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);

describe('a token is renewed', () => {
  test('five minutes before it ends', () => {
    expect(renewalTime({ expiresAt: inMinutes(24 * 60) }, NOW)).toEqual(inMinutes(24 * 60 - 5));
  });

  test('in the last tenth of a short life', () => {
    expect(renewalTime({ expiresAt: inMinutes(10) }, NOW)).toEqual(inMinutes(9));
  });

  test('only when it is rejected, where its end is unknown or already past by our clock', () => {
    expect(renewalTime({ expiresAt: null }, NOW)).toBeNull();
    expect(renewalTime({ expiresAt: inMinutes(-1) }, NOW)).toBeNull();
  });
});
