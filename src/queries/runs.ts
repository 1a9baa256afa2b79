import { limit } from './parameter.ts';
import { defineQuery } from './query.ts';

export const runs = defineQuery({
  name: 'runs',
  question: 'How did the last runs go?',
  about:
    '`idle_before` is how long nobody had looked. What each status means is in [operating.md](operating.md#what-each-run-status-means).',
  parameters: { limit: limit('20') },
  sql: ({ limit }) => `
select run_id, project_id, kind, status, started_at, took, idle_before, requests, listed, changes, error_message
from cph.run_timeline
limit ${limit}`,
  columns: {
    run_id: 'number',
    project_id: 'text',
    kind: 'text',
    status: 'status',
    started_at: 'time',
    took: 'duration',
    idle_before: 'duration',
    requests: 'number',
    listed: 'number',
    changes: 'number',
    error_message: 'text',
  },
  nothing: 'No run is kept.',
});
