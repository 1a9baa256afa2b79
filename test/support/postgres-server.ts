import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../../src/store/embedded/embedded.ts';
import { type RunningServer, runningServer } from '../../src/store/embedded/pidfile.ts';
import { migrateDatabase } from '../../src/store/migrate.ts';
import { startPgBouncer } from './pgbouncer.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** The server of this run; a role that may create databases. */
    postgresUrl: string;
    /** A migrated database that nobody is connected to. */
    templateDatabase: string;
    /** The same server through a PgBouncer, for all that tests do not need a session for; `postgresUrl` without one. */
    pooledUrl: string;
  }
}

interface TestServer {
  readonly url: string;
  readonly close: () => Promise<void>;
}

/** Fewer than a test opens, so that they go from hand to hand. */
const POOLED = { connections: 4 };
const DOCKER_PROBE_MS = 3_000;
const IMAGE_MS = 120_000;

/** Vitest's global setup: one server for the run, and on it the template that test files clone. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await findServer();
  try {
    const template = await createTemplate(server.url);
    const pooler = process.env.TEST_PGBOUNCER ? await startPgBouncer(server.url, POOLED) : null;
    project.provide('postgresUrl', server.url);
    project.provide('templateDatabase', template);
    project.provide('pooledUrl', pooler?.through(server.url) ?? server.url);
    return async () => {
      await pooler?.close();
      await administer(server.url, `drop database ${template} with (force)`);
      await server.close();
    };
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function createTemplate(serverUrl: string): Promise<string> {
  const template = `cph_test_${randomBytes(4).toString('hex')}_template`;
  await administer(serverUrl, `create database ${template}`);
  await migrateDatabase({ url: databaseUrl(serverUrl, template) });
  return template;
}

/** The same server, another database. */
export function databaseUrl(serverUrl: string, database: string): string {
  const url = new URL(serverUrl);
  url.pathname = `/${database}`;
  return url.href;
}

/** Runs one statement that cannot run inside a transaction. */
export async function administer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function findServer(): Promise<TestServer> {
  const given = process.env.TEST_DATABASE_URL;
  if (given) return { url: given, close: async () => undefined };
  return (await startContainer()) ?? (await startEmbedded());
}

/** Undefined where no Docker daemon answers. testcontainers itself would look for one at several places, for long. */
async function startContainer(): Promise<TestServer | undefined> {
  try {
    await promisify(execFile)('docker', ['version', '--format', '{{.Server.Version}}'], {
      timeout: DOCKER_PROBE_MS,
    });
  } catch {
    return undefined;
  }
  try {
    const { PostgreSqlContainer } = await import('@testcontainers/postgresql');
    const starting = new PostgreSqlContainer('postgres:18-alpine')
      .withCommand(['postgres', '-c', 'fsync=off', '-c', 'max_connections=200'])
      .start();
    const container = await within(IMAGE_MS, starting);
    return { url: container.getConnectionUri(), close: async () => void (await container.stop()) };
  } catch (error) {
    process.stderr.write(`Docker answers but gives no Postgres, using the embedded one: ${String(error)}\n`);
    return undefined;
  }
}

async function within<Result>(milliseconds: number, started: Promise<Result>): Promise<Result> {
  const late = AbortSignal.timeout(milliseconds);
  return Promise.race([
    started,
    new Promise<never>((_, reject) => late.addEventListener('abort', () => reject(late.reason))),
  ]);
}

async function startEmbedded(): Promise<TestServer> {
  const dataDir = await mkdtemp(join(tmpdir(), 'cph-inventory-test-'));
  let running: RunningServer | undefined;
  // On Ctrl-C vitest ends without its teardown.
  const discard = () => {
    if (running) process.kill(running.pid, 'SIGQUIT');
    rmSync(dataDir, { recursive: true, force: true, maxRetries: 5 });
  };
  process.once('exit', discard);
  const server = await startEmbeddedPostgres({ dataDir });
  running = await runningServer(join(dataDir, 'postgres', 'data'));
  // What is lost in a crash of this machine, nobody wants back.
  await administer(server.url, 'alter system set fsync = off');
  await administer(server.url, 'select pg_reload_conf()');
  return {
    url: server.url,
    close: async () => {
      process.off('exit', discard);
      await server.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
