import type { Guess } from './marker-listing.ts';
import type { Teaching } from './relist.ts';

/**
 * What `offset` counts:
 * - `index`: images, as the reference says; `index-from-1` where the first image is number 1.
 * - `page`: pages, from 0; `page-from-1` where the first page is number 1.
 */
export type OffsetReading = 'index' | 'index-from-1' | 'page' | 'page-from-1';

/**
 * What listings have taught about an endpoint. The reference leaves open what `offset` and `total` count and
 * how many rows a page holds, so the first listing asks one question more, and those after it profit. Shared
 * by all projects of an endpoint for as long as the process lives.
 */
export interface Lessons {
  offset: OffsetReading | null;
  /** `grand`: has counted everything its listing holds. `other`: has said more than there is. */
  total: 'grand' | 'other' | null;
  /** The most rows that came on one page. A page with fewer is the last one. */
  pageHolds: number;
  /** The most rows that may be asked for: more were refused. */
  mostAsked: number;
  /** Pages with fewer rows were followed by others: such a page ends nothing here. */
  shortPages: boolean;
  /** Ids whose one row has come twice, the same each time. */
  readonly twice: Set<string>;
  /**
   * How phone-images goes on behind a page that says nothing of an end; null where that is not known to
   * happen.
   */
  phoneImagesGoOnBy: Guess | null;
  /** Behind a round number of phone-images was asked, and nothing came. */
  phoneImagesTried: boolean;
  /** The listing that is asking the first question. Those beside it wait for what it learns. */
  asking: Promise<void> | null;
}

export function createLessons(): Lessons {
  return {
    offset: null,
    total: null,
    pageHolds: 0,
    mostAsked: Number.POSITIVE_INFINITY,
    shortPages: false,
    twice: new Set(),
    phoneImagesGoOnBy: null,
    phoneImagesTried: false,
    asking: null,
  };
}

/** How attempts at one listing change what is believed of its endpoint. */
export function teachingOf(lessons: Lessons): Teaching {
  const countedAll = lessons.total === 'grand';
  return {
    forget: () => forget(lessons),
    accept: (kind, repeated) => {
      // A total that used to be the number of rows has not begun to count something else: rows are held back.
      if (kind === 'count' && countedAll) return false;
      if (kind === 'count') lessons.total = 'other';
      for (const id of repeated) lessons.twice.add(id);
      return true;
    },
  };
}

/**
 * What `lessons` taught of the images endpoint was wrong: from now on, what `fresh` ones taught is believed.
 */
export function replaceLessons(lessons: Lessons, fresh: Lessons): void {
  const { offset, total, pageHolds, mostAsked, shortPages, twice } = fresh;
  Object.assign(lessons, { offset, total, pageHolds, mostAsked, shortPages });
  for (const id of twice) lessons.twice.add(id);
}

/** A listing drifted: what was believed until now may be what is wrong. */
function forget(lessons: Lessons): void {
  lessons.offset = null;
  if (lessons.total === 'grand') lessons.total = null;
  lessons.pageHolds = 0;
  lessons.mostAsked = Number.POSITIVE_INFINITY;
}

/** The `offset` that goes on behind `rows` images on `pages` pages. */
export function offsetBehind(
  reading: OffsetReading,
  { rows, pages }: { rows: number; pages: number },
): number {
  switch (reading) {
    case 'index':
      return rows;
    case 'index-from-1':
      return rows + 1;
    case 'page':
      return pages;
    case 'page-from-1':
      return pages + 1;
  }
}
