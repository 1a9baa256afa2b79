/** The log as server-sent events (HTML Living Standard, 9.2): `id` is the event's `seq`, `data` its CloudEvent. */
import { Hono } from 'hono';
import { cloudEvent } from '../inventory/event.ts';
import type { Database } from '../store/database.ts';
import { type EventRow, readLogEnd } from '../store/events.ts';
import type { LogFollower } from './log-follower.ts';

/** Streams at once. A page that is refused one asks again and again instead. */
export const MOST_STREAMS = 100;
/** Proxies close what is silent for a minute. */
const COMMENT_MS = 15_000;
/** Comments that found no room, one after the other: whoever reads nothing for so long gives its place to others. */
const STALLED_COMMENTS = 4;
/** How long a browser waits before it comes back. */
const RETRY_MS = 2_000;

const HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store',
  // nginx keeps answers back until they are whole, unless told.
  'x-accel-buffering': 'no',
};

/**
 * `GET /`, which goes on behind `Last-Event-ID`, else behind the parameter `after`, else begins with what comes next.
 * At most {@link MOST_STREAMS}; then it answers 503.
 */
export function eventStreamRoutes({ db, follower }: { db: Database; follower: LogFollower }): Hono {
  const app = new Hono();
  let open = 0;
  const begin = async (given: number | undefined) => {
    open += 1;
    const onEnd = () => {
      open -= 1;
    };
    try {
      // A number from another log, or from the future, is no place in this one.
      const end = await readLogEnd(db);
      return streamOf(follower, { after: Math.min(end, given ?? end), onEnd });
    } catch (error) {
      onEnd();
      throw error;
    }
  };
  app.get('/', async (c) => {
    // A browser that comes back repeats the address, but knows better how far it got.
    const parameter = c.req.header('last-event-id') === undefined ? 'after' : 'Last-Event-ID';
    const given = c.req.header('last-event-id') ?? c.req.query('after');
    if (given !== undefined && !/^\d{1,15}$/.test(given)) {
      const message = `${parameter} takes the number of an event; got ${JSON.stringify(given)}`;
      return c.json({ error: { parameter, message } }, 400);
    }
    if (c.req.method === 'HEAD') return c.body(null, 200, HEADERS);
    if (open >= MOST_STREAMS) return c.json({ error: { message: REFUSED } }, 503, { 'retry-after': '30' });
    return c.body(await begin(given === undefined ? undefined : Number(given)), 200, HEADERS);
  });
  return app;
}

const REFUSED = `${MOST_STREAMS} streams are open, and there are no more; ask for /api/events instead`;

/** Reads from the log only what the reader has taken: a slow one costs one piece of it, and its place in the end. */
function streamOf(
  follower: LogFollower,
  { after, onEnd }: { after: number; onEnd: () => void },
): ReadableStream<Uint8Array> {
  const ending = new AbortController();
  const encoder = new TextEncoder();
  const events = follower.listen(after, ending.signal);
  let stalled = 0;
  let comments: NodeJS.Timeout | undefined;
  const end = () => {
    if (ending.signal.aborted) return;
    ending.abort();
    clearInterval(comments);
    onEnd();
  };
  return new ReadableStream({
    start: (controller) => {
      controller.enqueue(encoder.encode(`retry: ${RETRY_MS}\n\n`));
      comments = setInterval(() => {
        stalled = (controller.desiredSize ?? 0) > 0 ? 0 : stalled + 1;
        if (stalled === 0) return controller.enqueue(encoder.encode(':\n\n'));
        if (stalled < STALLED_COMMENTS) return;
        end();
        controller.error(new Error('nobody reads this stream'));
      }, COMMENT_MS);
    },
    pull: async (controller) => {
      const { value, done } = await events.next();
      if (ending.signal.aborted) return;
      if (!done) return controller.enqueue(encoder.encode(value.map(eventText).join('')));
      end();
      controller.close();
    },
    cancel: end,
  });
}

function eventText(event: EventRow): string {
  return `id: ${event.seq}\ndata: ${JSON.stringify(cloudEvent(event))}\n\n`;
}
