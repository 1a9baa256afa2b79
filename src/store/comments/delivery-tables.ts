/** What the tables of delivery say. */
import type { RelationComments } from './relation.ts';

type Tables = Pick<RelationComments, 'sinks' | 'dead_letters' | 'open_alerts'>;

export const DELIVERY_COMMENTS: Tables = {
  sinks: {
    about:
      'The sinks that were ever configured, one row each: how far each is in the log, and what stands in its way.',
    columns: {
      name: 'The name of the sink in the configuration. The key.',
      kind: 'webhook (told of every event), alertmanager (told of what is wrong now) or smn (told when that begins and ends).',
      cursor_seq:
        'The last event that the sink accepted or was spared (cph.image_events.seq). The next one is what it still has to hear of.',
      attempts: 'Deliveries in a row that failed. 0 when the last one did not.',
      failing_since: 'When the first of these failed. Null when the last delivery did not fail.',
      next_attempt_at: 'When the sink is tried again. Null when nothing is waited for.',
      last_error: 'Why the last delivery that failed did. Null when none ever did, or it was told since.',
      last_delivered_at: 'When the sink last accepted something. Null before that.',
      leased_by: 'The replica that delivers, or the last one that did. Null before the first delivery.',
      leased_until:
        'Until when nobody else delivers, unless the replica renews it. Null when nobody is delivering.',
      unconfigured_since:
        'Since when the configuration no longer names the sink. Nothing is delivered then, and its row stays. Null while it does.',
    },
  },
  dead_letters: {
    about: 'Events that a sink refused for good, or did not take for too long.',
    columns: {
      sink: 'The sink (cph.sinks.name). First part of the key.',
      event_seq: 'The event (cph.image_events.seq). Second part of the key.',
      attempts: 'How often it was tried.',
      last_error: "The receiver's last answer.",
      failed_at: 'When it was given up.',
    },
  },
  open_alerts: {
    about: 'Alerts that a sink was told are firing, or is to be told of, and not yet that they ended.',
    columns: {
      sink: 'The sink (cph.sinks.name). First part of the key.',
      fingerprint: "The alert's identity: its labels as canonical JSON. Second part of the key.",
      labels: 'Labels, a JSON object of texts.',
      annotations: 'Annotations as last sent, a JSON object of texts.',
      starts_at: 'Since when what it tells of has been so.',
      last_sent_at: 'When the receiver was last told. 1970 while it has not accepted it.',
    },
  },
};
