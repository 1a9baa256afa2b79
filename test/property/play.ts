/** Plays a history: the real client against the simulator over HTTP, the real sweeps and watches against Postgres. */
import { type Simulator, startSimulator } from '../../src/simulator/server.ts';
import { createWorld, type World } from '../../src/simulator/world.ts';
import { approveRemovals, readHeld } from '../../src/store/approvals.ts';
import type { Database } from '../../src/store/database.ts';
import { registerProjects } from '../../src/store/projects.ts';
import type { SyncProject } from '../../src/sync/project.ts';
import type { RunReport } from '../../src/sync/run.ts';
import { sweepProject } from '../../src/sync/sweep.ts';
import { watchProject } from '../../src/sync/watch.ts';
import type { OwnClient } from '../support/cph-api.ts';
import { moment } from '../support/moment.ts';
import type { Beside, Configuration, History, LookPlan, Round } from './history.ts';
import { connect, projectOf } from './program.ts';
import { type EventRow, type Log, readLog, readTable, type Table } from './tables.ts';
import { type Moment, type Upstream, upstreamOf } from './upstream.ts';
import { type Halts, type Sight, witnessed } from './witness.ts';

/** One look. */
export interface Looked {
  readonly plan: LookPlan;
  readonly configuration: Configuration;
  readonly report: RunReport;
  readonly sight: Sight;
  /** The truth from when it began to when it ended, through all that was done meanwhile. */
  readonly truth: readonly Moment[];
  /** What vanished while it read. */
  readonly vanished: ReadonlySet<string>;
  readonly before: Table;
  readonly after: Table;
  /** What it added to the log. */
  readonly events: readonly EventRow[];
}

export function isApplied({ report: { status } }: Pick<Looked, 'report'>): boolean {
  return status === 'succeeded' || status === 'partial' || status === 'held';
}

export interface Played {
  readonly history: History;
  readonly upstream: Upstream;
  /** In the order in which they ended. */
  readonly looks: readonly Looked[];
  readonly log: Log;
}

interface Use {
  readonly configuration: Configuration;
  readonly project: SyncProject;
}

interface Stage {
  readonly db: Database;
  readonly cloud: Simulator;
  readonly upstream: Upstream;
  readonly configured: (configuration: Configuration) => Use;
  /** What is configured now. */
  use: Use;
  /** The truth so far. */
  readonly moments: Moment[];
  readonly looks: Omit<Looked, 'events'>[];
  table: Table;
}

const CALM: LookPlan = { kind: 'sweep', faults: [], stopped: false };
/**
 * A removal takes two looks, one more when the sources did not lose the image together, and one more where fields are
 * left out of every second answer.
 */
const CALM_SWEEPS = 4;
/** A rejected credential is kept back for no longer. */
const CALM_MS = 15 * 60_000;

/** An edition names images by their place at the start: a history does not know their ids. */
function idsAt(places: readonly string[], world: World): string[] {
  const ids = Array.from(world.all(), ({ image_id }) => image_id);
  return places.map((place) => ids[Number(place)] ?? place);
}

/** Plays a history, and then lets it come to rest with sweeps of a cloud in which nothing happens any more. */
export async function play(db: Database, history: History, project_id: string): Promise<Played> {
  const { seed, images, more, edition } = history;
  const start = new Date('2026-01-01T00:00:00Z');
  const world = createWorld({ seed, start, projects: [project_id], images });
  for (let n = 0; n < (more?.count ?? 0); n += 1)
    world.create({ image_type: more?.image_type ?? 'private', status: 1 });
  const cloud = await startSimulator({
    world,
    edition: { ...edition, byIdOnly: idsAt(edition.byIdOnly, world) },
  });
  const clients: OwnClient[] = [];
  /** A program that is configured anew starts anew, and knows nothing of the endpoint. */
  const configured = (configuration: Configuration) => {
    const client = connect({ cloud, now: world.now }, { history, configuration, project_id });
    clients.push(client);
    return { configuration, project: projectOf(client, { history, configuration, project_id }) };
  };
  try {
    await registerProjects(db, [{ project_id, region: 'ap-southeast-3', name: null }]);
    const upstream = upstreamOf(world, edition);
    const stage: Stage = {
      db,
      cloud,
      upstream,
      configured,
      use: configured(history.configuration),
      moments: [],
      looks: [],
      table: new Map(),
    };
    for (const round of history.rounds) await playRound(round, stage);
    await comeToRest(stage, history);
    const log = await readLog(db, project_id);
    const eventsOf = (run_id: number) => log.events.filter((event) => event.run_id === run_id);
    const looks = stage.looks.map((look) => ({ ...look, events: eventsOf(look.report.run_id) }));
    return { history, upstream, looks, log };
  } finally {
    for (const client of clients) await client.close();
    await cloud.close();
  }
}

async function playRound(round: Round, stage: Stage): Promise<void> {
  if (round.configuration) stage.use = stage.configured(round.configuration);
  stage.upstream.world.advance(round.seconds * 1000);
  for (const mutation of round.mutations) stage.upstream.mutate(mutation);
  stage.moments.push(stage.upstream.look());
  if (round.beside) await lookBeside(round.look, round.beside, stage);
  else await take(round.look, {}, stage);
  if (round.approve) await approve(stage);
}

/** As many images as a sweep asks for by id, and so the most that it removes (docs/proof.md). */
const MOST_QUESTIONS = 200;

/**
 * Ends with one sweep more than it takes, which must find that nothing has changed. It takes one more for each that has
 * used up its questions.
 */
async function comeToRest(stage: Stage, history: History): Promise<void> {
  stage.upstream.mutate({ act: 'mend' });
  stage.use = stage.configured(history.configuration);
  for (let left = CALM_SWEEPS; left > 0; left -= 1) {
    await takeCalmly(stage);
    await approve(stage);
    if ((stage.looks.at(-1)?.report.removed ?? 0) >= MOST_QUESTIONS) left += 1;
  }
  await takeCalmly(stage);
}

async function takeCalmly(stage: Stage): Promise<void> {
  stage.upstream.world.advance(CALM_MS);
  stage.moments.push(stage.upstream.look());
  await take(CALM, {}, stage);
}

async function approve(stage: Stage): Promise<void> {
  const { project_id } = stage.use.project;
  await approveRemovals(stage.db, project_id, (await readHeld(stage.db, project_id)).images);
  stage.table = await readTable(stage.db, project_id);
}

/**
 * The round's look has read everything when another one begins; it goes on when the other has ended, or, where the other
 * waits, ends before it.
 */
async function lookBeside(plan: LookPlan, { meanwhile, look, waits }: Beside, stage: Stage): Promise<void> {
  const first = gate();
  const second = gate();
  const older = take(plan, { listed: first.pass }, stage);
  await Promise.race([first.reached, older]);
  stage.upstream.world.advance(1000);
  for (const mutation of meanwhile) stage.upstream.mutate(mutation);
  stage.moments.push(stage.upstream.look());
  const newer = take(look, waits ? { asking: second.pass } : {}, stage);
  await Promise.race([second.reached, newer]);
  stage.cloud.setFaults([]);
  first.open();
  await older;
  second.open();
  await newer;
}

/** Whoever passes waits until it is opened; `reached` comes when the first does. */
function gate() {
  const reached = moment();
  const opened = moment();
  const pass = async () => {
    reached.now();
    await opened.come;
  };
  return { reached: reached.come, open: opened.now, pass };
}

async function take(plan: LookPlan, halts: Halts, stage: Stage): Promise<void> {
  const { db, cloud, upstream, moments, looks } = stage;
  const { configuration } = stage.use;
  const began = { at: moments.length - 1, entry: upstream.world.history.length };
  const stop = new AbortController();
  const { project, sight } = witnessed(stage.use.project, {
    ...halts,
    listed: async () => {
      moments.push(upstream.look());
      if (plan.stopped) stop.abort(new Error('asked to stop'));
      else await halts.listed?.();
    },
  });
  cloud.setFaults(plan.faults);
  const look = plan.kind === 'sweep' ? sweepProject : watchProject;
  const report = await look(db, project, { now: upstream.world.now, signal: stop.signal });
  if (!report) return;
  const before = stage.table;
  stage.table = await readTable(db, project.project_id);
  moments.push(upstream.look());
  const vanished = upstream.world.history
    .slice(began.entry)
    .filter(({ to }) => to === null)
    .map(({ image_id }) => image_id);
  const truth = moments.slice(began.at);
  looks.push({
    plan,
    configuration,
    report,
    sight,
    truth,
    vanished: new Set(vanished),
    before,
    after: stage.table,
  });
}
