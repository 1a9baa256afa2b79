/** What is asked over HTTP: each filter and each order alone, some together, and what an unfriendly reader asks. */
import { sql } from 'drizzle-orm';
import { cursorOf } from '../src/answers/cursor.ts';
import { endsAt } from '../src/answers/image-order.ts';
import { IMAGE_SORTS } from '../src/answers/image-sorts.ts';
import { type ImageItem, readImages } from '../src/answers/images.ts';
import type { Database } from '../src/store/database.ts';

const FILTERS = [
  'project=p17',
  'project=games-17',
  'type=private',
  'type=public',
  'status=failed',
  'status=usable',
  'status=creating',
  'version=AOSP%2011',
  'version=none',
  'label=label-8',
  'label=none',
  'source=phone-images',
  'missing=true',
  'missing=false',
  'removed=true',
  'older_than=90d',
  'older_than=3650d',
  'q=v99',
  'q=v',
  'q=nothing-has-this',
  'q=%25',
  `q=${'a%25_'.repeat(40)}`,
  `q=${encodeURIComponent('\\%_'.repeat(40))}`,
  'name=*v1?5',
  `name=${'*a'.repeat(60)}`,
  `name=${'*o?'.repeat(12)}*!`,
];

const TOGETHER = [
  'project=p17&status=failed',
  'status=failed&version=AOSP%2011',
  'type=private&status=usable&version=AOSP%2011&older_than=90d',
  'project=p17&q=v99',
  'status=failed&q=v9',
  'removed=true&project=p17',
  'removed=true&q=nothing-has-this',
  'removed=true&status=failed',
];
const PAST = [
  '',
  'status=failed',
  'status=creating',
  'project=p17',
  'version=AOSP%2011',
  'label=label-8',
  'type=public',
  'q=v99',
  'q=nothing-has-this',
  'name=*v1?5',
  'older_than=90d',
  'source=images',
  'project=p17&status=failed&q=v9',
];
const CHANGES = [
  '',
  'project=p17',
  'status=failed',
  'status=creating',
  'type=public',
  'q=v99',
  'q=nothing-has-this',
  `q=${'a%25_'.repeat(40)}`,
  'project=p17&status=failed',
];
const SPANS = ['', 'since=7d', 'since=365d', 'since=365d&until=300d', 'since=360d&until=359d', 'until=365d'];

const join = (...parts: readonly string[]) => parts.filter((part) => part !== '').join('&');

/** Behind the question mark, for the page and the route of images. */
async function imageQuestions(db: Database): Promise<string[]> {
  const sorts = IMAGE_SORTS.map((sort) => `sort=${sort}`);
  const narrowed = [
    'project=p17',
    'status=failed',
    'status=usable',
    'removed=true',
    'q=v99',
    'q=nothing-has-this',
    'version=AOSP%2011',
  ];
  return [
    '',
    'limit=1000',
    ...FILTERS,
    ...TOGETHER,
    ...sorts,
    ...IMAGE_SORTS.flatMap((sort) => narrowed.map((filter) => join(filter, `sort=${sort}`))),
    ...(await Promise.all(IMAGE_SORTS.map((sort) => deep(db, sort)))),
    ...PAST.map((filter) => join('at=30d', filter)),
    ...PAST.map((filter) => join('at=360d', filter)),
    `at=30d&cursor=${cursorOf('at', ['p5', '8'])}`,
    'at=30d&limit=1000',
  ];
}

/** A page three quarters down. */
async function deep(db: Database, sort: (typeof IMAGE_SORTS)[number]): Promise<string> {
  const { items } = await readImages(db, { sort, limit: 1000 }, new Date());
  const column = sort.replace('-', '');
  const { rows } = await db.execute<ImageItem>(sql`
    select i.* from cph.images i where removed_at is null
    order by ${sql.raw(`i.${column} ${sort.startsWith('-') ? 'desc' : 'asc'}`)}, project_id, image_id offset (select count(*) * 3 / 4 from cph.images where removed_at is null) limit 1`);
  const row = rows[0] ?? items[0];
  return row ? `sort=${sort}&cursor=${endsAt(sort, row)}` : `sort=${sort}`;
}

function changeQuestions(now: Date): string[] {
  const since = now.getTime() - 365 * 86_400_000;
  return [
    ...SPANS.flatMap((span) =>
      (span === '' || span === 'since=365d' ? CHANGES : CHANGES.slice(0, 2)).map((filter) =>
        join(span, filter),
      ),
    ),
    `cursor=${cursorOf('changes', [now.getTime() - 200 * 86_400_000, 1e15, since, now.getTime()])}`,
    'since=365d&limit=1000',
  ];
}

const BUILDS = [
  '',
  'project=p17',
  'since=7d',
  'since=365d',
  'since=365d&project=p17',
  'since=365d&until=330d',
  'since=0d',
];

// md5 of 8, and of 1.
const IMAGES = ['/images/p8/c9f0f895fb98ab9159f51fd0297e236d', '/images/p1/c4ca4238a0b923820dcc509a6f75849b'];
const REPORTS = ['/projects', '/projects/p17', '/projects/games-17', '/runs/39000', '/sinks', ...IMAGES];

const asked = (path: string, questions: readonly string[]) =>
  questions.map((question) => (question ? `${path}?${question}` : path));

/** Every address that is measured. */
export async function addresses(db: Database): Promise<string[]> {
  const now = new Date();
  const images = await imageQuestions(db);
  const changes = changeQuestions(now);
  const shared = [
    ...asked('/images', images),
    ...asked('/changes', changes),
    ...asked('/builds', BUILDS.slice(0, 1)),
    ...REPORTS,
  ];
  return [
    '/api/now',
    ...shared.map((path) => `/api${path}`),
    ...asked('/api/builds', BUILDS.slice(1)),
    ...asked('/api/runs', [
      '',
      'project=p17',
      'kind=sweep',
      'kind=watch',
      'project=p17&kind=sweep',
      'project=p17&kind=watch',
      `cursor=${cursorOf('runs', [2000])}`,
      'limit=1000',
    ]),
    ...asked('/api/events', ['', 'after=500000', 'after=999999', 'after=500000&limit=1000']),
    ...asked('/api/sinks', ['limit=1000']),
    '/api/openapi.json',
    '/api/images?format=csv&limit=100',
    '/',
    ...shared,
    '/metrics',
  ];
}
