import { beforeEach, describe, expect, test } from 'vitest';
import { imagesRecord, nameless } from './support/image-records.ts';
import { rowsOf } from './support/inventory-rows.ts';
import { openPage } from './support/page.ts';
import { useTestDatabase } from './support/postgres.ts';
import { scriptedProject } from './support/scripted-project.ts';

const database = useTestDatabase();
beforeEach(() => database.truncate());

const run = (statement: string) => rowsOf(database.db, statement);
const open = () => openPage(database.db);
const HOSTILE = '<script>alert(1)</script>';

/** One build that fails and one that finishes. */
async function built() {
  const scripted = await scriptedProject(database.db);
  const image = (id: string, status_code: number) =>
    imagesRecord(id, { status_code, image_name: `${HOSTILE}${id}` });
  scripted.api.records = [image('a', 0), image('b', 0)];
  await scripted.sweep();
  scripted.api.records = [image('a', 2), image('b', 1)];
  await scripted.sweep();
  return scripted;
}

describe('builds', () => {
  test('are told of in a sentence, drawn by day, and compared by project and version', async () => {
    await built();
    const { status, text, html } = await open().get('/builds');
    expect(status).toBe(200);
    expect(text).toContain('1 of 2 builds failed (50 %); half of the others took');
    expect(text).toContain('1 usable, 1 failed');
    expect(html).toMatch(/<svg[^>]*role="img"[^>]*aria-label="Builds that ended/);
    expect(html.match(/class="fill-(good|bad)"/g)).toHaveLength(2);
    expect(text).toContain('AOSP 9.0');
    expect(text).toMatch(/too few to tell/);
  });

  test('that failed are listed, also those that were removed since and those that nobody saw being built', async () => {
    const { api, sweep } = await built();
    api.records = [...api.records.slice(1), imagesRecord('c', { status_code: 2, image_name: 'unseen' })];
    await sweep();
    await sweep();
    const { text, html } = await open().get('/builds');
    const failures = text.split('What failed').at(-1) ?? '';
    expect(failures).toMatch(/2 failed; 1 of them was not seen being built, and is not counted above/);
    expect(failures).toMatch(/unseen.*still failed/s);
    expect(failures).toMatch(/<script>alert\(1\)<\/script>a.*removed/s);
    expect(html).toContain('href="/images/p1/a"');
  });

  test('that failed are the newest hundred, with the command that tells all where it tells the same', async () => {
    const { api, sweep } = await built();
    const more = Array.from({ length: 100 }, (_, i) => imagesRecord(`more-${i}`, { status_code: 2 }));
    api.records = [...api.records, ...more];
    await sweep();
    const all = (await open().get('/builds')).text;
    expect(all).toMatch(/These are the newest 100\. All of them: cph-inventory query failures since=/);
    const some = (await open().get('/builds?project=p1')).text;
    expect(some).toContain('These are the newest 100.');
    expect(some).not.toContain('query failures since=');
  });

  test('that failed since people left on Friday are one click away', async () => {
    await built();
    const { html } = await open().get('/builds');
    expect(html).toMatch(/href="\/builds\?since=[^"]+"[^>]*>Since Friday 18:00</);
  });

  test('that there were none are no figures', async () => {
    const { status, text, html } = await open().get('/builds');
    expect([status, text.includes('No build ended within this time.')]).toEqual([200, true]);
    expect(html).not.toContain('aria-label="Builds that ended');
  });
});

describe('projects', () => {
  test('are all there, also those that are no longer configured', async () => {
    await built();
    await run(`insert into cph.projects (project_id, region, unconfigured_since) values ('old', 'r', now())`);
    const { text } = await open().get('/projects');
    expect(text).toContain('No longer configured');
    expect(text).toContain('old');
  });

  test('each have a page, with what is held and the command that lets it go', async () => {
    await built();
    await run(`update cph.projects set held_removals = 12, name = 'games & more'`);
    for (const path of ['/projects/p1', `/projects/${encodeURIComponent('games & more')}`]) {
      const { status, text, html } = await open().get(path);
      expect([status, text.includes('games & more')]).toEqual([200, true]);
      expect(text).toContain('cph-inventory approve p1');
      expect(html).toContain('href="/runs/1"');
    }
    expect((await open().get('/projects/nobody')).status).toBe(404);
  });
});

describe('a run', () => {
  test('says what each listing proved, what was left out, the requests, and what it wrote', async () => {
    const { api, sweep } = await built();
    api.circumstances = { proofs: { all: 'incomplete' }, rejected: [nameless('images')] };
    api.records = [...api.records, imagesRecord('c', { image_name: 'new one' })];
    await sweep();
    const [last] = await run('select max(id) as id from cph.sync_runs');
    const { status, text } = await open().get(`/runs/${last?.id}`);
    expect(status).toBe(200);
    expect(text).toMatch(/phone-images\/all\s*◐ did not add up/);
    expect(text).toMatch(/images\/private\s*✓ complete/);
    expect(text).toContain('image_id: nothing instead of text');
    expect(text).toContain('request-1');
    expect(text).toMatch(/new one\s*created/);
    for (const path of ['/runs/999', '/runs/x', '/runs/1e3'])
      expect((await open().get(path)).status).toBe(404);
  });
});

describe('sinks', () => {
  test('say how far they are, what was refused and what sends it again; none is green that delivered nothing', async () => {
    await built();
    await run(`insert into cph.sinks (name, kind, cursor_seq, attempts, failing_since, last_error)
      values ('down', 'webhook', 1, 3, now(), 'HTTP 500'), ('new', 'webhook', 4, 0, null, null)`);
    await run(`insert into cph.dead_letters (sink, event_seq, attempts, last_error, failed_at)
      values ('down', 1, 1, 'HTTP 422 ${HOSTILE}', now())`);
    const { text, html } = await open().get('/sinks');
    expect(text).toContain('failed 3 times in a row: HTTP 500');
    expect(text).toContain('1 event was refused for good');
    expect(text).toContain('cph-inventory replay down --after 0');
    expect(text).toContain('has delivered nothing yet');
    expect(html).not.toMatch(/class="[^"]*\bgood\b/);
    expect(html).not.toContain(HOSTILE);
  });

  test('that there are none are said to be none', async () => {
    expect((await open().get('/sinks')).text).toContain('No sink is configured');
  });
});

test.each(['/builds', '/projects', '/projects/p1', '/runs/2', '/sinks'])(
  '%s is whole in both languages, and names are text',
  async (path) => {
    await built();
    for (const language of ['en', 'zh-CN']) {
      const { status, html, text } = await open().get(path, { headers: { 'accept-language': language } });
      expect(status).toBe(200);
      expect(html).not.toContain(HOSTILE);
      expect(text).not.toMatch(/undefined|\[object|NaN|function/);
    }
  },
);
