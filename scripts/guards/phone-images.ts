/** How phone-images goes on, and where it ends. */
import type { Guard } from './guard.ts';

const SIGNS = 'src/cph/signs-of-more.ts';

export const PHONE_IMAGES_GUARDS: readonly Guard[] = [
  {
    name: 'a row of phone-images that comes again on another page may stand in place of one that never comes',
    missedBy: 'cph.hidden-rows.test.ts',
    patches: [
      {
        file: 'src/cph/marker-listing.ts',
        find: ' ?? (await hiddenBy(pages, ways, ask))',
        replace: '',
      },
      {
        file: 'src/cph/marker-listing.ts',
        find: 'if (overlapsOf(pages) === null) return true;',
        replace: '',
      },
    ],
  },
  {
    name: 'a marker that is refused is the end only where the one before it leads to the last row and no other',
    missedBy: 'cph.list-phone-images.test.ts',
    patches: [
      {
        file: 'src/cph/marker-listing.ts',
        find: 'return idsOf(across.rows).join() === last;',
        replace: 'return across.rows.length >= 0;',
      },
    ],
  },
  {
    name: 'a marker or link is followed',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [
      {
        file: 'src/cph/marker-listing.ts',
        find: 'if (page?.signs.next) return namedSteps(page.signs.next);',
        replace: '',
      },
    ],
  },
  {
    name: 'a count above the rows says that there is more',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [
      {
        file: SIGNS,
        find: 'found.counted = Math.max(found.counted, number);',
        replace: 'found.counted = 0;',
      },
    ],
  },
  {
    name: 'a flag says that there is more',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [
      { file: SIGNS, find: 'if (more) found.flagged = true;', replace: 'if (more) found.flagged = false;' },
    ],
  },
  {
    name: 'a sign of more counts at whatever level it is',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [{ file: SIGNS, find: 'const DEEPEST = 4;', replace: 'const DEEPEST = 0;' }],
  },
  {
    name: 'a sign of more that cannot be followed leaves the listing incomplete',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [
      {
        file: 'src/cph/marker-listing.ts',
        find: "return saysMore(pages, seen.size) ? 'end' : null;",
        replace: 'return null;',
      },
      {
        file: 'src/cph/marker-listing.ts',
        find: "counted > distinct ? 'count' : null",
        replace: 'counted > distinct ? null : null',
      },
      {
        file: 'src/cph/marker-listing.ts',
        find: "return !page.refused || (await endsAtLast(ids, step, ask)) ? null : 'marker';",
        replace: 'return null;',
      },
    ],
  },
  {
    name: 'a listing whose end nobody told is asked behind before an image is missed',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [
      {
        file: 'src/cph/marker-end.ts',
        find: "const further = await listByMarker({ ask, goesOnBy: 'marker' }, begun);",
        replace:
          'const further = await listByMarker({ ask, goesOnBy: null }, begun);\n  if (rows) return further;',
      },
    ],
  },
  {
    name: 'rows without a usable id that come behind an end nobody told count',
    missedBy: 'sync.proof.test.ts',
    patches: [
      {
        file: 'src/sync/doubts.ts',
        find: 'further?.rejected.slice(result.rejected.length) ?? []',
        replace: 'further?.rejected.slice(Number.POSITIVE_INFINITY) ?? []',
      },
    ],
  },
  {
    name: 'a page of nothing but rows without a usable id is no end',
    missedBy: 'sync.proof.test.ts',
    patches: [
      {
        file: 'src/cph/marker-listing.ts',
        find: '[...pages, ...withoutIds(next, pages)]',
        replace: '[...pages, ...withoutIds(next, pages).slice(1)]',
      },
    ],
  },
  {
    name: 'small pages without end are given up',
    missedBy: 'cph.endless-listing.test.ts',
    patches: [
      {
        file: 'src/cph/received.ts',
        find: 'if (pages.length <= MANY_PAGES) return false;',
        replace: 'if (pages.length >= 0) return false;',
      },
    ],
  },
  {
    name: 'phone-images that have changed are read anew before it is asked again what lies behind them',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [
      {
        file: 'src/cph/list-phone-images.ts',
        find: '? await askBehind(read.rows, ask) : read',
        replace: '? await askBehind([...records, ...rejected], ask) : read',
      },
    ],
  },
  {
    name: 'an endpoint that pages and does not go on from a row of our choice has no known end',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [
      {
        file: 'src/cph/marker-end.ts',
        find: 'if (await isWhole(rows, ask)) return',
        replace: 'if ((await isWhole(rows, ask)) || rows) return',
      },
    ],
  },
  {
    name: 'a number of rows that pages have is asked behind once',
    missedBy: 'cph.list-phone-images.test.ts',
    patches: [
      {
        file: 'src/cph/list-phone-images.ts',
        find: 'return rows > 0 && (rows % 50',
        replace: 'return rows < 0 && (rows % 50',
      },
    ],
  },
  {
    name: 'different rows of one image are drift',
    missedBy: 'cph.list-phone-images.test.ts',
    patches: [
      {
        file: 'src/cph/marker-listing.ts',
        find: 'distinct < rows.length && contradicts(pages)',
        replace: 'distinct < rows.length && contradicts([])',
      },
    ],
  },
  {
    name: 'one page that comes again and again is left',
    missedBy: 'cph.list-phone-images.test.ts',
    patches: [
      {
        file: 'src/cph/marker-listing.ts',
        find: "if (isAskedAgain(steps, asked)) return attemptOf(pages, { drift: 'marker', wentOnBy });",
        replace: '',
      },
    ],
  },
  {
    name: 'a page of rows that came before, with a new one each time, is left',
    missedBy: 'cph.endless-listing.test.ts',
    patches: [
      {
        file: 'src/cph/marker-listing.ts',
        find: '.length * 2 < ids.length || mayNeverEnd(pages)',
        replace: '.length < 0 || mayNeverEnd(pages)',
      },
    ],
  },
  {
    name: 'what the head of an answer says of more counts',
    missedBy: 'cph.phone-editions.test.ts',
    patches: [
      {
        file: 'src/cph/list-phone-images.ts',
        find: 'signsOfMore({ ...body, head: paging }, LIST)',
        replace: 'signsOfMore({ ...body, head: paging && null }, LIST)',
      },
    ],
  },
];
