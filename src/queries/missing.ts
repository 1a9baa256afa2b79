import { defineQuery } from './query.ts';

export const missing = defineQuery({
  name: 'missing',
  question: 'Which images are missing, and not removed yet?',
  about: 'No endpoint lists them any more.',
  sql: () => `
select image_name, image_id, project_id, missing_since, now() - missing_since as missing_for
from cph.image_inventory
where missing_since is not null
order by missing_since`,
  columns: {
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    missing_since: 'time',
    missing_for: 'duration',
  },
  spare: ['missing_since'],
  nothing: 'No image is missing.',
});
