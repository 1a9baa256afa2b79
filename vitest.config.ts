import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/postgres-server.ts'],
    // Each file brings its own database; more workers than this only wait for one another on a small machine.
    maxWorkers: 2,
    // Starting a Postgres takes a second, and ten on a machine that others keep busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
