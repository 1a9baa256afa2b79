import { z } from 'zod';
import { type ImagesRecord, statusOfCode } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';
import { bytes, code, id, readRow, text, time } from './row.ts';

/** `ListImagesView` of the API reference (Querying Images), as far as it is kept. */
const schema = z.object(
  {
    image_id: id,
    image_name: text,
    image_type: text,
    status: code,
    image_version: text,
    image_size: bytes,
    domain_id: text,
    src_project_id: text,
    create_time: time,
    update_time: time,
  },
  'an object',
);

/** A private image's `project_id` repeats the project that was asked. */
const DROPPED = ['project_id'];

/** A row of a listing that asked for `asked`, the type of rows that name none. */
export function readImagesRow(raw: unknown, asked: string): ImagesRecord | RejectedRecord {
  const row = readRow(raw, { source: 'images', schema, dropped: DROPPED });
  if ('reason' in row) return row;
  const { status, image_type, ...fields } = row;
  return {
    source: 'images',
    ...fields,
    image_type: image_type ?? asked,
    status: status === null ? null : statusOfCode(status),
    status_code: status,
  };
}
