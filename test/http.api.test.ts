import { Validator } from '@seriousme/openapi-schema-validator';
import { beforeEach, describe, expect, test } from 'vitest';
import { ENDPOINTS } from '../src/http/api/endpoints.ts';
import { cloudEvent } from '../src/inventory/event.ts';
import { apiServer, inventoryOf } from './support/api-server.ts';
import { validEvent } from './support/event-schema.ts';
import { wholeLog } from './support/inventory-rows.ts';
import { useTestDatabase } from './support/postgres.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

type Parameter = { readonly name: string; readonly schema: { readonly enum?: readonly string[] } };
type Document = {
  readonly servers: unknown;
  readonly paths: Readonly<Record<string, { readonly get: { readonly parameters: readonly Parameter[] } }>>;
};

describe('every question', () => {
  const PARTS: Readonly<Record<string, string>> = {
    project_id: 'p1',
    image_id: 'i0',
    project: 'p1',
    run_id: '1',
  };
  const addressOf = (path: string) =>
    `/api${path.replace(/\{(\w+)\}/g, (_, name: string) => PARTS[name] ?? name)}`;

  test.each(ENDPOINTS.map(({ path }) => path))('%s is answered, and kept by nobody', async (path) => {
    await inventoryOf(database.db);
    const { get } = await apiServer(database.db);
    const answer = await get(addressOf(path));
    expect([answer.status, await answer.json()]).toEqual([200, expect.any(Object)]);
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'referrer-policy': 'no-referrer',
      'cross-origin-resource-policy': 'same-origin',
    });
    expect(answer.headers.has('access-control-allow-origin')).toBe(false);
  });

  test.each(ENDPOINTS.map(({ path }) => path))('%s is answered where nothing is known', async (path) => {
    const { get } = await apiServer(database.db);
    expect((await get(addressOf(path))).status).toBe(path.includes('{') ? 404 : 200);
  });

  test('is in the document, which is one, with each parameter it takes and no other', async () => {
    const { get } = await apiServer(database.db, { publicUrl: new URL('https://ops.example.com/cph/') });
    const document = (await (await get('/api/openapi.json')).json()) as Document;
    const { valid, errors } = await new Validator().validate(structuredClone(document));
    expect([valid, errors]).toEqual([true, undefined]);
    expect(document.servers).toEqual([{ url: '/cph/api' }]);
    expect(Object.keys(document.paths)).toEqual([...ENDPOINTS.map(({ path }) => path), '/events/stream']);
    const parameters = document.paths['/images']?.get.parameters ?? [];
    expect(parameters.map(({ name }) => name)).toEqual([
      ...[
        'project',
        'type',
        'status',
        'q',
        'name',
        'version',
        'label',
        'source',
        'missing',
        'removed',
        'older_than',
      ],
      ...['at', 'sort', 'cursor', 'limit', 'format'],
    ]);
    expect(parameters[2]?.schema.enum).toEqual(['creating', 'usable', 'failed', 'unknown']);
    expect(JSON.stringify(document)).not.toContain('undefined');
  });
});

test('the log is read to its end by giving `next` for `after`, as the events that sinks are sent', async () => {
  await inventoryOf(database.db);
  const log = await wholeLog(database.db);
  const { json } = await apiServer(database.db);
  const read: unknown[] = [];
  for (let after: unknown = 0; after !== null; ) {
    const [status, { items, next }] = await json(`/api/events?after=${after}&limit=1`);
    expect(status).toBe(200);
    for (const event of items as object[]) read.push(validEvent(event));
    after = next;
  }
  expect(read.length).toBeGreaterThan(1);
  expect(read).toEqual(log.map(cloudEvent));
});

describe('what cannot be taken is refused by name', () => {
  test.each([
    [
      '/api/images?status=broken',
      'status',
      'status takes one of creating, usable, failed, unknown; got "broken"',
    ],
    ['/api/images?type=pirvate', 'type', 'type takes one of public, private, share; got "pirvate"'],
    ['/api/images?project=nobody', 'project', /^no project has the id or name "nobody"/],
    ['/api/images?limit=0', 'limit', 'limit takes a whole number from 1 to 1000; got "0"'],
    ['/api/images?limit=1e3', 'limit', /^limit takes/],
    ['/api/images?sort=name', 'sort', /^sort takes one of image_name, -image_name/],
    ['/api/images?at=yesterday', 'at', /^at takes a time such as/],
    ['/api/images?missing=maybe', 'missing', 'missing takes true or false; got "maybe"'],
    ['/api/images?q=', 'q', /^q takes/],
    ['/api/images?q=a%00b', 'q', /^q takes/],
    [`/api/images?q=${'a'.repeat(300)}`, 'q', /^q takes/],
    ['/api/images?cursor=zzz', 'cursor', /^cursor takes/],
    ['/api/images?q=a&q=b', 'q', 'q is given more than once'],
    ['/api/images?staus=failed', 'staus', /^there is no parameter "staus" here\. There are project, /],
    ['/api/now?x=1', 'x', 'there is no parameter "x" here. It takes none.'],
    ['/api/changes?since=32h60', 'since', /^since takes/],
    ['/api/events?after=-1', 'after', /^after takes a whole number/],
    ['/api/events?after=9999999999999999', 'after', /^after takes a whole number/],
    ['/api/runs/last', 'run_id', 'run_id takes the number of a run; got "last"'],
    ['/api/images?format=xml', 'format', 'format takes json or csv; got "xml"'],
    ['/api/now?format=csv', 'format', /^there is no parameter "format"/],
  ])('%s', async (path, parameter, message) => {
    const { json } = await apiServer(database.db);
    const [status, { error }] = await json(path);
    expect([status, error]).toEqual([400, { parameter, message: expect.stringMatching(message) }]);
  });

  test.each(['/api/images/p1/nobody', '/api/projects/nobody', '/api/runs/77', '/api/nothing', '/api'])(
    '%s is not there',
    async (path) => {
      const { json } = await apiServer(database.db);
      expect(await json(path)).toEqual([404, { error: { message: expect.any(String) } }]);
    },
  );
});
