import { time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const changes = defineQuery({
  name: 'changes',
  question: 'What changed since yesterday?',
  about: 'The difference between two times, image by image. What changed and changed back is left out.',
  parameters: { since: time('24h', 'the earlier time'), until: time('now', 'the later time') },
  sql: ({ since, until }) => `
select change, image_name, image_id, project_id, before ->> 'status' as from_status, after ->> 'status' as to_status,
  array(select jsonb_object_keys(changes)) as fields, changed_at
from cph.changes_between(${since}, ${until})
order by event_seq`,
  columns: {
    change: 'status',
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    from_status: 'status',
    to_status: 'status',
    fields: 'list',
    changed_at: 'time',
  },
  spare: ['fields', 'changed_at'],
  nothing: 'Nothing changed.',
});
