/** Where a listing ends, and what contradicts that it is whole. */
import type { Guard } from './guard.ts';

export const LISTING_GUARDS: readonly Guard[] = [
  {
    name: 'a total asks for few pages before it is seen whether they lead on',
    missedBy: 'cph.endless-listing.test.ts',
    patches: [
      {
        file: 'src/cph/page-window.ts',
        find: 'return Math.min(behind, MOST_AT_ONCE);',
        replace: 'return behind;',
      },
    ],
  },
  {
    name: 'a row that comes again on another page may stand in place of one that never comes',
    missedBy: 'cph.hidden-rows.test.ts',
    patches: [{ file: 'src/cph/relist.ts', find: '((await read.hidesNothing?.()) ?? true) &&', replace: '' }],
  },
  {
    name: 'a page across each border shows what another order of the rows would hide',
    missedBy: 'cph.hidden-rows.test.ts',
    patches: [
      {
        file: 'src/cph/repeats.ts',
        find: 'if (rows.length === 0 || idsOf(rows).some((id) => !known.has(id))) return false;',
        replace: 'if (rows.length === 0) return false;',
      },
    ],
  },
  {
    name: 'a last page of images that says that others follow is no end',
    missedBy: 'cph.hidden-rows.test.ts',
    patches: [{ file: 'src/cph/listing-end.ts', find: 'Boolean(last?.goesOn) || ', replace: '' }],
  },
  {
    name: 'rows beside which an answer says that others are missing are not all',
    missedBy: 'cph.hidden-rows.test.ts',
    patches: [
      {
        file: 'src/cph/listing-end.ts',
        find: ' || pages.some((page) => page.partial)',
        replace: '',
      },
    ],
  },
  {
    name: 'an answer without its list behind rows is no empty page',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/list-images.ts',
        find: 'const NO_PAGE: Page = { rows: [], total: null, refused: true };',
        replace: 'const NO_PAGE: Page = { rows: [], total: null };',
      },
    ],
  },
  {
    name: 'a listing that keeps contradicting itself is incomplete',
    missedBy: 'cph.endless-listing.test.ts',
    patches: [
      { file: 'src/cph/relist.ts', find: "proof: 'incomplete', drift", replace: "proof: 'complete', drift" },
    ],
  },
  {
    name: 'a listing that contradicts itself is listed again',
    missedBy: 'cph.offset-listing.test.ts',
    patches: [
      { file: 'src/cph/relist.ts', find: 'const MAX_ATTEMPTS = 4;', replace: 'const MAX_ATTEMPTS = 1;' },
    ],
  },
  {
    name: 'totals that move are drift',
    missedBy: 'cph.offset-listing.test.ts',
    patches: [
      { file: 'src/cph/received.ts', find: "if (announced === 'moved') return 'total';", replace: '' },
    ],
  },
  {
    name: 'fewer rows than a total counts are drift',
    missedBy: 'cph.list-images.test.ts',
    patches: [
      {
        file: 'src/cph/received.ts',
        find: "announced > most ? 'count' : null",
        replace: 'announced > most ? null : null',
      },
    ],
  },
  {
    name: 'an id that comes twice with other content is drift',
    missedBy: 'cph.list-images.test.ts',
    patches: [
      {
        file: 'src/cph/received.ts',
        find: "if (repeatedIds(listing).some((id) => !twice.has(id))) return 'duplicate';",
        replace: '',
      },
    ],
  },
  {
    name: 'the same row twice is one row',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/lessons.ts',
        find: 'for (const id of repeated) lessons.twice.add(id);\n      return true;',
        replace: 'return repeated.length === 0;',
      },
    ],
  },
  {
    name: 'a total that used to be the number of rows does not begin to count something else',
    missedBy: 'cph.list-images.test.ts',
    patches: [
      { file: 'src/cph/lessons.ts', find: "if (kind === 'count' && countedAll) return false;", replace: '' },
    ],
  },
  {
    name: 'a total that never was the number of rows counts something else',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/lessons.ts',
        find: "if (kind === 'count') lessons.total = 'other';",
        replace: "if (kind === 'count') return false;",
      },
    ],
  },
  {
    name: 'a single page that is its own total is asked behind, the first time',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/listing-end.ts',
        find: "(lessons.total === 'grand' && !mayBeFull(last.rows.length)) || isLast(last, so, lessons)",
        replace: 'true',
      },
    ],
  },
  {
    name: 'a short page ends nothing while the total says more',
    missedBy: 'cph.hidden-rows.test.ts',
    patches: [
      {
        file: 'src/cph/listing-end.ts',
        find: 'return !more && !lessons.shortPages && isShort(page, lessons.pageHolds);',
        replace: 'return isShort(page, lessons.pageHolds);',
      },
      { file: 'src/cph/listing-end.ts', find: 'if (saysMore(so, lessons)) return false;', replace: '' },
    ],
  },
  {
    name: 'a page shorter than was asked for ends nothing by itself',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/listing-end.ts',
        find: 'isShort(page, lessons.pageHolds);',
        replace: 'isShort(page, LIMIT);',
      },
    ],
  },
  {
    name: 'a page that was asked for fewer rows is not short for that',
    missedBy: 'cph.hidden-rows.test.ts',
    patches: [
      {
        file: 'src/cph/listing-end.ts',
        find: 'rows.length < longest && rows.length !== limit',
        replace: 'rows.length < longest',
      },
    ],
  },
  {
    name: 'pages begin where the rows received end',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/page-window.ts',
        find: 'rows: so.rows.length + place * longestPage(so),',
        replace: 'rows: (so.pages.length + place) * LIMIT,',
      },
    ],
  },
  {
    name: 'what offset counts is found out before the end is believed',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/offset-listing.ts',
        find: 'const probed = await probeInTurn(listing, first);',
        replace:
          "return await readOn(listing, [first], 'index');\n  const probed = await probeInTurn(listing, first);",
      },
    ],
  },
  {
    name: 'a refused offset is the end only where a page across it shows the last rows and no more',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/offset-listing.ts',
        find: 'return isTold || (await endsBehind(whole, reading, ask));',
        replace: 'return true;',
      },
    ],
  },
  {
    name: 'what an endpoint has taught is forgotten when a listing drifts',
    missedBy: 'cph.offset-listing.test.ts',
    patches: [{ file: 'src/cph/lessons.ts', find: 'lessons.offset = null;', replace: '' }],
  },
  {
    name: 'an end that rests on what was taught is listed anew before an image is missed',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/list-images.ts',
        find: 'const fresh = createLessons();',
        replace: 'const fresh = client.lessons;',
      },
    ],
  },
  {
    name: 'a listing that begins with a new image each time is left',
    missedBy: 'cph.endless-listing.test.ts',
    patches: [
      {
        file: 'src/cph/offset-listing.ts',
        find: 'const isNew = last !== undefined && !seen.has(last);',
        replace: 'const isNew = ids.some((id) => !seen.has(id));',
      },
    ],
  },
  {
    name: 'an empty page behind a full one may be as deep as one can ask',
    missedBy: 'cph.editions.test.ts',
    patches: [
      {
        file: 'src/cph/offset-listing.ts',
        find: "return reading.startsWith('index') && isFull && !meetsTotal(whole);",
        replace: "return reading.startsWith('index') && isFull && reading === null;",
      },
    ],
  },
];
