/**
 * Reloads a daemon 300 times and says what that does to its memory, its timers and its counters:
 *
 *     npm run reloads
 *     npx tsx scripts/reloads.ts [reloads]
 *
 * Ends with 1 when any of them does not stay as it is.
 */
import { join } from 'node:path';
import { buildProgram } from '../test/support/built-program.ts';
import { faultsOf, type Measured, reloaded } from '../test/support/reloads.ts';

const [reloads = 300] = process.argv.slice(2).map(Number);
const program = await buildProgram();
const env = { CPH_DATA_DIR: join(program.folder, 'data') };
const all: Measured[] = [];
for await (const measured of reloaded({ program, env, reloads, every: 25 })) {
  process.stdout.write(`${JSON.stringify(measured)}\n`);
  all.push(measured);
}
await program.remove();
const faults = faultsOf(all);
for (const fault of faults) process.stdout.write(`${fault}\n`);
process.stdout.write(`${faults.length > 0 ? 'FAILED' : 'everything stays as it is'}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
