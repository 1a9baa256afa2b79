/**
 * The island that keeps the page live. It listens to the log; whatever comes, it fetches the same address again and
 * puts what differs into the page, so that there is one way to make a page and no second state beside the address.
 * Focus, scroll and selection stay.
 */
import { Idiomorph } from './idiomorph.js';
import { localize } from './times.ts';

/** Refreshes are at least this far apart, however much is written to the log. */
const APART_MS = 1_000;
/** A look that finds nothing new writes nothing to the log, and yet proves the page anew. */
const PROOF_MS = 15_000;
/** Between two tries to have a stream after one was refused or lost. */
const AGAIN_MS = 30_000;

const root = document.documentElement;
const state = {
  stream: null as EventSource | null,
  timer: 0,
  lastMs: 0,
  running: false,
  again: false,
  /** The `seq` of the newest event the page shows. */
  seq: root.dataset.seq ?? '',
};

/** `live`, `polling` while there is no stream, `cut` while the server cannot be asked, `paused` while nobody looks. */
function say(how: 'live' | 'polling' | 'cut' | 'paused'): void {
  if (root.dataset.live === how) return;
  root.dataset.live = how;
  const place = document.getElementById('live');
  const words = place?.dataset[how];
  if (place && words) place.textContent = words;
  markTitle();
}

/** A page that is cut off says so where tabs are read. */
function markTitle(): void {
  const plain = document.title.replace(/^\u26a0 /, '');
  const title = root.dataset.live === 'cut' ? `\u26a0 ${plain}` : plain;
  if (document.title !== title) document.title = title;
}

function refreshWithin(ms: number): void {
  const dueMs = Math.max(ms, state.lastMs + APART_MS - Date.now());
  clearTimeout(state.timer);
  state.timer = setTimeout(() => void refresh(), dueMs);
}

/** Fetches once at a time; news that come meanwhile ask for one more. */
async function refresh(): Promise<void> {
  if (document.hidden) return;
  if (state.running) {
    state.again = true;
    return;
  }
  state.running = true;
  state.lastMs = Date.now();
  try {
    show(await fetchPage());
    say(state.stream?.readyState === EventSource.OPEN ? 'live' : 'polling');
  } catch {
    say('cut');
  }
  state.running = false;
  refreshWithin(state.again ? APART_MS : PROOF_MS);
  state.again = false;
}

async function fetchPage(): Promise<Document> {
  const answer = await fetch(location.href, {
    headers: { accept: 'text/html' },
    signal: AbortSignal.timeout(20_000),
  });
  if (!answer.ok) throw new Error(`${answer.status}`);
  return new DOMParser().parseFromString(await answer.text(), 'text/html');
}

function show(next: Document): void {
  const [old, main] = [document.querySelector('main'), next.querySelector('main')];
  if (!old || !main) throw new Error('no page');
  if (next.documentElement.dataset.assets !== root.dataset.assets) {
    location.reload();
    return;
  }
  localize(next);
  state.seq = next.documentElement.dataset.seq ?? state.seq;
  // What a person has opened stays open.
  const keep = (name: string, node: Element) => !(name === 'open' && node instanceof HTMLDetailsElement);
  Idiomorph.morph(old, main, {
    morphStyle: 'outerHTML',
    ignoreActiveValue: true,
    callbacks: { beforeAttributeUpdated: keep },
  });
  document.title = next.title;
  markTitle();
}

function listen(): void {
  if (state.stream || document.hidden) return;
  // Begins behind what the page shows; the browser resumes by itself behind the last event it had.
  const stream = new EventSource(`${root.dataset.prefix}/api/events/stream?after=${state.seq}`);
  state.stream = stream;
  stream.onopen = () => say('live');
  stream.onmessage = () => refreshWithin(0);
  stream.onerror = () => {
    if (stream.readyState === EventSource.CLOSED) {
      hush();
      setTimeout(listen, AGAIN_MS);
    }
    // Whether the server is gone or only the stream, an answer tells.
    refreshWithin(0);
  };
}

function hush(): void {
  state.stream?.close();
  state.stream = null;
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    hush();
    clearTimeout(state.timer);
    say('paused');
    return;
  }
  listen();
  refreshWithin(0);
});
addEventListener('pagehide', hush);
addEventListener('pageshow', (event) => {
  if (!event.persisted) return;
  listen();
  refreshWithin(0);
});

if (state.seq) {
  listen();
  refreshWithin(PROOF_MS);
}
