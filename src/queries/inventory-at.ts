import { time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const inventoryAt = defineQuery({
  name: 'inventory-at',
  question: 'What was known at a given time?',
  about: 'Before the event retention (`CPH_EVENT_RETENTION`), the answer is incomplete.',
  parameters: { at: time('2h', 'the time') },
  sql: ({ at }) => `
select image_name, image_id, project_id, image_type, status, image_size
from cph.images_as_of(${at})
order by project_id, image_name, image_id`,
  columns: {
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    image_type: 'text',
    status: 'status',
    image_size: 'bytes',
  },
  nothing: 'Nothing was known then.',
});
