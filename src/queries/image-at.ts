import { imageId, time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const imageAt = defineQuery({
  name: 'image-at',
  question: 'What did an image look like at a given time, and who says so?',
  about:
    '`said_at` is when what was known then had been seen first. Runs and their request ids are kept for 30 days unless `CPH_RUN_RETENTION` says otherwise.',
  parameters: { image: imageId(), at: time('2h', 'the time') },
  sql: ({ image, at }) => `
select i.image_name, i.status, i.image_type, i.image_version, i.image_size, i.project_id, e.occurred_at as said_at,
  e.run_id, r.kind, r.request_ids
from cph.images_as_of(${at}) i
join cph.image_events e on e.seq = i.as_of_seq
left join cph.sync_runs r on r.id = e.run_id
where i.image_id = ${image}`,
  columns: {
    image_name: 'text',
    status: 'status',
    image_type: 'text',
    image_version: 'text',
    image_size: 'bytes',
    project_id: 'text',
    said_at: 'time',
    run_id: 'number',
    kind: 'text',
    request_ids: 'list',
  },
  nothing: 'No project knew the image then.',
});
