/** A project whose images a test says, swept for real, and a relay that tells a real Alertmanager of them. */
import { beforeEach } from 'vitest';
import { createAlertmanagerSink } from '../../src/delivery/alertmanager.ts';
import type { Database } from '../../src/store/database.ts';
import type { RunReport } from '../../src/sync/run.ts';
import { keyOf, type TestAlertmanager, useAlertmanager } from './alertmanager.ts';
import { imagesRecord } from './image-records.ts';
import { useTestDatabase } from './postgres.ts';
import { type StartedRelay, useRelays } from './relay.ts';
import { type ScriptedApi, scriptedProject } from './scripted-project.ts';
import { until } from './until.ts';

export const MINUTE = 60_000;

/** Nothing can be read. */
export const OUTAGE = {
  proofs: { public: 'failed', private: 'failed', share: 'failed', all: 'failed' },
} as const;

interface Alerting {
  readonly db: Database;
  readonly alertmanager: TestAlertmanager;
  /** The API of project `p1`. */
  readonly api: ScriptedApi;
  readonly startRelay: (options?: { now?: () => Date; baselineAlerts?: boolean }) => Promise<StartedRelay>;
  /** Sweeps the project as it is. */
  readonly sweep: (at?: Date) => Promise<RunReport>;
  /** Sweeps it with these images from now on, each with its status code: 0 creating, 1 usable, 2 failed. */
  readonly sweepWith: (statuses: Readonly<Record<string, number>>, at?: Date) => Promise<RunReport>;
  /** Waits until exactly these alerts are active; see {@link keyOf}. */
  readonly untilActive: (...keys: string[]) => Promise<void>;
  readonly activeKeys: () => Promise<string[]>;
}

/** For the describe this is called in; an empty database and a new Alertmanager for each test. */
export function useAlerting(): Alerting {
  const database = useTestDatabase();
  const alertmanager = useAlertmanager();
  const relays = useRelays();
  let project: Awaited<ReturnType<typeof scriptedProject>>;
  beforeEach(async () => {
    await database.truncate();
    project = await scriptedProject(database.db);
  });
  const sweep = (at = new Date()) => project.sweep({ now: () => at });
  const activeKeys = async () => (await alertmanager.active()).map(keyOf);
  return {
    get db() {
      return database.db;
    },
    get api() {
      return project.api;
    },
    alertmanager,
    startRelay: ({ now = () => new Date(), baselineAlerts = false } = {}) => {
      const { url } = alertmanager;
      const sink = createAlertmanagerSink({ name: 'alertmanager', url, baselineAlerts, timeoutMs: 5_000 });
      return relays.start({ ...database, sinks: [sink], now });
    },
    sweep,
    sweepWith: (statuses, at) => {
      project.api.records = Object.entries(statuses).map(([image_id, status_code]) =>
        imagesRecord(image_id, { status_code }),
      );
      return sweep(at);
    },
    untilActive: async (...keys) => {
      await until(async () => JSON.stringify(await activeKeys()) === JSON.stringify(keys));
    },
    activeKeys,
  };
}

export function minutesAgo(minutes: number): Date {
  return new Date(Date.now() - minutes * MINUTE);
}
