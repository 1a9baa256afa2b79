import { duration, limit } from './parameter.ts';
import { defineQuery } from './query.ts';

export const oldImages = defineQuery({
  name: 'old-images',
  question: 'Which private images are old, and take room?',
  parameters: { older_than: duration('90d', 'the least age'), limit: limit('50') },
  sql: ({ older_than, limit }) => `
select image_name, image_id, project_id, image_version, create_time, age, image_size
from cph.image_inventory
where image_type = 'private' and age > ${older_than}
order by image_size desc nulls last
limit ${limit}`,
  columns: {
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    image_version: 'text',
    create_time: 'time',
    age: 'duration',
    image_size: 'bytes',
  },
  spare: ['create_time', 'image_version'],
  nothing: 'No private image is as old as that.',
});
