import { loadDatabaseConfig } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { findImages, type ImageRow, type LifeEvent, readLife } from '../store/reports.ts';
import { type Output, paint, printJson } from '../terminal/output.ts';
import { printable } from '../terminal/text.ts';
import { durationText, instantText, statusColour } from '../terminal/units.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';

interface HistoryOptions {
  readonly project?: string;
  readonly json?: boolean;
}

/** More than any image goes through. Keeps one that flaps for months from filling the screen. */
const NEWEST = 500;

/** Tells one image's life, in every project that knows it. */
export async function history(
  image_id: string,
  options: HistoryOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const work = ({ db }: Store) => readLives(db, image_id, options.project);
  const lives = await withStore(config, { migrate: false, signal: context.stop, work });
  if (lives.length === 0) throw new CommandError(unknownImage(image_id, options.project));
  if (options.json) printJson(context.out, lives);
  else for (const life of lives) tell(context.out, life, context.now());
  return EXIT.done;
}

interface Life {
  readonly image: ImageRow;
  readonly events: LifeEvent[];
}

async function readLives(db: Database, image_id: string, project_id: string | undefined): Promise<Life[]> {
  const rows = await findImages(db, image_id, project_id);
  return await Promise.all(rows.map(async (image) => ({ image, events: await readLife(db, image, NEWEST) })));
}

function unknownImage(image_id: string, project_id: string | undefined): string {
  const where = project_id === undefined ? 'No project has' : `Project ${project_id} does not have`;
  return `${where} ever shown an image ${JSON.stringify(image_id)}. List what is known: cph-inventory images`;
}

function tell(out: Output, { image, events }: Life, now: Date): void {
  const name = printable(image.image_name ?? '(no name)');
  out.write(`${paint(out, 'bold', name)}  ${image.image_id}\n`);
  out.write(paint(out, 'dim', `project ${image.project_id}, first seen ${instantText(image.first_seen_at)}`));
  out.write('\n\n');
  for (const event of events) tellEvent(out, event);
  out.write(`\n${nowText(out, image, now)}\n\n`);
}

function tellEvent(out: Output, { event, previous_observed_at, time_in_status_ms, run }: LifeEvent): void {
  const what = event.type.replace('cph.image.', '').replace('_', ' ').padEnd(15);
  out.write(`${instantText(event.occurred_at)}  ${what} ${printable(changeText(event))}`);
  if (time_in_status_ms !== null)
    out.write(`, after ${durationText(time_in_status_ms)} ${event.transition?.from}`);
  out.write('\n');
  if (event.transition && previous_observed_at) {
    out.write(
      detail(
        out,
        `still ${event.transition.from ?? 'without status'} at ${instantText(previous_observed_at)}`,
      ),
    );
  }
  out.write(
    detail(
      out,
      run ? `run ${event.run_id} (${run.kind})${requestText(run.request_ids)}` : `run ${event.run_id}`,
    ),
  );
}

function detail(out: Output, text: string): string {
  return `${' '.repeat(22)}${paint(out, 'dim', text)}\n`;
}

function requestText(ids: readonly string[]): string {
  if (ids.length === 0) return '';
  const more = ids.length > 3 ? ` and ${ids.length - 3} more` : '';
  return `, ${ids.length === 1 ? 'request' : 'requests'} ${ids.slice(0, 3).join(', ')}${more}`;
}

function changeText(event: LifeEvent['event']): string {
  if (event.type === 'cph.image.created' || event.type === 'cph.image.restored') {
    const found = event.baseline ? ', found at the first sweep' : '';
    return `${event.after?.status ?? 'listed, without a status'}${found}`;
  }
  const { status: _, status_code: __, ...others } = event.changes;
  const fields = Object.entries(others).map(
    ([field, { from, to }]) => `${field} ${short(from)} → ${short(to)}`,
  );
  const transition = event.transition;
  const status = transition ? [`${transition.from ?? 'no status'} → ${transition.to}`] : [];
  return [...status, ...fields].join(', ');
}

function short(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

function nowText(out: Output, image: ImageRow, now: Date): string {
  if (image.removed_at) return `Removed ${durationText(now.getTime() - image.removed_at.getTime())} ago.`;
  const status = image.status ?? 'listed without a status';
  const colour = statusColour(image.status);
  const since = image.status_since
    ? ` for ${durationText(now.getTime() - image.status_since.getTime())}`
    : '';
  const missing = image.missing_since ? `; missing since ${instantText(image.missing_since)}` : '';
  return `Now ${colour ? paint(out, colour, status) : status}${since}${missing}.`;
}
