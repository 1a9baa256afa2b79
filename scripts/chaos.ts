/**
 * Three replicas keep 300 projects in step for five minutes while one after the other is killed, one is paused, Postgres
 * crashes twice and loses connections all the time; then everything in the database is compared with what happened:
 *
 *     npm run chaos
 *     npx tsx scripts/chaos.ts [projects] [images] [seconds]
 *
 * With TEST_PGBOUNCER=1 replicas reach Postgres through a PgBouncer that lends connections by the transaction, and
 * TEST_POSTGRES_BIN=<folder> crashes the Postgres whose programs are there, such as /usr/lib/postgresql/15/bin.
 * Ends with 1 when anything is wrong.
 */
import { buildProgram } from '../test/support/built-program.ts';
import { runChaos } from '../test/support/replica-chaos.ts';

const [projects = 300, images = 100, seconds = 300] = process.argv.slice(2).map(Number);
const started = performance.now();
const write = (text: string) =>
  process.stdout.write(`${((performance.now() - started) / 1000).toFixed(1).padStart(6)} s  ${text}\n`);

const program = await buildProgram();
const { faults, ...figures } = await runChaos({
  program,
  ...{ projects, images, replicas: 3 },
  milliseconds: seconds * 1000,
  crashes: 2,
  pooled: Boolean(process.env.TEST_PGBOUNCER),
  note: write,
}).finally(program.remove);
write(JSON.stringify(figures));
for (const fault of faults) write(fault);
const starved = figures.longest_wait_ms > 60_000;
if (starved) write('a project waited for more than a minute, with nobody who died meanwhile');
write(faults.length > 0 || starved ? 'FAILED' : 'everything is as it should be');
process.exitCode = faults.length > 0 || starved ? 1 : 0;
