import fc from 'fast-check';
import { test } from 'vitest';
import { useTestDatabase } from '../support/postgres.ts';
import { HOURS, playAll } from './trusted-listing.ts';

const database = useTestDatabase();

test(
  'whatever happens to a small project, its inventory says what was seen and lets go of what is gone',
  async () => {
    await playAll(database.db, { images: fc.integer({ min: 0, max: 20 }), share: 0.85 });
  },
  HOURS,
);
