import { defineQuery } from './query.ts';

export const building = defineQuery({
  name: 'building',
  question: 'What is being built, and how long does that usually take?',
  about:
    '`usual` and `slow` are the median and the 95th percentile of the builds that finished in the last four weeks.',
  sql: () => `
select i.image_name, i.image_id, i.project_id, i.status_since as creating_since, i.time_in_status as creating_for,
  usual.p50 as usual, usual.p95 as slow
from cph.image_inventory i
left join lateral (
  select percentile_cont(0.5) within group (order by t.time_in_status) as p50,
    percentile_cont(0.95) within group (order by t.time_in_status) as p95
  from cph.image_status_transitions t
  where t.project_id = i.project_id and t.from_status = 'creating' and t.to_status = 'usable'
    and (t.observed_at at time zone 'UTC')::date >= current_date - 28
) usual on true
where i.status = 'creating'
order by i.status_since`,
  columns: {
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    creating_since: 'time',
    creating_for: 'duration',
    usual: 'duration',
    slow: 'duration',
  },
  spare: ['creating_since', 'slow'],
  nothing: 'Nothing is being built.',
});
