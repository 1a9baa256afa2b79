import { expect, test } from 'vitest';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { faultsOf, type Measured, reloaded } from './support/reloads.ts';

const database = useTestDatabase();
const program = useProgram();

/** Memory is judged from 100 on; CI takes 300. */
const RELOADS = Number(process.env.RELOADS ?? 3);

test(`counters go on over ${RELOADS} reloads, and nothing is left behind`, { timeout: 600_000 }, async () => {
  const env = { DATABASE_URL: database.directUrl };
  const measured: Measured[] = [];
  for await (const one of reloaded({ program, env, reloads: RELOADS, every: Math.ceil(RELOADS / 12) })) {
    measured.push(one);
  }
  expect(measured.at(-1)).toMatchObject({ reloads: RELOADS, sweeps: RELOADS + 1 });
  expect(faultsOf(measured)).toEqual([]);
});
