/** The smallest things that are drawn: times, marks, ids, and a box with a heading. */
import type { Child } from 'hono/jsx';
import { imagePath, projectPath } from '../inventory/addresses.ts';
import { durationText, instantText, type Shape, type Units } from './islands/duration.ts';
import { addressOf, useView } from './view.ts';

/** An instant; the browser shows it in its own zone, and in UTC on hover. */
export function Time({ at, shape = 'minute' }: { at: Date | null; shape?: Shape }) {
  const { now, words } = useView();
  if (!at) return <span class="soft">{words.unknown}</span>;
  const text = instantText(at, { shape, now, utc: true });
  return (
    <time datetime={at.toISOString()} data-shape={shape} title={inUtc(at)}>
      {text}
    </time>
  );
}

/** How long ago something was; it goes on by itself. */
export function Ago({ at }: { at: Date }) {
  const { now, words } = useView();
  const text = words.ago.replace('{}', durationText(now.getTime() - at.getTime(), words.units));
  return (
    <time datetime={at.toISOString()} data-ago={at.toISOString()} title={inUtc(at)}>
      {text}
    </time>
  );
}

/** How long something has been going on; it goes on by itself. */
export function Elapsed({ since }: { since: Date }) {
  const { now, words } = useView();
  return (
    <time datetime={since.toISOString()} data-elapsed={since.toISOString()} title={inUtc(since)}>
      {durationText(now.getTime() - since.getTime(), words.units)}
    </time>
  );
}

export const inUtc = (at: Date) => `${instantText(at, { shape: 'second', now: at, utc: true })} UTC`;

/** A duration in seconds, in words. */
export function secondsText(seconds: number, units: Units): string {
  return durationText(seconds * 1000, units);
}

/** What a status looks like: a sign, a word and a colour together. Signs alone are not spoken. */
const STATUS: Readonly<Record<string, { sign: string; colour: string }>> = {
  creating: { sign: '◐', colour: 'warn' },
  usable: { sign: '✓', colour: 'good' },
  failed: { sign: '✗', colour: 'bad' },
  succeeded: { sign: '✓', colour: 'good' },
  partial: { sign: '◐', colour: 'warn' },
  held: { sign: '‖', colour: 'warn' },
  abandoned: { sign: '–', colour: 'soft' },
  running: { sign: '…', colour: 'soft' },
};

export function Status({ status }: { status: string | null }) {
  const { words } = useView();
  const { sign, colour } = STATUS[status ?? ''] ?? { sign: '?', colour: 'soft' };
  const word = words.status[(status ?? 'none') as keyof typeof words.status] ?? status;
  return (
    <span class={`${colour} nowrap`}>
      <span aria-hidden="true">{sign}</span> {word}
    </span>
  );
}

/** The sign of a colour, for lines that say the rest in words. */
export function Sign({ sign, colour }: { sign: string; colour: string }) {
  return (
    <span class={colour} aria-hidden="true">
      {sign}
    </span>
  );
}

interface NamedImage {
  readonly project_id: string;
  readonly image_id: string;
  readonly image_name: string | null;
}

/** `row` makes it the place where `j` and `k` stop. */
export function ImageLink({
  image,
  row = false,
  at,
}: {
  image: NamedImage;
  row?: boolean;
  at?: string | undefined;
}) {
  const view = useView();
  return (
    <a href={addressOf(view, imagePath(image), { at })} title={image.image_id} data-row={row || undefined}>
      {image.image_name || image.image_id}
    </a>
  );
}

export function ProjectLink({
  project,
  row = false,
}: {
  project: { project_id: string; name: string | null };
  row?: boolean;
}) {
  const view = useView();
  return (
    <a
      href={addressOf(view, projectPath(project.project_id))}
      title={project.project_id}
      data-row={row || undefined}
    >
      {project.name || shortened(project.project_id)}
    </a>
  );
}

export function RunLink({ run_id }: { run_id: number }) {
  const view = useView();
  return <a href={addressOf(view, `/runs/${run_id}`)}>{run_id}</a>;
}

/** An id as evidence: cut in the middle, whole on hover and when it is copied. */
export function Id({ id }: { id: string }) {
  const { words } = useView();
  return (
    <span class="nowrap">
      <code title={id}>{shortened(id)}</code>{' '}
      <button type="button" class="copy" data-copy={id} aria-label={`${words.copy} ${id}`}>
        {words.copy}
      </button>
    </span>
  );
}

const LONGEST_ID = 16;

function shortened(id: string): string {
  const letters = Array.from(id);
  return letters.length <= LONGEST_ID ? id : `${letters.slice(0, 8).join('')}…${letters.slice(-4).join('')}`;
}

/** A size in decimal units, as the vendor's console shows it: `1.31 GB`. */
export function bytesText(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** power;
  return `${power === 0 ? amount : amount.toPrecision(3)} ${units[power]}`;
}

/** A box with a heading, and at its right what it is as of. */
export function Box(props: { id: string; title: string; aside?: Child; flow?: boolean; children?: Child }) {
  const { id, title, aside, flow, children } = props;
  return (
    <section id={id} aria-labelledby={`${id}-title`} class={flow ? 'flow' : undefined}>
      <header>
        <h2 id={`${id}-title`}>{title}</h2>
        {aside ? <span class="asof">{aside}</span> : null}
      </header>
      {children}
    </section>
  );
}
