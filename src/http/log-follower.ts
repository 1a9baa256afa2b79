/** Follows the log for everybody who listens to it: one reader in a process, however many they are. */
import type { Database } from '../store/database.ts';
import { type EventRow, readEvents } from '../store/events.ts';
import { type Alarm, createAlarm } from '../waiting/alarm.ts';
import { startPeriodic } from '../waiting/periodic.ts';

/** Between two reads of a log that has nothing new, and between tries while the database is away. */
const POLL_MS = 500;
/** Events that are read at once. */
const PAGE = 500;
/** Events that are kept for who listens. Who is further behind reads the log itself, at its own pace. */
const KEPT = 1000;

export interface LogFollower {
  /**
   * The events behind `after`, a few at a time, oldest first, until `signal` is aborted or the follower stops. The
   * order of `seq` is that of commits: who goes on behind the last event it had misses none and has none twice.
   * Nothing is read ahead for who does not ask for more.
   */
  readonly listen: (after: number, signal: AbortSignal) => AsyncGenerator<readonly EventRow[], void>;
  readonly stop: () => Promise<void>;
}

/** A piece of the log without a gap: everything behind `from`, up to `to`. */
interface Recent {
  from: number;
  to: number;
  events: EventRow[];
}

interface Followed {
  readonly db: Database;
  readonly listeners: Set<Alarm>;
  /** Null while nobody listens: what comes meanwhile is not read. */
  recent: Recent | null;
  stopped: boolean;
}

export function followLog(db: Database): LogFollower {
  const followed: Followed = { db, listeners: new Set(), recent: null, stopped: false };
  const following = startPeriodic({
    work: () => readOn(followed),
    onDone: (came) => {
      if (came > 0) for (const alarm of followed.listeners) alarm.ring();
      if (followed.recent === null) return Number.POSITIVE_INFINITY;
      return came === PAGE ? 0 : POLL_MS;
    },
    // Probes tell that the database is away. Who listens hears nothing until it is back, and then everything.
    onFailure: () => POLL_MS,
  });
  return {
    listen: (after, signal) => listen(followed, { after, wake: following.wake, signal }),
    stop: async () => {
      followed.stopped = true;
      for (const alarm of followed.listeners) alarm.ring();
      await following.stop();
    },
  };
}

/** Reads what is new. Returns how many events that was. */
async function readOn({ db, recent }: Followed): Promise<number> {
  if (recent === null) return 0;
  const page = await readEvents(db, { after: recent.to, limit: PAGE });
  const events = [...recent.events, ...page];
  const dropped = events.splice(0, Math.max(0, events.length - KEPT));
  recent.from = dropped.at(-1)?.seq ?? recent.from;
  recent.to = page.at(-1)?.seq ?? recent.to;
  recent.events = events;
  return page.length;
}

async function* listen(
  followed: Followed,
  { after, wake, signal }: { after: number; wake: () => void; signal: AbortSignal },
): AsyncGenerator<readonly EventRow[], void> {
  const alarm = createAlarm();
  signal.addEventListener('abort', alarm.ring);
  followed.listeners.add(alarm);
  try {
    let position = after;
    while (!signal.aborted && !followed.stopped) {
      const events = await eventsBehind(followed, position);
      position = events.at(-1)?.seq ?? position;
      if (events.length > 0) yield events;
      else {
        if (followed.recent === null) followed.recent = { from: position, to: position, events: [] };
        wake();
        await alarm.sleep(Number.POSITIVE_INFINITY);
      }
    }
  } finally {
    signal.removeEventListener('abort', alarm.ring);
    followed.listeners.delete(alarm);
    if (followed.listeners.size === 0) followed.recent = null;
  }
}

/** From what is kept, or from the log where that begins too late. */
async function eventsBehind({ db, recent }: Followed, after: number): Promise<readonly EventRow[]> {
  if (recent && after >= recent.from) return recent.events.filter(({ seq }) => seq > after);
  return await readEvents(db, { after, limit: PAGE }).catch(() => []);
}
