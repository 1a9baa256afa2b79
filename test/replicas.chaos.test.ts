import { expect, test } from 'vitest';
import { useProgram } from './support/program.ts';
import { runChaos } from './support/replica-chaos.ts';

const program = useProgram();

test('replicas that are killed and paused, on a Postgres that crashes, lose nothing and invent nothing', async () => {
  const outcome = await runChaos({
    projects: 30,
    images: 30,
    replicas: 3,
    milliseconds: 35_000,
    crashes: 1,
    program,
    pooled: Boolean(process.env.TEST_PGBOUNCER),
    note: () => undefined,
  });
  expect(outcome.faults).toEqual([]);
  // What is promised: once nobody dies any more who looks at it. The whole takes a minute, and longer where that is much.
  expect(outcome.longest_wait_ms).toBeLessThan(60_000);
  // Else nothing was put to the test.
  expect(outcome.kills).toBeGreaterThan(1);
  expect(outcome.terminated).toBeGreaterThan(10);
  expect(outcome.removals).toBeGreaterThan(10);
  expect(outcome.transitions).toBeGreaterThan(30 * 30);
}, 240_000);
