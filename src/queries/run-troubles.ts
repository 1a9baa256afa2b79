import { time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const runTroubles = defineQuery({
  name: 'run-troubles',
  question: 'Which runs went wrong, and what does the API know them by?',
  parameters: { since: time('24h', 'the time from which runs count') },
  sql: ({ since }) => `
select id as run_id, project_id, kind, status, started_at, error_code, error_message, request_ids
from cph.sync_runs
where status not in ('succeeded', 'running') and finished_at >= ${since}
order by id desc`,
  columns: {
    run_id: 'number',
    project_id: 'text',
    kind: 'text',
    status: 'status',
    started_at: 'time',
    error_code: 'text',
    error_message: 'text',
    request_ids: 'list',
  },
  nothing: 'No run went wrong.',
});
