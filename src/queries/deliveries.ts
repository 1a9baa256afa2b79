import { defineQuery } from './query.ts';

export const deliveries = defineQuery({
  name: 'deliveries',
  question: 'Do those who should know hear of it?',
  sql: () => `
select s.name as sink, s.kind, (select count(*) from cph.image_events e where e.seq > s.cursor_seq) as events_behind, s.attempts,
  s.next_attempt_at, s.last_error, s.last_delivered_at,
  (select count(*) from cph.dead_letters d where d.sink = s.name) as dead_letters
from cph.sinks s
where s.unconfigured_since is null
order by s.name`,
  columns: {
    sink: 'text',
    kind: 'text',
    events_behind: 'number',
    attempts: 'number',
    next_attempt_at: 'time',
    last_error: 'text',
    last_delivered_at: 'time',
    dead_letters: 'number',
  },
  nothing: 'No sink is configured; events can be read by SQL.',
});
