/** Whether the database says what truly happened in the cloud, once everything is at rest. */
import { isDeepStrictEqual } from 'node:util';
import { statusOfCode } from '../../src/inventory/image.ts';
import type { HistoryEntry } from '../../src/simulator/history.ts';
import type { World } from '../../src/simulator/world.ts';
import type { Database } from '../../src/store/database.ts';
import type { EventRow } from '../../src/store/events.ts';
import { currentImages, rowsOf, type SqlRow, wholeLog } from './inventory-rows.ts';

export interface Audit {
  readonly sweeps: number;
  readonly events: number;
  readonly transitions: number;
  readonly removals: number;
  /** The longest time, in milliseconds, that a project went without a sweep that was applied. */
  readonly longest_gap_ms: number;
  /** The same, begun anew when somebody died who was looking at the project. */
  readonly longest_wait_ms: number;
  /** What is wrong, a sentence for each; the first few. */
  readonly faults: readonly string[];
}

const MOST_FAULTS = 20;

/** Everything known of one image in one project. */
interface Story {
  readonly history: HistoryEntry[];
  readonly events: EventRow[];
  readonly transitions: SqlRow[];
}

/** `deaths` are the moments at which replicas were killed or paused, or Postgres crashed. */
export async function audit(db: Database, world: World, deaths: readonly Date[]): Promise<Audit> {
  const log = await wholeLog(db);
  const transitions = await rowsOf(db, 'select * from cph.image_status_transitions order by event_seq');
  const runs = await rowsOf(db, `select id, status, kind, looks, started_at from cph.sync_runs`);
  const started = new Map(runs.map(({ id, started_at }) => [Number(id), Number(started_at)]));
  const stories = storiesOf(world, log, transitions);
  const tables = await faultsOfTables(db, world, stories);
  const faults = [
    ...Array.from(stories, ([name, story]) =>
      faultsOfStory(story, started).map((fault) => `${name}: ${fault}`),
    ),
    ...runs.flatMap(({ id, status }) => (status === 'running' ? [`run ${id} is still running`] : [])),
    ...(await looksLeftNoted(db)),
    ...tables,
  ].flat();
  return {
    sweeps: runs
      .filter(({ kind, status }) => kind === 'sweep' && status === 'succeeded')
      .reduce((sum, { looks }) => sum + Number(looks), 0),
    events: log.length,
    transitions: transitions.length,
    removals: log.filter(({ type }) => type === 'cph.image.removed').length,
    longest_gap_ms: await longestBetween(db, APPLIED),
    longest_wait_ms: await longestBetween(db, `${APPLIED} union all ${lost(deaths)}`),
    faults: faults.slice(0, MOST_FAULTS),
  };
}

function storiesOf(
  world: World,
  log: readonly EventRow[],
  transitions: readonly SqlRow[],
): Map<string, Story> {
  const stories = new Map<string, Story>();
  const storyOf = ({ project_id, image_id }: { project_id?: unknown; image_id?: unknown }): Story => {
    const name = `${project_id}/${image_id}`;
    const story = stories.get(name) ?? { history: [], events: [], transitions: [] };
    stories.set(name, story);
    return story;
  };
  for (const entry of world.history) storyOf(entry).history.push(entry);
  for (const event of log) storyOf(event).events.push(event);
  for (const transition of transitions) storyOf(transition).transitions.push(transition);
  return stories;
}

function faultsOfStory(story: Story, started: ReadonlyMap<number, number>): string[] {
  return [...faultsOfChain(story), ...faultsOfTransitions(story), ...faultsOfRemovals(story, started)];
}

/** Each event goes on where the one before it ended: none is missing, and none is there twice. */
function faultsOfChain({ events }: Story): string[] {
  return events.flatMap(({ seq, type, before, after }, i) => {
    const last = events[i - 1];
    const expected = last ? last.after : null;
    const begins = type === (last ? 'cph.image.restored' : 'cph.image.created');
    const follows = isDeepStrictEqual(before, expected) && (before !== null || begins);
    const changes = !isDeepStrictEqual(before, after);
    return follows && changes ? [] : [`event ${seq} (${type}) does not follow from the one before`];
  });
}

/** Each goes on where the one before ended, belongs to one event, and they tell nothing that did not happen, in order. */
function faultsOfTransitions({ transitions, events, history }: Story): string[] {
  const told = events.flatMap(({ seq, transition }) => (transition ? [{ seq, ...transition }] : []));
  const kept = transitions.map((one) => ({ seq: one.event_seq, from: one.from_status, to: one.to_status }));
  if (!isDeepStrictEqual(told, kept)) return ['its events and its transitions tell different stories'];
  if (kept.some(({ from }, i) => from !== (kept[i - 1]?.to ?? null))) return ['its transitions have gaps'];
  const happened = history.flatMap(({ to }) => (to === null ? [] : [statusOfCode(to)]));
  let place = 0;
  for (const { to } of kept) {
    place = happened.findIndex((status, i) => i >= place && status === to) + 1;
    if (place === 0) return [`it never became ${to}`];
  }
  return [];
}

/** An image may be removed only if it was out of the project's sight at some moment of the look that says so. */
function faultsOfRemovals({ events, history }: Story, started: ReadonlyMap<number, number>): string[] {
  return events.flatMap(({ type, seq, run_id, occurred_at }) => {
    if (type !== 'cph.image.removed') return [];
    const began = started.get(run_id) ?? 0;
    const gone = history.some(({ to, at }, i) => {
      const back = history[i + 1]?.at.getTime() ?? Number.POSITIVE_INFINITY;
      return to === null && at <= occurred_at && back >= began;
    });
    return gone ? [] : [`event ${seq} removes it while it was there`];
  });
}

/** The rows are what the API lists, and what the last events say. */
async function faultsOfTables(
  db: Database,
  world: World,
  stories: ReadonlyMap<string, Story>,
): Promise<string[]> {
  const faults: string[] = [];
  for (const project_id of world.projects) {
    const rows = await currentImages(db, project_id);
    const known = Array.from(rows.values(), ({ image_id, image_name, image_type, status_code }) =>
      [image_id, image_name, image_type, status_code].join(),
    );
    const listed = world
      .listing(project_id, 'images')
      .map(({ image, image_type }) => [image.image_id, image.image_name, image_type, image.status].join());
    if (!isDeepStrictEqual(known.toSorted(), listed.toSorted())) {
      const differing = [
        ...known.filter((one) => !listed.includes(one)),
        ...listed.filter((one) => !known.includes(one)),
      ];
      faults.push(`${project_id}: rows and API differ in ${differing.slice(0, 5).join('; ')}`);
    }
    for (const [image_id, row] of rows) {
      const last = stories.get(`${project_id}/${image_id}`)?.events.at(-1);
      if (!isDeepStrictEqual(last?.after, row))
        faults.push(`${project_id}/${image_id}: its row is not its last event`);
    }
  }
  return faults;
}

async function looksLeftNoted(db: Database): Promise<string[]> {
  const noted = await rowsOf(
    db,
    'select looking_run_id as id from cph.projects where looking_run_id is not null',
  );
  return noted.map(({ id }) => `run ${id} is still noted as under way`);
}

/** Sweeps that were applied, those that share a row together, and the present. */
const APPLIED = `select project_id, started_at as begins, finished_at as ends, longest_pause from cph.sync_runs
  where kind = 'sweep' and status in ('succeeded', 'partial', 'held')
  union all select project_id, now(), now(), null from cph.projects`;

/** When a project lost somebody who was looking at it: the death in the middle of a run that somebody else abandoned. */
function lost(deaths: readonly Date[]): string {
  const moments = deaths.map((death) => `('${death.toISOString()}'::timestamptz)`).join(', ');
  return `select project_id, at, at, null from cph.sync_runs
    join (values ${moments}) deaths (at) on at between started_at and finished_at
    where status = 'abandoned' and error_message like 'the replica that was looking is gone%'`;
}

/** The longest time, in milliseconds, between an end and the next beginning in one project. */
async function longestBetween(db: Database, moments: string): Promise<number> {
  const [row] = await rowsOf(
    db,
    `select (extract(epoch from max(greatest(begins - before, longest_pause))) * 1000)::float8 as ms from (
       select begins, longest_pause, max(ends) over (
         partition by project_id order by begins rows between unbounded preceding and 1 preceding
       ) as before
       from (${moments}) moments
     ) gaps`,
  );
  return Number(row?.ms);
}
