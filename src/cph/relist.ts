import { canonicalJson } from '../inventory/canonical.ts';
import type { ImageRecord } from '../inventory/image.ts';
import type { DriftKind, ListingResult, RejectedRecord } from '../inventory/listing.ts';
import { preferred } from '../inventory/preferred.ts';
import { idOf, idsOf, type Page, type Row, received, repeatedIds } from './received.ts';

/** One reading of a listing from its start to its end. */
export interface Attempt {
  readonly rows: readonly Row[];
  readonly pages: readonly Page[];
  /** How it contradicted itself; null when it is proven complete. */
  readonly drift: DriftKind | null;
  /** Its end is proven: nothing lies behind the rows. */
  readonly ended: boolean;
  /** The end is where `total` says. */
  readonly metTotal?: boolean;
  /** Asks whether rows that came again on another page stand in place of none; left out where no page follows another. */
  readonly hidesNothing?: () => Promise<boolean>;
}

/** What keeps the lessons of a listing. */
export interface Teaching {
  /** An attempt drifted. */
  readonly forget: () => void;
  /**
   * Whether what looked like drift and comes the same every time may be how this API works; then it is
   * learned.
   */
  readonly accept: (kind: DriftKind, repeated: readonly string[]) => boolean;
}

/** A project in which something changes during four readings in a row is left to the next sweep. */
const MAX_ATTEMPTS = 4;

/**
 * Lists until an attempt is proven complete; after the last, what that one saw is an incomplete listing. Two
 * attempts that are the same to the last row did not change while they were read: what contradicts in them is
 * how this API works, and where their end is proven they are complete.
 */
export async function listUntilComplete(
  attempt: () => Promise<Attempt>,
  teaching: Teaching,
): Promise<ListingResult> {
  const drift: DriftKind[] = [];
  let before: string | null = null;
  for (;;) {
    const read = await attempt();
    if (read.drift === null) return { ...gather(read.rows), proof: 'complete', drift };
    drift.push(read.drift);
    const print = fingerprint(read);
    if (before === print) {
      const isItsWay =
        isConsistent(read) &&
        ((await read.hidesNothing?.()) ?? true) &&
        teaching.accept(read.drift, repeatedIds(received(read.pages)));
      return { ...gather(read.rows), proof: isItsWay ? 'complete' : 'incomplete', drift };
    }
    before = print;
    teaching.forget();
    if (drift.length >= MAX_ATTEMPTS) return { ...gather(read.rows), proof: 'incomplete', drift };
  }
}

function fingerprint({ rows, pages }: Attempt): string {
  const totals = [...new Set(pages.map((page) => page.total))].toSorted().join();
  return `${idsOf(rows).toSorted().join()} ${rows.length} ${totals}`;
}

/** Rows of one id that say different things are a contradiction however often they come. */
function isConsistent({ rows, ended }: Attempt): boolean {
  if (!ended) return false;
  const texts = new Map<string, string>();
  return rows.every((row) => {
    const id = idOf(row);
    if (id === null) return true;
    const text = canonicalJson(row);
    const same = (texts.get(id) ?? text) === text;
    texts.set(id, text);
    return same;
  });
}

/** One record an id, the preferred one. Rows without an id are all kept. */
function gather(rows: readonly Row[]): Pick<ListingResult, 'records' | 'rejected'> {
  const byId = new Map<string, ImageRecord>();
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    if ('reason' in row) rejected.push(row);
    else byId.set(row.image_id, preferred(byId.get(row.image_id), row));
  }
  return { records: [...byId.values()], rejected };
}
