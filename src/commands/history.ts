import type { ImageItem } from '../answers/images.ts';
import { type TimelineLine, timelineOf } from '../answers/timeline.ts';
import { loadDatabaseConfig } from '../config/config.ts';
import { type LifeEvent, readLife } from '../store/reports.ts';
import { type Output, paint, printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { paragraph, printable } from '../terminal/text.ts';
import { agoText, durationText, instantText, statusColour } from '../terminal/units.ts';
import { chooseImages } from './choose-images.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { printRequests } from './requests.ts';
import { type Store, withStore } from './store.ts';

interface HistoryOptions {
  readonly project?: string;
  readonly json?: boolean;
}

/** More than any image goes through. Keeps one that flaps for months from filling the screen. */
const NEWEST = 500;

/** Tells the life of an image, by its id or its name, in every project that knows it. */
export async function history(
  named: string,
  options: HistoryOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const work = async ({ db }: Store): Promise<Life[]> => {
    const images = await chooseImages(db, named, options.project);
    return await Promise.all(
      images.map(async (image) => ({ image, events: await readLife(db, image, NEWEST) })),
    );
  };
  const lives = await withStore(config, { migrate: false, signal: context.stop, work });
  if (options.json) printJson(context.out, lives);
  else for (const life of lives) tell(context.out, life, context.now());
  return EXIT.done;
}

interface Life {
  readonly image: ImageItem;
  readonly events: LifeEvent[];
}

function tell(out: Output, { image, events }: Life, now: Date): void {
  const name = printable(image.image_name ?? '(no name)');
  out.write(paragraph(out, `${paint(out, 'bold', name)}  ${printable(image.image_id)}`));
  const project = printable(image.project_name ?? image.project_id);
  const about = `project ${project}, first seen ${instantText(image.first_seen_at)}`;
  out.write(`${paragraph(out, paint(out, 'dim', about))}\n`);
  const rows = timelineOf(events);
  printTable(out, columns(image, out), { rows, empty: 'Its events were deleted since.' });
  printRequests(out, rows);
  out.write(`\n${paragraph(out, nowText(out, image, now))}\n`);
}

/** One change a line. Its run stays longest where there is no room: the requests below are named by it. */
function columns(image: ImageItem, { isTTY }: Output): Column<TimelineLine>[] {
  return [
    { title: 'SEEN', value: ({ at }) => instantText(at) },
    { title: 'CHANGE', value: ({ change, field }) => field ?? change.replace('_', ' '), least: 8 },
    {
      title: 'WHAT',
      value: whatText,
      colour: ({ field, to }) => (field === 'status' ? statusColour(String(to)) : null),
      least: 40,
    },
    { title: 'AFTER', value: afterText, rank: 2 },
    { title: 'STILL SO AT', value: (line) => stillText(line, image), rank: 3 },
    { title: 'RUN', value: ({ run_id }) => String(run_id), align: 'right', rank: 1 },
    ...(isTTY ? [] : [{ title: 'REQUESTS', value: ({ request_ids: ids }: TimelineLine) => ids.join(' ') }]),
  ];
}

function whatText({ change, from, to, baseline }: TimelineLine): string {
  if (change === 'first_seen' || change === 'restored') {
    return `${shown(to, 'listed, without a status')}${baseline ? ', found at the first sweep' : ''}`;
  }
  if (change === 'removed') return `was ${shown(from, 'listed')}`;
  return `${shown(from, 'nothing')} → ${shown(to, 'nothing')}`;
}

function shown(value: unknown, nothing: string): string {
  if (value === null || value === undefined) return nothing;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function afterText({ time_in_status: seconds, from }: TimelineLine): string {
  return seconds === null ? '' : `${durationText(seconds * 1000)} ${shown(from, 'without status')}`;
}

/** The last look that saw the old status may have begun before the image was seen: then it says nothing more. */
function stillText({ not_before: at }: TimelineLine, { first_seen_at: seen }: ImageItem): string {
  return at && (!seen || at > seen) ? instantText(at) : '';
}

function nowText(out: Output, image: ImageItem, now: Date): string {
  if (image.removed_at) return `Removed ${agoText(image.removed_at, now)}.`;
  const status = image.status ?? 'listed without a status';
  const colour = statusColour(image.status);
  const since = image.status_since
    ? ` for ${durationText(now.getTime() - image.status_since.getTime())}`
    : '';
  const missing = image.missing_since ? `; missing since ${instantText(image.missing_since)}` : '';
  return `Now ${colour ? paint(out, colour, status) : status}${since}${missing}.`;
}
