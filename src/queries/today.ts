import { defineQuery } from './query.ts';

export const today = defineQuery({
  name: 'today',
  question: 'What changed today, change by change?',
  about: 'The day begins at midnight in the time zone of the session.',
  sql: () => `
select occurred_at, type, coalesce(after, before) ->> 'image_name' as image_name, image_id, project_id,
  transition ->> 'from' as from_status, transition ->> 'to' as to_status
from cph.image_events
where occurred_at >= date_trunc('day', now()) and not baseline
order by seq`,
  columns: {
    occurred_at: 'time',
    type: 'text',
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    from_status: 'status',
    to_status: 'status',
  },
  nothing: 'Nothing changed today.',
});
