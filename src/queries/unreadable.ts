import { time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const unreadable = defineQuery({
  name: 'unreadable',
  question: 'Which records and fields could not be read?',
  about:
    'What is known of their images stays. A record without a usable id may be any image, and has none here.',
  parameters: { since: time('24h', 'the time from which runs count') },
  sql: ({ since }) => `
select r.started_at, r.project_id, record.source, record.image_id, record.reason, r.id as run_id
from cph.sync_runs r
cross join lateral jsonb_to_recordset(r.rejections) as record (source text, image_id text, reason text)
where (r.rejected > 0 or r.unreadable_fields > 0) and r.finished_at >= ${since}
order by r.id desc`,
  columns: {
    started_at: 'time',
    project_id: 'text',
    source: 'text',
    image_id: 'text',
    reason: 'text',
    run_id: 'number',
  },
  nothing: 'Everything could be read.',
});
