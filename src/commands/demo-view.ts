/**
 * What the demo looks like: a line for each change. On a terminal, a line below them says how things stand.
 */
import type { LifeEvent } from '../store/reports.ts';
import type { RunReport } from '../sync/run.ts';
import { type Colour, type Output, paint } from '../terminal/output.ts';
import { statusLine } from '../terminal/status-line.ts';
import { cutMiddle, padText, paragraph, printable } from '../terminal/text.ts';
import { durationText } from '../terminal/units.ts';

export interface DemoView {
  readonly welcome: (ways: WaysIn) => void;
  readonly changes: (changes: readonly SeenChange[]) => void;
  readonly status: (report: RunReport, images: Readonly<Record<string, number>>) => void;
  readonly goodbye: () => void;
}

/** How to look at it besides. */
interface WaysIn {
  readonly psql: string;
  /** Null when no port could be had. */
  readonly page: string | null;
}

type SeenChange = Pick<LifeEvent, 'event' | 'time_in_status_ms'>;

export function demoView(out: Output, { started, now }: { started: Date; now: () => Date }): DemoView {
  const tally = { created: 0, usable: 0, failed: 0, updated: 0, removed: 0 };
  const { print, show, end } = statusLine(out);
  return {
    welcome: (ways) => print(welcomeText(out, ways)),
    changes: (changes) => {
      const baseline = changes.filter(({ event }) => event.baseline);
      if (baseline.length > 0) print(baselineText(out, baseline));
      for (const change of changes) {
        if (change.event.baseline) continue;
        count(tally, change.event);
        print(`${clockText(change.event.occurred_at, started)}  ${changeText(out, change)}`);
      }
    },
    status: (report, images) => {
      const clock = clockText(now(), started);
      show(statusTexts(report, images).map((text) => `${clock}  ${text}`));
    },
    goodbye: () => {
      end();
      const text = goodbyeText(tally, now().getTime() - started.getTime());
      print(`\n${paragraph(out, text).trimEnd()}`);
    },
  };
}

/** What stands in front of a change. */
const CLOCK = 8;

function welcomeText(out: Output, { psql, page }: WaysIn): string {
  const remark = (text: string) => paint(out, 'dim', `  ${paragraph(out, text, { hang: 2 })}`);
  return [
    paragraph(
      out,
      `${paint(out, 'bold', 'cph-inventory demo')}  a simulated cloud, a real Postgres, the real daemon`,
    ),
    page ? `\n  ${page}` : '',
    `\n  ${psql}\n`,
    remark('select * from cph.failed_images;'),
    remark('select * from cph.image_events order by seq desc limit 5;'),
    remark('A sweep every 4 s, a watch of images being created every second. Ctrl-C ends it.'),
  ].join('');
}

function baselineText(out: Output, baseline: readonly SeenChange[]): string {
  const failed = baseline.filter(({ event }) => event.after?.status === 'failed').length;
  const also = failed > 0 ? `, ${failed} of them failed before anyone was watching` : '';
  const text = `  0:00  ${paint(out, 'bold', `${baseline.length} images`)} found by the first sweep${also}`;
  return paragraph(out, text, { hang: CLOCK }).trimEnd();
}

function clockText(at: Date, started: Date): string {
  const s = Math.max(0, Math.floor((at.getTime() - started.getTime()) / 1000));
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, '0')}`.padStart(6);
}

type Tally = Record<'created' | 'usable' | 'failed' | 'updated' | 'removed', number>;

function count(tally: Tally, { type, transition }: SeenChange['event']): void {
  if (type === 'cph.image.created' || type === 'cph.image.restored') tally.created += 1;
  else if (type === 'cph.image.removed') tally.removed += 1;
  else if (transition?.to === 'usable' || transition?.to === 'failed') tally[transition.to] += 1;
  else tally.updated += 1;
}

/** A change in the words of the demo. */
interface Told {
  readonly mark: string;
  readonly word: string;
  readonly colour: Colour | readonly Colour[];
  readonly behind: string;
}

function changeText(out: Output, { event, time_in_status_ms }: SeenChange): string {
  const { mark, word, colour, behind } = tell(event, time_in_status_ms);
  const { label, name, rest } = roomOf(out);
  const shown = printable((event.after ?? event.before)?.image_name ?? event.image_id);
  const text = out.isTTY
    ? `${padText(cutMiddle(shown, name), name)} ${paint(out, 'dim', cutMiddle(behind, rest))}`
    : `${padText(shown, name)} ${behind}`;
  return `${paint(out, colour, label ? `${mark} ${word.padEnd(9)}` : mark)} ${text}`.trimEnd();
}

function tell({ type, transition, before, after, changes }: SeenChange['event'], ms: number | null): Told {
  const elapsed = ms === null ? '' : `after ${durationText(ms)} ${transition?.from}`;
  if (type === 'cph.image.created') {
    return { mark: '+', word: 'created', colour: 'cyan', behind: after?.status ?? '' };
  }
  if (type === 'cph.image.restored') return { mark: '+', word: 'restored', colour: 'cyan', behind: '' };
  if (type === 'cph.image.removed') {
    return { mark: '-', word: 'removed', colour: 'dim', behind: `was ${before?.status ?? 'listed'}` };
  }
  if (transition?.to === 'failed') {
    return { mark: '✗', word: 'FAILED', colour: ['red', 'bold'], behind: elapsed };
  }
  if (transition) return { mark: '✓', word: transition.to, colour: 'green', behind: elapsed };
  return { mark: '~', word: 'updated', colour: 'yellow', behind: fieldsText(changes) };
}

const LABEL = 12;

/** What a line has room for behind the clock. The narrower the terminal, the more is left to the mark. */
function roomOf({ isTTY, columns }: Output): { label: boolean; name: number; rest: number } {
  if (!isTTY) return { label: true, name: 34, rest: 0 };
  const label = columns >= 40;
  const room = columns - 1 - CLOCK - (label ? LABEL : 2);
  const name = columns < 60 ? Math.max(1, room) : Math.min(34, room - 24);
  return { label, name, rest: Math.max(0, room - name - 1) };
}

function fieldsText(changes: SeenChange['event']['changes']): string {
  const name = changes.image_name;
  if (name) return `was ${printable(String(name.from))}`;
  if (changes.listed_in) return `now listed in ${[changes.listed_in.to].flat().join(' and ')}`;
  return Object.keys(changes).join(', ');
}

/** How things stand, said at length and ever shorter. */
function statusTexts(report: RunReport, images: Readonly<Record<string, number>>): string[] {
  const total = Object.values(images).reduce((sum, n) => sum + n, 0);
  const parts = ['creating', 'usable', 'failed']
    .map((status) => `${images[status] ?? 0} ${status}`)
    .join(', ');
  const took = report.finished_at.getTime() - report.started_at.getTime();
  const run = `run ${report.run_id} (${report.kind})`;
  const stand = `${total} images: ${parts}`;
  const long = `${stand} | ${run}: ${report.requests} requests, ${took} ms`;
  return [long, `${stand} | ${run}`, stand, `${total}: ${parts}`, `${total} images`];
}

function goodbyeText(tally: Tally, ms: number): string {
  const { created, usable, failed, updated, removed } = tally;
  return `In ${durationText(ms)}: ${created} created, ${usable} became usable, ${failed} failed, ${updated} updated, ${removed} removed.`;
}
