import { limit } from './parameter.ts';
import { defineQuery } from './query.ts';

export const runs = defineQuery({
  name: 'runs',
  question: 'How did the last runs go?',
  about:
    'Looks that found nothing new share a row: `looks` counts them, `took` is from the first to the last, `longest_pause` the longest time between two. `idle_before` is how long nobody had looked. What each status means is in [operating.md](operating.md#what-each-run-status-means).',
  parameters: { limit: limit('20') },
  sql: ({ limit }) => `
select run_id, project_id, kind, status, started_at, finished_at, looks, took, longest_pause, idle_before, requests, listed,
  changes, error_message
from cph.run_timeline
limit ${limit}`,
  columns: {
    run_id: 'number',
    project_id: 'text',
    kind: 'text',
    status: 'status',
    started_at: 'time',
    finished_at: 'time',
    looks: 'number',
    took: 'duration',
    longest_pause: 'duration',
    idle_before: 'duration',
    requests: 'number',
    listed: 'number',
    changes: 'number',
    error_message: 'text',
  },
  nothing: 'No run is kept.',
});
