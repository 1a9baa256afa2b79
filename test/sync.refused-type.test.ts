import { expect, test } from 'vitest';
import { CphError, type CphErrorKind } from '../src/cph/errors.ts';
import type { Listing } from '../src/cph/listing.ts';
import type { ImageType } from '../src/inventory/image.ts';
import { lookAtListings } from '../src/sync/look.ts';
import { newLook } from './support/cph-api.ts';

function listing(image_type: ImageType, refusal: CphError | null): Listing {
  return {
    source: 'images',
    image_type,
    list: async () => {
      if (refusal) throw refusal;
      return { records: [], rejected: [], proof: 'complete', drift: [] };
    },
  };
}

const refusal = (code: string, status: number, kind: CphErrorKind = 'refused') =>
  new CphError('refused', { kind, code, status });

async function proofOf(image_type: ImageType, error: CphError, other: CphError | null = null) {
  const look = [listing(image_type, error), listing('share', other)];
  const [settled] = await lookAtListings(look, newLook());
  return settled?.proof;
}

test.each(['CPS.0009', 'CPS.0099'])(
  'public images that are refused with %s are not offered',
  async (code) => {
    expect(await proofOf('public', refusal(code, 400))).toBe('unsupported');
  },
);

test.each([
  refusal('CPS.0002', 400),
  refusal('CPS.0010', 400),
  refusal('CPS.0030', 400),
  refusal('CPS.0099', 404),
  refusal('APIGW.0101', 404),
  refusal('http_400', 400),
  refusal('CPS.0003', 500, 'unavailable'),
])('a refusal that is not about the type is a failure: $code as $status', async (error) => {
  expect(await proofOf('public', error)).toBe('failed');
});

test('no other type is ever one that is not offered', async () => {
  expect(await proofOf('private', refusal('CPS.0009', 400))).toBe('failed');
});

test('a refusal that every other type meets as well is a failure', async () => {
  expect(await proofOf('public', refusal('CPS.0009', 400), refusal('CPS.0009', 400))).toBe('failed');
});
