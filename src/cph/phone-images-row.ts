import { z } from 'zod';
import type { PhoneImagesRecord } from '../inventory/image.ts';
import type { RejectedRecord } from '../inventory/listing.ts';
import { code, flag, id, readRow, text } from './row.ts';

/** `PhoneImage` of the API reference (Querying the Image of a Cloud Phone). */
const schema = z.object(
  {
    image_id: id,
    image_name: text,
    os_type: text,
    os_name: text,
    is_public: code,
    image_label: text,
    is_support_encrypt: flag,
  },
  'an object',
);

export function readPhoneImagesRow(raw: unknown): PhoneImagesRecord | RejectedRecord {
  const row = readRow(raw, { source: 'phone-images', schema, dropped: [] });
  return 'reason' in row ? row : { source: 'phone-images', ...row };
}
