import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect } from 'vitest';
import { type EmbeddedPostgres, startEmbeddedPostgres } from '../../src/store/embedded/embedded.ts';
import { runningServer } from '../../src/store/embedded/pidfile.ts';
import { stopServer } from '../../src/store/embedded/server.ts';
import { compiledCode } from './compiled.ts';

interface EmbeddedFixture {
  /** Only its owner can enter it: as root, the account Postgres runs as cannot. */
  readonly dataDir: string;
  readonly data: string;
  readonly start: () => Promise<EmbeddedPostgres>;
  /** Another process on the same directory, leading its own process group, with the URL it was given. */
  readonly startProgram: (options?: {
    /** Its `embedded.ts`, when that is another than ours. */
    readonly embedded?: string;
    /** The command that starts it, such as `unshare` with its options. */
    readonly within?: readonly string[];
  }) => Promise<{ program: ChildProcess; url: string }>;
  readonly expectStopped: (url: string) => Promise<void>;
}

/** A data directory for each test, and nothing left running on it afterwards. */
export function useEmbedded(): EmbeddedFixture {
  let dataDir = '';
  let ends: (() => Promise<unknown>)[] = [];
  const dataOf = () => join(dataDir, 'postgres', 'data');

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'cph-inventory-embedded-'));
    ends = [];
  });
  afterEach(async () => {
    await Promise.all(ends.map((end) => end()));
    await stopServer(dataOf());
    await rm(dataDir, { recursive: true, force: true });
  });

  return {
    get dataDir() {
      return dataDir;
    },
    get data() {
      return dataOf();
    },
    start: async () => {
      const server = await startEmbeddedPostgres({ dataDir });
      ends.push(server.close);
      return server;
    },
    startProgram: async ({ embedded, within = [] } = {}) => {
      const path = join(await compiledCode(), 'test', 'support', 'postgres-program.js');
      const node = [process.execPath, path, dataDir];
      const [command = '', ...args] = [...within, ...node, ...(embedded ? [embedded] : [])];
      const program = spawn(command, args, { stdio: ['ignore', 'inherit', 'pipe', 'ipc'], detached: true });
      const exited = once(program, 'exit');
      let said = '';
      program.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk;
      });
      ends.push(() => {
        program.kill('SIGKILL');
        return exited;
      });
      const failed = exited.then(([code]) =>
        Promise.reject(new Error(`the program ended with ${code}: ${said}`)),
      );
      const [url] = await Promise.race([once(program, 'message'), failed]);
      failed.catch(() => undefined);
      return { program, url: String(url) };
    },
    expectStopped: async (url) => {
      expect(await runningServer(dataOf())).toBeUndefined();
      await expect(query(url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    },
  };
}

export async function query(url: string, statement: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(statement)).rows;
  } finally {
    await client.end();
  }
}
