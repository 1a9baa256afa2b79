import { defineQuery } from './query.ts';

export const failed = defineQuery({
  name: 'failed',
  question: 'Which images failed and still exist?',
  sql: () => `
select image_name, image_id, project_id, failed_since, failed_for, project_last_complete_at
from cph.failed_images`,
  columns: {
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    failed_since: 'time',
    failed_for: 'duration',
    project_last_complete_at: 'time',
  },
  spare: ['project_last_complete_at', 'failed_since'],
  nothing: 'No image is failed.',
});
