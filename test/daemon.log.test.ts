import { expect, test } from 'vitest';
import { CphError } from '../src/cph/errors.ts';
import { createLog } from '../src/daemon/log.ts';
import { logRun } from '../src/daemon/run-log.ts';
import { openOutput } from '../src/terminal/output.ts';
import { screenOf } from './support/screen.ts';

const ONE = [{ projectId: 'p1', name: 'Live' }];
const TWO = [...ONE, { projectId: 'p2', name: null }];
const COUNTS = {
  created: 2,
  updated: 0,
  status_changed: 1,
  removed: 0,
  restored: 0,
  rejected: 0,
  unreadable_fields: 0,
};
const RUN = {
  ...COUNTS,
  run_id: 12,
  project_id: 'p1',
  kind: 'sweep',
  status: 'succeeded',
  started_at: new Date('2026-01-01T12:00:00Z'),
  finished_at: new Date('2026-01-01T12:00:01.200Z'),
  requests: 8,
  listed: 300,
  request_ids: ['4f1b0a9cd0f64a3c8e2f'],
  listings: [],
  builds: [],
  marked: 0,
  held_removals: 0,
  held_listings: [],
  restless_fields: [],
  error: null,
} as const;

function shown(projects: typeof TWO, { level = 'info', run = {} }: { level?: string; run?: object } = {}) {
  const { out, rows } = screenOf(500, { NO_COLOR: '1' });
  logRun(createLog({ level, projects: () => projects }, out), { ...RUN, ...run });
  return rows()
    .join('\n')
    .replace(/^\[[\d:]+\] /, '');
}

test('a run is one short line on a terminal, with what it did and nothing that is zero', () => {
  expect(shown(ONE)).toBe(
    'INFO: sweep succeeded  2 created, 1 status changed, run 12, 8 requests, 300 listed, 1.2 s\n',
  );
});

test('a project is called by its name, or its id where it has none, once there are several', () => {
  expect(shown(TWO)).toContain('sweep succeeded  Live, 2 created');
  expect(shown(TWO, { run: { project_id: 'p2' } })).toContain('sweep succeeded  p2, 2 created');
});

test('request ids are told at debug', () => {
  expect(shown(ONE)).not.toContain('4f1b0a9cd0f64a3c8e2f');
  expect(shown(ONE, { level: 'debug' })).toContain('4f1b0a9cd0f64a3c8e2f');
});

test('a failure says why and what to do, and cannot move the cursor', () => {
  const error = new CphError('cloud-phone/images: no\u001b[2J connection', {
    kind: 'unreachable',
    code: 'connection',
    hint: 'Check it.',
  });
  const text = shown(ONE, { run: { status: 'failed', error } });
  expect(text).toMatch(/^ERROR: sweep failed .*: cloud-phone\/images: no connection\. Check it\.\n$/);
});

test('a pipe gets every field as JSON', () => {
  let text = '';
  const out = openOutput({ write: (part) => (text += part) }, {});
  logRun(createLog({ level: 'info', projects: () => ONE }, out), RUN);
  expect(JSON.parse(text)).toMatchObject({
    msg: 'sweep succeeded',
    project_id: 'p1',
    request_ids: RUN.request_ids,
    updated: 0,
  });
});
