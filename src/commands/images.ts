import { loadDatabaseConfig } from '../config/config.ts';
import { IMAGE_STATUSES, type ImageStatus } from '../inventory/image.ts';
import { type ImageRow, readImages } from '../store/reports.ts';
import { printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { durationText, instantText, sizeText, statusColour } from '../terminal/units.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { type Store, withStore } from './store.ts';

export interface ImagesOptions {
  readonly project?: string;
  readonly status?: string;
  readonly type?: string;
  readonly removed?: boolean;
  readonly json?: boolean;
}

/** Prints the images known now, or with `removed` those that are gone. */
export async function images(options: ImagesOptions, context: CommandContext): Promise<ExitCode> {
  const status = options.status === undefined ? undefined : statusNamed(options.status);
  const config = loadDatabaseConfig(context.surroundings);
  const wanted = {
    ...(options.project === undefined ? {} : { project_id: options.project }),
    ...(status === undefined ? {} : { status }),
    ...(options.type === undefined ? {} : { image_type: options.type }),
    removed: options.removed ?? false,
  };
  const work = ({ db }: Store) => readImages(db, wanted);
  const rows = await withStore(config, { migrate: false, signal: context.stop, work });
  if (options.json) printJson(context.out, rows);
  else printTable(context.out, columns(options, context.now()), { rows, empty: 'No image matches.' });
  return EXIT.done;
}

function statusNamed(text: string): ImageStatus {
  const status = IMAGE_STATUSES.find((one) => one === text);
  if (status) return status;
  throw new CommandError(
    `--status takes one of ${IMAGE_STATUSES.join(', ')}; got ${JSON.stringify(text)}`,
    EXIT.usage,
  );
}

function columns(options: ImagesOptions, now: Date): Column<ImageRow>[] {
  const since = (row: ImageRow) =>
    row.status_since ? durationText(now.getTime() - row.status_since.getTime()) : '';
  return [
    { title: 'PROJECT', value: (row) => row.project_id },
    { title: 'IMAGE', value: (row) => row.image_id },
    { title: 'NAME', value: (row) => row.image_name ?? '' },
    { title: 'TYPE', value: (row) => row.image_type ?? (row.is_public === 1 ? 'public' : '') },
    { title: 'STATUS', value: statusText, colour: (row) => statusColour(row.status) },
    ...(options.removed
      ? [{ title: 'REMOVED', value: (row: ImageRow) => instantText(row.removed_at) }]
      : [{ title: 'SINCE', value: since, align: 'right' as const }]),
    { title: 'SIZE', value: (row) => sizeText(row.image_size), align: 'right' },
    { title: 'VERSION', value: (row) => row.image_version ?? row.os_name ?? '' },
    { title: 'CREATED', value: (row) => instantText(row.create_time) },
    ...(options.removed ? [] : [{ title: '', value: noteText }]),
  ];
}

/** What keeps an image from being used though its status does not say so. */
function noteText({ missing_since, receive_status }: ImageRow): string {
  const share = receive_status === 0 ? 'not accepted' : receive_status === 2 ? 'rejected' : '';
  return [missing_since ? 'missing' : '', share].filter(Boolean).join(', ');
}

function statusText(row: ImageRow): string {
  if (row.status === null) return '-';
  return row.status === 'unknown' ? `unknown (${row.status_code})` : row.status;
}
