/** What the tables of projects, images, the log and runs say. */
import { FIELD_COMMENTS, PROJECT_COMMENTS, REPORTED_COMMENTS } from './fields.ts';
import type { RelationComments } from './relation.ts';

const { project_id, image_id, region } = PROJECT_COMMENTS;

type Tables = Pick<
  RelationComments,
  'projects' | 'images' | 'image_events' | 'image_status_transitions' | 'sync_runs'
>;

export const TABLE_COMMENTS: Tables = {
  projects: {
    about:
      'The projects that were ever configured, one row each: how fresh what is known of them is, and who is looking.',
    columns: {
      project_id: `${project_id} The key.`,
      region,
      name: PROJECT_COMMENTS.project_name,
      registered_at: 'When the project was first configured.',
      sync_interval:
        'The longest time between two sweeps, by the schedule. Null until a daemon has taken the project on.',
      stuck_after:
        'An image that has been creating for longer than this is an alert. Null until a daemon has taken the project on.',
      last_complete_at:
        'When the last sweep ended that saw all images: everything said of the project is as of then. Null before the first one.',
      last_run_status:
        'How the last sweep ended: succeeded, partial, held, failed or abandoned. Null before the first one.',
      last_run_at: 'When the last sweep ended. Null before the first one.',
      consecutive_failures: 'Sweeps in a row that failed. 0 when the last one did not.',
      held_removals:
        'Missing images whose removal waits for a person (cph-inventory approve). 0 unless the last complete sweep was held.',
      last_applied_run_id:
        'The run that was applied last. 0 before the first one. A run with a lower id is never applied any more.',
      snapshot_digest:
        'Digest of the last complete sweep while the rows still say exactly what it said, else null.',
      last_complete_look_at:
        'When the last complete sweep began: what it did not contradict held until then. Null before the first one.',
      last_watch_look_at:
        'When the last watch began that accounted for every image being created. Null before the first one.',
      leased_by:
        'The replica that is looking at the project, or the last one that did. Null before the first look.',
      leased_until:
        'Until when nobody else looks at the project, unless the replica renews it. Null when nobody is looking.',
      sweep_tick: 'The last tick of the schedule that a sweep was made for. Null before the first one.',
      watch_tick: 'The last tick of the schedule that a watch was made for. Null before the first one.',
      looking_run_id:
        'The run of the look under way (cph.sync_runs.id). It is a row there once it takes long or found something. Null when nobody is looking.',
      looking_kind: 'sweep or watch: what is looked at. Null when nobody is looking.',
      looking_since: 'When the look under way began. Null when nobody is looking.',
      due_at:
        'The project is not due before this, kept where there are many projects. Null where it may be due at any time.',
      image_types:
        'The types that the images endpoint is asked for. Null until a daemon has taken the project on.',
      sources: 'The endpoints that are read. Null until a daemon has taken the project on.',
      rejected_records: 'Records that the last sweep left out because they could not be read.',
      unreadable_fields:
        'Fields of other records that the last sweep could not read; what was known of them stays.',
      restless_fields: 'Fields that the last sweep saw change on nearly all images. Empty mostly.',
      unconfigured_since:
        'Since when the configuration no longer names the project. It is not looked at then, and its rows stay. Null while it does.',
    },
  },
  images: {
    about:
      'Every image that was ever seen, one row each. Removed ones (removed_at) stay as they were last reported.',
    columns: {
      project_id: `${project_id} First part of the key.`,
      image_id: `${image_id} Second part of the key.`,
      ...FIELD_COMMENTS,
      ...REPORTED_COMMENTS,
      first_seen_at: 'When the first look that saw the image was over.',
      changed_at: 'When the last look was over that saw something reported change.',
      missing_since: 'Since when no endpoint that listed the image lists it any more. Null while one does.',
      removed_at: 'When it was confirmed that the image is gone. Null while it is there.',
      status_since:
        'When the look was over that first saw the present status. Null when the image never had one.',
      status_baseline:
        'The present status was there before the first complete sweep was over, so nobody saw it begin.',
      missing_from: 'The endpoints that listed the image and did not show it last. Empty mostly.',
      removal_approved:
        'A person has let the removal of this image go through. Over once the image is seen again.',
      seen_at:
        'When the look began that last wrote this row, or that lost sight of the image after seeing it.',
      out_of_sight:
        'The last complete sweep should have shown the status of the image and did not: it was missing or could not be read.',
      listed_under:
        'The type whose listing of the images endpoint showed the image last: public, private or share. Null when none is known.',
      digest:
        'Digest of the records that the row was last compared with: a sweep that reads the same ones does not read the row. Null where it has to be compared.',
    },
  },
  image_events: {
    about:
      'The log: one row per image and change, append-only. The order of seq is the order of commits: a reader that remembers the last seq it saw never misses a row.',
    columns: {
      seq: 'The number of the event. Numbers rise, with gaps. The key.',
      id: 'The id of the event in CloudEvents: the same wherever and however often it is delivered.',
      type: 'cph.image.created, cph.image.updated, cph.image.status_changed, cph.image.removed or cph.image.restored.',
      project_id,
      region,
      image_id,
      occurred_at: 'When the look that saw the change was over.',
      baseline:
        'Seen up to and including the first complete sweep of the project: there before anybody looked, perhaps.',
      transition:
        'The change of status, {"from", "to"}; from is null when there was none before. Null when the status did not change.',
      changes: 'Each field that differs, {"field": {"from", "to"}}. {} for created and removed images.',
      before: 'The image before the change. Null for created and restored images.',
      after: 'The image after the change. Null for removed images.',
      run_id: 'The run that saw the change (cph.sync_runs.id). Runs are deleted sooner than events.',
      traceparent:
        'Where in a trace the change was written (W3C Trace Context). Null unless the program ran with OpenTelemetry.',
    },
  },
  image_status_transitions: {
    about:
      'Every change of status that was seen, one row each, and every first status. Kept however old they are.',
    columns: {
      event_seq: 'The event that tells of it (cph.image_events.seq). The key.',
      project_id,
      image_id,
      image_name: 'The name the image had then. Null when none was reported.',
      from_status: 'The status before. Null at first sight, and when the image had none.',
      to_status: 'The status from then on: creating, usable, failed or unknown.',
      observed_at: 'When the look that saw the new status was over. The change was not later.',
      previous_observed_at:
        'When the last look began that still saw the status before. The change was not earlier. Null at first sight.',
      time_in_status:
        'How long the image had been seen in from_status, from the look that first saw it there. Null without from_status.',
      baseline: 'As of the event: seen up to and including the first complete sweep of the project.',
    },
  },
  sync_runs: {
    about:
      'The looks at projects: sweeps of every listing, and watches of the images being created. One under way is a row here once it takes longer than ten seconds or found something; before, it is in cph.projects (looking_run_id).',
    columns: {
      id: 'The number of the run, in the order in which looks began; of the first one where looks share the row. The key.',
      project_id,
      kind: 'sweep (every listing) or watch (images being created).',
      status:
        'running, succeeded, partial, held, failed or abandoned (cut off, or overtaken by a later look).',
      started_at: 'When the look began, the first one where looks share the row.',
      finished_at: 'When the look ended, the last one where looks share the row. Null while it is running.',
      requests: 'Requests that were sent to the API, retries included, by all looks that share the row.',
      listed: 'Records that were read, by each of the looks that share the row.',
      created: 'Images seen for the first time.',
      updated: 'Images that changed, and not in their status.',
      status_changed: 'Images whose status changed.',
      removed: 'Images that were confirmed to be gone.',
      restored: 'Removed images that were seen again.',
      rejected: 'Records that were left out because they could not be read.',
      unreadable_fields: 'Fields of other records that could not be read; what was known of them stays.',
      held_listings:
        'Listings that miss too many images to believe it, such as images/private. Empty mostly.',
      looks:
        'Consecutive looks of one kind that found nothing new share a row: how many. started_at is that of the first, finished_at of the last.',
      longest_pause: 'The longest time between two looks that share the row. Null where only one has it.',
      error_code:
        "The API's code for what went wrong, such as CPS.0001. Null when it gave none, or nothing went wrong.",
      error_message: 'What went wrong. Null when nothing did.',
      request_ids: "The API's ids of requests that were answered, for its support. Empty when it gave none.",
      listings:
        'What came of each listing: a JSON list with source, image_type, proof, listed, drift, and the error where there was one. Where nothing new was found, listings that showed no image and fields that say nothing are left out.',
      rejections:
        'Why records were left out, or read without a field: a JSON list with source, image_id and reason of the first ones.',
    },
  },
};
