import { defineConfig } from 'vitest/config';

/** Tests that need a browser: `npm run test:browser`. `npm test` needs none. */
export default defineConfig({
  test: {
    include: ['test/**/*.browser.ts'],
    globalSetup: ['test/support/run-folder.ts', 'test/support/postgres-server.ts'],
    // One browser at a time, and a machine that is busy takes its time to start one.
    maxWorkers: 1,
    isolate: false,
    testTimeout: 300_000,
    hookTimeout: 180_000,
  },
});
