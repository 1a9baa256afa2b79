import fc from 'fast-check';
import { test } from 'vitest';
import { useTestDatabase } from '../support/postgres.ts';
import { HOURS, playAll } from './trusted-listing.ts';

const database = useTestDatabase();

/** Two to four pages of the images endpoint; now and then more than one of phone-images, which gives 500 at once. */
const images = fc.oneof(
  { weight: 14, arbitrary: fc.integer({ min: 110, max: 250 }) },
  { weight: 1, arbitrary: fc.constant(560) },
);

test(
  'pages that shift, repeat and fail lose no image of a large project',
  async () => {
    await playAll(database.db, { images, share: 0.15 });
  },
  HOURS,
);
