import { time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const buildTimes = defineQuery({
  name: 'build-times',
  question: 'How long does a build take?',
  about:
    'By UTC day. The time counts from the first look that saw the image being created to the first that saw the end.',
  parameters: { since: time('28d', 'the time from which builds count') },
  sql: ({ since }) => `
select day, project_id, finished, failed, p50, p95, failed_p50, failed_p95
from cph.image_build_times
where day >= ((${since}) at time zone 'UTC')::date
order by day desc, project_id`,
  columns: {
    day: 'day',
    project_id: 'text',
    finished: 'number',
    failed: 'number',
    p50: 'duration',
    p95: 'duration',
    failed_p50: 'duration',
    failed_p95: 'duration',
  },
  spare: ['failed_p95', 'failed_p50'],
  nothing: 'No build ended.',
});
