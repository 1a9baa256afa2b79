/**
 * What the demo looks like: a line for each change. On a terminal, a line below them says how things stand.
 */
import type { LifeEvent } from '../store/reports.ts';
import type { RunReport } from '../sync/run.ts';
import { durationText, type Output, paint, printable } from './terminal.ts';

export interface DemoView {
  readonly welcome: (psql: string) => void;
  readonly changes: (changes: readonly SeenChange[]) => void;
  readonly status: (report: RunReport, images: Readonly<Record<string, number>>) => void;
  readonly goodbye: () => void;
}

type SeenChange = Pick<LifeEvent, 'event' | 'time_in_status_ms'>;

const CLEAR_LINE = '\r\u001b[K';

export function demoView(out: Output, { started, now }: { started: Date; now: () => Date }): DemoView {
  const tally = { created: 0, usable: 0, failed: 0, updated: 0, removed: 0 };
  let line = '';
  const print = (text: string) => out.write(out.isTTY ? `${CLEAR_LINE}${text}\n${line}` : `${text}\n`);
  return {
    welcome: (psql) => print(welcomeText(out, psql)),
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
      line = paint(out, 'dim', `${clockText(now(), started)}  ${statusText(report, images)}`);
      if (out.isTTY) out.write(CLEAR_LINE + line);
    },
    goodbye: () => {
      line = '';
      print(`\n${goodbyeText(tally, now().getTime() - started.getTime())}`);
    },
  };
}

function welcomeText(out: Output, psql: string): string {
  return [
    `${paint(out, 'bold', 'cph-inventory demo')}  a simulated cloud, a real Postgres, the real daemon`,
    '',
    `  ${psql}`,
    paint(
      out,
      'dim',
      '  select * from cph.failed_images;   select * from cph.image_events order by seq desc limit 5;',
    ),
    paint(out, 'dim', '  A sweep every 4 s, a watch of images being created every second. Ctrl-C ends it.'),
    '',
  ].join('\n');
}

function baselineText(out: Output, baseline: readonly SeenChange[]): string {
  const failed = baseline.filter(({ event }) => event.after?.status === 'failed').length;
  const also = failed > 0 ? `, ${failed} of them failed before anyone was watching` : '';
  return `  0:00  ${paint(out, 'bold', `${baseline.length} images`)} found by the first sweep${also}`;
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

function changeText(out: Output, { event, time_in_status_ms }: SeenChange): string {
  const name = printable((event.after ?? event.before)?.image_name ?? event.image_id).padEnd(34);
  const after =
    time_in_status_ms === null ? '' : `after ${durationText(time_in_status_ms)} ${event.transition?.from}`;
  const label = (mark: string, word: string) => `${mark} ${word.padEnd(9)}`;
  if (event.type === 'cph.image.created') {
    return `${paint(out, 'cyan', label('+', 'created'))} ${name} ${event.after?.status ?? ''}`;
  }
  if (event.type === 'cph.image.restored') return `${paint(out, 'cyan', label('+', 'restored'))} ${name}`;
  if (event.type === 'cph.image.removed') {
    return paint(out, 'dim', `${label('-', 'removed')} ${name} was ${event.before?.status ?? 'listed'}`);
  }
  if (event.transition?.to === 'failed') {
    return paint(out, ['red', 'bold'], `${label('✗', 'FAILED')} ${name} ${after}`);
  }
  if (event.transition) {
    return `${paint(out, 'green', label('✓', event.transition.to))} ${name} ${paint(out, 'dim', after)}`;
  }
  return `${paint(out, 'yellow', label('~', 'updated'))} ${name} ${paint(out, 'dim', fieldsText(event.changes))}`;
}

function fieldsText(changes: SeenChange['event']['changes']): string {
  const name = changes.image_name;
  if (name) return `was ${printable(String(name.from))}`;
  if (changes.listed_in) return `now listed in ${[changes.listed_in.to].flat().join(' and ')}`;
  return Object.keys(changes).join(', ');
}

function statusText(report: RunReport, images: Readonly<Record<string, number>>): string {
  const total = Object.values(images).reduce((sum, n) => sum + n, 0);
  const parts = ['creating', 'usable', 'failed'].map((status) => `${images[status] ?? 0} ${status}`);
  const took = report.finished_at.getTime() - report.started_at.getTime();
  return `${total} images: ${parts.join(', ')} | run ${report.run_id} (${report.kind}): ${report.requests} requests, ${took} ms`;
}

function goodbyeText(tally: Tally, ms: number): string {
  const { created, usable, failed, updated, removed } = tally;
  return `In ${durationText(ms)}: ${created} created, ${usable} became usable, ${failed} failed, ${updated} updated, ${removed} removed.`;
}
