import { defineQuery } from './query.ts';

export const freshness = defineQuery({
  name: 'freshness',
  question: 'How fresh is it?',
  about: 'Ask this first: every other answer is as of `last_complete_at`.',
  sql: () => `
select project_id, project_name, last_complete_at, freshness as behind, stale, last_run_status, last_run_at,
  consecutive_failures, held_removals
from cph.project_freshness
where unconfigured_since is null
order by last_complete_at nulls first, project_id`,
  columns: {
    project_id: 'text',
    project_name: 'text',
    last_complete_at: 'time',
    behind: 'duration',
    stale: 'flag',
    last_run_status: 'status',
    last_run_at: 'time',
    consecutive_failures: 'number',
    held_removals: 'number',
  },
  spare: ['last_run_at', 'consecutive_failures', 'last_complete_at'],
  nothing: 'No project is configured.',
});
