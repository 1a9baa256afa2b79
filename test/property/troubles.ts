/** What can go wrong between the API and a look, as the simulator's own faults. */
import fc from 'fast-check';
import type { Effect, Fault, Match } from '../../src/simulator/faults.ts';

/** Ordinary objects, as a counterexample prints them and a person pastes them. */
export function record<T>(fields: { [Key in keyof T]: fc.Arbitrary<T[Key]> }): fc.Arbitrary<T> {
  return fc.record(fields, { noNullPrototype: true });
}

type When = Required<Pick<Match, 'endpoint'>> & Match;

const nth = fc.constantFrom<NonNullable<Match['nth']>[]>(
  1,
  1,
  1,
  2,
  3,
  { from: 1 },
  { from: 1 },
  { from: 2 },
  { from: 1, to: 2 },
);

/** Any request: pages, and questions for single images too. */
const requests: fc.Arbitrary<Match> = fc.oneof(
  record({
    endpoint: fc.constant('images' as const),
    query: fc.constantFrom('private', 'private', 'public', 'share').map((image_type) => ({ image_type })),
    nth,
  }),
  record({ endpoint: fc.constantFrom('images' as const, 'phone-images' as const), nth }),
);

/** Pages of listings only. The answer to a question by id is the API's last word on an image, so it never lies. */
const pages: fc.Arbitrary<When> = fc.oneof(
  {
    weight: 4,
    arbitrary: record({
      endpoint: fc.constant('images' as const),
      query: fc
        .constantFrom('private', 'private', 'private', 'public', 'share')
        .map((image_type) => ({ image_type, limit: '100' })),
      nth,
    }),
  },
  { weight: 1, arbitrary: record({ endpoint: fc.constant('phone-images' as const), nth }) },
);

const row = fc.constantFrom(0, 1, -1, -1);

const errors: fc.Arbitrary<Effect> = fc.oneof(
  record({
    kind: fc.constant('error' as const),
    code: fc.constantFrom('CPS.0003', 'APIGW.0308', 'APIG.0601', 'APIGW.0613'),
  }),
  record({
    kind: fc.constant('error' as const),
    code: fc.constantFrom(
      'CPS.0001',
      'CPS.0002',
      'CPS.0006',
      'CPS.0009',
      'CPS.0099',
      'APIGW.0101',
      'APIGW.0301',
      'APIGW.0302',
    ),
  }),
  record({
    kind: fc.constant('error' as const),
    code: fc.constantFrom('CPS.0003', 'CPS.0001'),
    status: fc.constant(200),
  }),
  record({ kind: fc.constant('raw' as const), status: fc.constantFrom(200, 404, 502) }),
  record({
    kind: fc.constant('raw' as const),
    status: fc.constant(200),
    body: fc.constantFrom(
      '',
      '[]',
      '{}',
      '{"image_infos"',
      '{"images":[]}',
      '{"error_msg":"busy","request_id":"r"}',
    ),
  }),
  fc.constantFrom<Effect[]>({ kind: 'reset' }, { kind: 'truncate' }, { kind: 'delay', milliseconds: 2 }),
);

/** Rows that cannot be read, among them one that cannot even be told apart. */
const badRecords: fc.Arbitrary<Effect> = fc.oneof(
  record({
    kind: fc.constant('patch' as const),
    row,
    set: fc.constantFrom<Record<string, string | number>[]>(
      { image_size: 'big' },
      { is_public: 'no' },
      { status: 'usable' },
      { image_id: '' },
    ),
  }),
  record({ kind: fc.constant('patch' as const), row, unset: fc.constant<string[]>(['image_id']) }),
  record({ kind: fc.constant('replace-row' as const), row, value: fc.constantFrom(null, 'row', 7) }),
);

/** Answers that are not what the listing holds. */
const lies: fc.Arbitrary<Effect> = fc.oneof(
  { weight: 5, arbitrary: record({ kind: fc.constant('drop-row' as const), row }) },
  { weight: 1, arbitrary: record({ kind: fc.constant('repeat-row' as const), row }) },
  {
    weight: 1,
    arbitrary: record({
      kind: fc.constant('patch' as const),
      set: fc.constantFrom({ total: 0 }, { total: 3 }, { total: 'many' }, { total: 250 }),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Effect[]>(
      { kind: 'patch', unset: ['total'] },
      { kind: 'patch', unset: ['image_infos', 'phone_images'] },
      { kind: 'rename-field', from: 'image_infos', to: 'data.image_infos' },
      { kind: 'rename-field', from: 'phone_images', to: 'images' },
    ),
  },
);

/** Images come and go between two pages and shift the others. */
const shifts: fc.Arbitrary<Effect> = fc.oneof(
  record({ kind: fc.constant('mutate' as const), remove: fc.integer({ min: 1, max: 2 }) }),
  record({ kind: fc.constant('mutate' as const), create: fc.integer({ min: 1, max: 2 }) }),
  fc.constant<Effect>({ kind: 'mutate', create: 1, remove: 1 }),
);

function of(when: fc.Arbitrary<Match>, effect: fc.Arbitrary<Effect>): fc.Arbitrary<Fault> {
  return record({ when, effect });
}

/** An endpoint, or one type of image, that is closed for as long as the look lasts. */
const denied: fc.Arbitrary<Fault> = of(
  fc.constantFrom<Match[]>(
    { endpoint: 'images' },
    { endpoint: 'phone-images' },
    { endpoint: 'images', query: { image_type: 'public' } },
    { endpoint: 'images', query: { image_type: 'private' } },
  ),
  fc.constantFrom('CPS.0001', 'APIGW.0302', 'CPS.0009', 'CPS.0099').map((code) => ({ kind: 'error', code })),
);

/** In a project of one page each, everything but the listing itself: questions for single images. */
const unanswered: fc.Arbitrary<Fault> = of(
  fc.constantFrom('private', 'private', 'share', 'public').map((image_type) => {
    return { endpoint: 'images', query: { image_type }, nth: { from: 2 } };
  }),
  errors,
);

const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 2, arbitrary: unanswered },
  { weight: 4, arbitrary: of(requests, errors) },
  { weight: 2, arbitrary: of(requests, badRecords) },
  { weight: 4, arbitrary: of(pages, lies) },
  { weight: 4, arbitrary: of(pages, shifts) },
  { weight: 1, arbitrary: denied },
);

/** The faults of one look; about half of all looks have none. */
export const faults: fc.Arbitrary<Fault[]> = fc.oneof(
  { weight: 5, arbitrary: fc.constant<Fault[]>([]) },
  { weight: 4, arbitrary: fc.array(fault, { minLength: 1, maxLength: 1 }) },
  { weight: 2, arbitrary: fc.array(fault, { minLength: 2, maxLength: 3 }) },
);

/** A row that the images endpoint leaves out of its listing, though not of the answer to a question by id. */
const loss: fc.Arbitrary<Fault> = of(
  record({
    endpoint: fc.constant('images' as const),
    query: fc
      .constantFrom('private', 'private', 'public')
      .map((image_type) => ({ image_type, limit: '100' })),
    nth: fc.constant(1),
  }),
  record({ kind: fc.constant('drop-row' as const), row }),
);

/** What goes wrong time and again. */
export const lastingFault: fc.Arbitrary<Fault> = fc.oneof(fault, loss);

/** Rows are left out, and at most a total could tell. */
export function isSilentLoss({ effect }: Fault): boolean {
  const { kind } = effect;
  return kind === 'drop-row' || (kind === 'patch' && Number(effect.set?.total) === 0);
}

/** Whether the answers of a look can be wrong without contradicting themselves, so that no reader could tell. */
export function mayHide(faults: readonly Fault[]): boolean {
  return faults.some((fault) => isSilentLoss(fault) || fault.effect.kind === 'mutate');
}
