import { defineQuery } from './query.ts';

export const stuck = defineQuery({
  name: 'stuck',
  question: 'Which builds hang?',
  about: 'Images that have been creating for longer than `CPH_STUCK_AFTER`.',
  sql: () => `
select image_name, image_id, project_id, creating_since, creating_for, stuck_after
from cph.stuck_images`,
  columns: {
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    creating_since: 'time',
    creating_for: 'duration',
    stuck_after: 'duration',
  },
  spare: ['stuck_after', 'creating_since'],
  nothing: 'No build hangs.',
});
