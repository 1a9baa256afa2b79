import { imageId } from './parameter.ts';
import { defineQuery } from './query.ts';

export const imageLife = defineQuery({
  name: 'image-life',
  question: 'What happened to an image?',
  about: 'A change of status happened between `not_before` and `seen_at`.',
  parameters: { image: imageId() },
  sql: ({ image }) => `
select t.previous_observed_at as not_before, e.occurred_at as seen_at, e.type, e.transition ->> 'from' as from_status,
  e.transition ->> 'to' as to_status, t.time_in_status, array(select jsonb_object_keys(e.changes)) as fields, e.project_id,
  e.run_id, r.request_ids
from cph.image_events e
left join cph.image_status_transitions t on t.event_seq = e.seq
left join cph.sync_runs r on r.id = e.run_id
where e.image_id = ${image}
order by e.seq`,
  columns: {
    not_before: 'time',
    seen_at: 'time',
    type: 'text',
    from_status: 'status',
    to_status: 'status',
    time_in_status: 'duration',
    fields: 'list',
    project_id: 'text',
    run_id: 'number',
    request_ids: 'list',
  },
  nothing: 'Nothing is known of the image.',
});
