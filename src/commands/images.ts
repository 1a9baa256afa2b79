import {
  IMAGES_PARAMETERS,
  type ImageItem,
  type ImagesAsked,
  readImages,
  readTotals,
} from '../answers/images.ts';
import { loadDatabaseConfig } from '../config/config.ts';
import type { Database } from '../store/database.ts';
import { countProjects } from '../store/projects.ts';
import { type Output, openJsonList } from '../terminal/output.ts';
import { type Column, openTable, printTable } from '../terminal/table.ts';
import { printTotal } from '../terminal/text.ts';
import { countText, durationText, instantText, sizeText, statusColour } from '../terminal/units.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';
import { takeOptions } from './take-options.ts';

export interface ImagesOptions {
  readonly project?: string;
  readonly status?: string;
  readonly type?: string;
  /** A pattern: `*` for any text, `?` for any character. */
  readonly name?: string;
  readonly label?: string;
  readonly version?: string;
  readonly source?: string;
  readonly missing?: boolean;
  readonly removed?: boolean;
  readonly olderThan?: string;
  readonly asOf?: string;
  readonly sort?: string;
  readonly limit?: number;
  readonly json?: boolean;
}

/** Rows read at once: this bounds memory, whatever the number of images. */
const PAGE = 1000;

/** Prints the images known now, or as they were known, or with `removed` those that are gone. */
export async function images(options: ImagesOptions, context: CommandContext): Promise<ExitCode> {
  const { olderThan: older_than, asOf: at, limit = Number.POSITIVE_INFINITY, json, ...others } = options;
  const asked = takeOptions(IMAGES_PARAMETERS, { ...others, older_than, at });
  const config = loadDatabaseConfig(context.surroundings);
  const work = async ({ db }: Store) => {
    const selection = { db, asked, limit, now: context.now() };
    if (json) await printList(context.out, selection);
    else await printRows(context.out, selection);
  };
  await withStore(config, { migrate: false, signal: context.stop, work });
  return EXIT.done;
}

interface Selection {
  readonly db: Database;
  readonly asked: ImagesAsked;
  readonly limit: number;
  readonly now: Date;
}

/** The images of a selection, batch by batch. Returns whether there are more than its limit. */
async function* batchesOf({
  db,
  asked,
  limit,
  now,
}: Selection): AsyncGenerator<readonly ImageItem[], boolean> {
  let left = limit;
  let cursor: string | null | undefined;
  while (cursor !== null && left > 0) {
    const page = await readImages(db, { ...asked, cursor, limit: Math.min(PAGE, left) }, now);
    yield page.items;
    left -= page.items.length;
    cursor = page.next;
  }
  return cursor !== null;
}

async function printList(out: Output, selection: Selection): Promise<void> {
  const list = openJsonList(out);
  for await (const batch of batchesOf(selection)) list.add(batch);
  list.end();
}

async function printRows(out: Output, selection: Selection): Promise<void> {
  const { db, asked, now } = selection;
  const several = asked.project === undefined && (await countProjects(db)) > 1;
  const shown = columns({ removed: asked.removed ?? false, withProject: several || !out.isTTY, now });
  const batches = batchesOf(selection);
  let print: ((rows: readonly ImageItem[]) => void) | null = null;
  const sum = { images: 0, bytes: 0 };
  for (;;) {
    const { done, value } = await batches.next();
    if (done) {
      if (!print) printTable(out, shown, { rows: [], empty: `No image matches.${globHint(asked)}` });
      return printTotal(out, await totalText(out, selection, { ...sum, more: value }));
    }
    if (value.length === 0) continue;
    print ??= openTable(out, shown, value);
    print(value);
    sum.images += value.length;
    sum.bytes += value.reduce((bytes, { image_size }) => bytes + (image_size ?? 0), 0);
  }
}

/** A name without a sign is that of a whole name; the page finds parts of one. */
function globHint({ name }: Selection['asked']): string {
  if (name === undefined || /[*?]/.test(name)) return '';
  return ` Names are meant whole; for a part of one: --name '*${name}*'`;
}

async function totalText(
  out: Output,
  { db, asked, now }: Selection,
  { images, bytes, more }: { images: number; bytes: number; more: boolean },
): Promise<string> {
  const size = out.isTTY ? sizeText(bytes) : `${bytes} bytes`;
  const text = `${countText(images, 'image')}, ${size}`;
  if (!more) return text;
  // How many there were in the past is not counted: it would take as long as listing them.
  if (asked.at !== undefined) return `the first ${text}; there are more`;
  const { total } = await readTotals(db, asked, now);
  return `the first ${text}; there are ${countText(total, 'image')}`;
}

function columns({
  removed,
  withProject,
  now,
}: {
  removed: boolean;
  withProject: boolean;
  now: Date;
}): Column<ImageItem>[] {
  const since = ({ status_since: at }: ImageItem) => (at ? durationText(now.getTime() - at.getTime()) : '');
  return [
    { title: 'NAME', value: (row) => row.image_name ?? '(no name)', least: 16 },
    { title: 'STATUS', value: statusText, colour: (row) => statusColour(row.status) },
    removed
      ? { title: 'REMOVED', value: (row) => instantText(row.removed_at), rank: 1 }
      : { title: 'SINCE', value: since, align: 'right', rank: 1 },
    ...(withProject
      ? [
          {
            title: 'PROJECT',
            value: (row: ImageItem) => row.project_name ?? row.project_id,
            least: 10,
            rank: 3,
          },
        ]
      : []),
    ...(removed ? [] : [{ title: 'NOTE', value: noteText, colour: () => 'yellow' as const, rank: 2 }]),
    { title: 'TYPE', value: typeText, rank: 5 },
    { title: 'SIZE', value: (row) => sizeText(row.image_size), align: 'right', rank: 4 },
    { title: 'IMAGE', value: (row) => row.image_id, rank: 6 },
    { title: 'VERSION', value: (row) => row.image_version ?? row.os_name ?? '', rank: 7 },
    { title: 'CREATED', value: (row) => instantText(row.create_time), rank: 8 },
    ...(withProject ? [{ title: 'PROJECT ID', value: (row: ImageItem) => row.project_id, rank: 9 }] : []),
  ];
}

function typeText({ image_type, is_public }: ImageItem): string {
  return image_type ?? (is_public === 1 ? 'public' : '');
}

/** What keeps an image from being used though its status does not say so. */
function noteText({ missing_since, receive_status }: ImageItem): string {
  const share = receive_status === 0 ? 'not accepted' : receive_status === 2 ? 'rejected' : '';
  return [missing_since ? 'missing' : '', share].filter(Boolean).join(', ');
}

function statusText(row: ImageItem): string {
  if (row.status === null) return '-';
  return row.status === 'unknown' ? `unknown (${row.status_code})` : row.status;
}
