/**
 * A program that uses the embedded Postgres, for tests to fork: `postgres-program.js <dataDir>
 * [<embedded.js>]`. It tells its parent the URL and closes on the message `close`. On Ctrl-C it uses the
 * database once more before it closes.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';

const [dataDir = '', embedded = resolve(import.meta.dirname, '../../src/store/embedded/embedded.js')] =
  process.argv.slice(2);
const { startEmbeddedPostgres }: typeof import('../../src/store/embedded/embedded.ts') = await import(
  pathToFileURL(embedded).href
);

const server = await startEmbeddedPostgres({ dataDir });

process.on('message', close);
process.on('SIGINT', async () => {
  const client = new pg.Client({ connectionString: server.url });
  await client.connect();
  await client.query('create table after_interrupt ()');
  await client.end();
  await close();
});
process.send?.(server.url);

async function close(): Promise<void> {
  await server.close();
  process.disconnect();
}
