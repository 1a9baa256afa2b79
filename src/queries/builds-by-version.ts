import { time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const buildsByVersion = defineQuery({
  name: 'builds-by-version',
  question: 'Which version fails to build, or builds slowly?',
  about: 'The version is the one that the image has now, or had last.',
  parameters: { since: time('28d', 'the day from which builds count') },
  sql: ({ since }) => `
select i.image_version, count(*) filter (where t.to_status = 'usable') as finished,
  count(*) filter (where t.to_status = 'failed') as failed,
  round(100.0 * count(*) filter (where t.to_status = 'failed') / count(*), 1)::float8 as failed_percent,
  percentile_cont(0.5) within group (order by t.time_in_status) filter (where t.to_status = 'usable') as p50,
  percentile_cont(0.95) within group (order by t.time_in_status) filter (where t.to_status = 'usable') as p95
from cph.image_status_transitions t
join cph.images i using (project_id, image_id)
where t.from_status = 'creating' and t.to_status in ('usable', 'failed')
  and (t.observed_at at time zone 'UTC')::date >= ((${since}) at time zone 'UTC')::date
group by i.image_version
order by failed_percent desc, p50 desc nulls last`,
  columns: {
    image_version: 'text',
    finished: 'number',
    failed: 'number',
    failed_percent: 'percent',
    p50: 'duration',
    p95: 'duration',
  },
  nothing: 'No build ended.',
});
