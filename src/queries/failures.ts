import { time } from './parameter.ts';
import { defineQuery } from './query.ts';

export const failures = defineQuery({
  name: 'failures',
  question: 'What failed in the last days, also if it was removed since?',
  about: '`outcome` is what came next: another status, `removed`, or `failed` while nothing has.',
  parameters: { since: time('3d', 'the time from which failures count') },
  sql: ({ since }) => `
select failed_at, image_name, image_id, project_id, creating_for, outcome, outcome_at
from cph.image_failures
where failed_at >= ${since}`,
  columns: {
    failed_at: 'time',
    image_name: 'text',
    image_id: 'text',
    project_id: 'text',
    creating_for: 'duration',
    outcome: 'status',
    outcome_at: 'time',
  },
  spare: ['outcome_at', 'creating_for'],
  nothing: 'Nothing failed.',
});
