import { time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const buildTrend = defineQuery({
  name: 'build-trend',
  question: 'Is building getting worse?',
  about:
    'Each week beside the four before it: the share that failed, and the median time of those that finished (before: the mean of the medians).',
  parameters: { since: time('84d', 'the time from which weeks count') },
  sql: ({ since }) => `
select week, project_id, finished, failed, failed_percent, failed_percent_before, p50, p50_before
from (
  select week, project_id, finished, failed, p50, avg(p50) over before as p50_before,
    round(100.0 * failed / (finished + failed), 1)::float8 as failed_percent,
    round(100.0 * sum(failed) over before / sum(finished + failed) over before, 1)::float8 as failed_percent_before
  from cph.image_build_times_weekly
  window before as (
    partition by project_id order by week range between interval '28 days' preceding and interval '7 days' preceding
  )
) trend
where week >= ((${since}) at time zone 'UTC')::date
order by week desc, project_id`,
  columns: {
    week: 'day',
    project_id: 'text',
    finished: 'number',
    failed: 'number',
    failed_percent: 'percent',
    failed_percent_before: 'percent',
    p50: 'duration',
    p50_before: 'duration',
  },
  nothing: 'No build ended.',
});
