/** The recipe of docs/tracing.md, as it stands there. */
import { once } from 'node:events';
import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, onTestFinished, test } from 'vitest';
import { startSimulator } from '../src/simulator/server.ts';
import { createWorld } from '../src/simulator/world.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';
import { useProgram } from './support/program.ts';
import { projectEnv } from './support/simulated-project.ts';

const database = useTestDatabase();
const program = useProgram();

/** What an OpenTelemetry collector is sent. */
async function collector() {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    bodies.push(`${request.url} ${await text(request)}`);
    response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { bodies, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

test('a collector gets the spans of a sweep, and its event the trace they are in', async () => {
  const page = await readFile(new URL('../docs/tracing.md', import.meta.url), 'utf8');
  const otel = join(program.folder, 'package', 'otel.mjs');
  await writeFile(otel, /```js\n([\s\S]*?)```/.exec(page)?.[1] ?? '');
  const world = createWorld({ seed: 1, start: new Date(), projects: ['p1'], images: 1 });
  const cloud = await startSimulator({ world, now: () => new Date() });
  onTestFinished(() => cloud.close());
  const { bodies, url } = await collector();
  const ended = await program.run(['sync'], {
    ...projectEnv(cloud, 'p1'),
    DATABASE_URL: database.url,
    NODE_OPTIONS: `--import=${otel}`,
    OTEL_SERVICE_NAME: 'cph-inventory',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
  });
  expect([ended.code, ended.stderr]).toEqual([0, expect.not.stringMatching(/error/i)]);
  const all = bodies.join('\n');
  expect(all).toMatch(/^\/v1\/traces /);
  for (const name of ['cph.sweep', 'cph.listing', 'GET cloud-phone/images', 'cph.apply']) {
    expect(all).toContain(`"name":"${name}"`);
  }
  expect(all).not.toContain(cloud.token);
  const [event] = await rowsOf(database.db, 'select traceparent from cph.image_events limit 1');
  const [, traceId] = String(event?.traceparent).split('-');
  expect(traceId).toHaveLength(32);
  expect(all).toContain(`"traceId":"${traceId}"`);
});
