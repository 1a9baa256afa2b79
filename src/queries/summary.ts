import { defineQuery } from './query.ts';

export const summary = defineQuery({
  name: 'summary',
  question: 'How many images are there, and how much room do they take?',
  about: '`cph.image_summary` also counts by version and label.',
  sql: () => `
select project_id, project_name, image_type, status, sum(images)::bigint as images, sum(bytes)::bigint as bytes
from cph.image_summary
group by project_id, project_name, image_type, status
order by bytes desc nulls last`,
  columns: {
    project_id: 'text',
    project_name: 'text',
    image_type: 'text',
    status: 'status',
    images: 'number',
    bytes: 'bytes',
  },
  nothing: 'There are no images.',
});
