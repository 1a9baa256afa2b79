/** A log to deliver from, without a look behind it. */
import type { ImageChange } from '../../src/inventory/diff.ts';
import type { ImagesRecord } from '../../src/inventory/image.ts';
import { mergeImage } from '../../src/inventory/merge.ts';
import type { Database, Transaction } from '../../src/store/database.ts';
import { appendEvents } from '../../src/store/events.ts';
import { imagesRecord } from './image-records.ts';

/** An image seen for the first time, usable unless something else is said. */
export function created(image_id: string, said: Partial<ImagesRecord> = {}): ImageChange {
  const after = mergeImage(null, { images: imagesRecord(image_id, said) });
  const transition = after.status && { from: null, to: after.status };
  return {
    type: 'cph.image.created',
    image_id,
    before: null,
    after,
    changes: {},
    transition,
    listed_under: null,
    missing_from: [],
    out_of_sight: false,
    status_read: true,
  };
}

/** An image that was being created and is now what `status_code` says: 1 usable, 2 failed. */
export function built(image_id: string, status_code: 1 | 2): ImageChange {
  const before = mergeImage(null, { images: imagesRecord(image_id, { status_code: 0 }) });
  const { after } = created(image_id, { status_code });
  const to = after?.status ?? 'unknown';
  return {
    ...created(image_id),
    type: 'cph.image.status_changed',
    before,
    after,
    changes: { status: { from: 'creating', to } },
    transition: { from: 'creating', to },
  };
}

/** Ids that sort as they are numbered: `image-0001`, … */
export function imageIds(count: number, first = 1): string[] {
  return Array.from({ length: count }, (_, i) => `image-${String(first + i).padStart(4, '0')}`);
}

/** Appends in one transaction, as a look does; returns the events' numbers. */
export function append(db: Database, changes: readonly ImageChange[]): Promise<number[]> {
  return db.transaction((tx) => appendIn(tx, changes));
}

/** The same as part of a transaction. */
export async function appendIn(tx: Transaction, changes: readonly ImageChange[]): Promise<number[]> {
  const origin = {
    project_id: 'p1',
    region: 'ap-southeast-3',
    run_id: 1,
    isBaseline: () => false,
    occurred_at: new Date('2026-08-01T12:00:00.123Z'),
    traceparent: null,
  };
  const first = await appendEvents(tx, origin, changes);
  return changes.map((_, i) => first + i);
}
