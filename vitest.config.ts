import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Begun last, one of these would leave a worker idle for as long as it takes. */
const LONGEST = /replicas\.chaos|\/property\/|\/secrets\.|daemon\.shutdown|daemon\.reload|store\.embedded/;

/** What took long the last time comes first; a machine that is new knows nothing of that but {@link LONGEST}. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const isLong = ({ moduleId }: TestSpecification) => LONGEST.test(moduleId);
    return [...sorted.filter(isLong), ...sorted.filter((file) => !isLong(file))];
  }
}

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    globalSetup: ['test/support/run-folder.ts', 'test/support/postgres-server.ts'],
    sequence: { sequencer: LongestFirst },
    // Each file brings its own database; more workers than this only wait for one another on a small machine.
    maxWorkers: 2,
    // A worker loads the code once and not for each file: 0.3 s of processor time less for every file.
    isolate: false,
    // Starting a Postgres takes a second, and ten on a machine that others keep busy.
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
