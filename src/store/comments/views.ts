/** What the views say. */
import { FIELD_COMMENTS, PROJECT_COMMENTS, REPORTED_COMMENTS } from './fields.ts';
import type { RelationComments } from './relation.ts';

const { project_id, project_name, region, image_id } = PROJECT_COMMENTS;
const OF_PROJECT = { project_id, project_name, region } as const;
const OF_IMAGE = {
  ...OF_PROJECT,
  image_id,
  image_name: FIELD_COMMENTS.image_name,
  image_type: FIELD_COMMENTS.image_type,
  image_version: FIELD_COMMENTS.image_version,
} as const;
const LAST_COMPLETE =
  'When the last sweep of the project ended that saw all images. Null before the first one.';
const LAST_RUN = 'How the last sweep of the project ended. Null before the first one.';
const RUN_STATUS = 'running, succeeded, partial, held, failed or abandoned.';

const BUILDS = {
  project_id,
  finished: 'Builds that ended as usable.',
  failed: 'Builds that ended as failed.',
  p50: 'Median time from the look that first saw creating to the one that saw usable. Null when none finished.',
  p95: 'The 95th percentile of the same. Null when none finished.',
  failed_p50:
    'Median time from the look that first saw creating to the one that saw failed. Null when none failed.',
  failed_p95: 'The 95th percentile of the same. Null when none failed.',
} as const;

type Views = Pick<
  RelationComments,
  | 'image_inventory'
  | 'failed_images'
  | 'stuck_images'
  | 'project_freshness'
  | 'image_failures'
  | 'image_build_times'
  | 'image_build_times_weekly'
  | 'image_summary'
  | 'run_timeline'
>;

export const VIEW_COMMENTS: Views = {
  image_inventory: {
    about: 'One row for each current image, with its project, how old it is, and how fresh the row is.',
    columns: {
      ...OF_PROJECT,
      image_id,
      ...FIELD_COMMENTS,
      ...REPORTED_COMMENTS,
      first_seen_at: 'When the first look that saw the image was over.',
      changed_at: 'When the last look was over that saw something reported change.',
      missing_since: 'Since when no endpoint that listed the image lists it any more. Null while one does.',
      status_since:
        'When the look was over that first saw the present status. Null when the image never had one.',
      age: 'Time since the image was created, or first seen where the API does not say when that was.',
      time_in_status: 'Time since status_since.',
      project_last_complete_at: LAST_COMPLETE,
      project_freshness: 'Time since then: how old what the row says may be. Null before the first one.',
      project_last_run_status: LAST_RUN,
    },
  },
  failed_images: {
    about:
      'Images that failed to be created and still exist, newest failure first. What is not looked at any more is left out.',
    columns: {
      ...OF_IMAGE,
      create_time: FIELD_COMMENTS.create_time,
      failed_since: 'When the look was over that first saw the failure.',
      failed_for: 'Time since then.',
      project_last_complete_at: LAST_COMPLETE,
      project_last_run_status: LAST_RUN,
    },
  },
  stuck_images: {
    about:
      'Images that have been creating for longer than their project allows, oldest first. What is not looked at any more is left out.',
    columns: {
      ...OF_IMAGE,
      create_time: FIELD_COMMENTS.create_time,
      creating_since: 'When the look was over that first saw the image being created.',
      creating_for: 'Time since then.',
      stuck_after: 'How long the project allows (CPH_STUCK_AFTER).',
    },
  },
  project_freshness: {
    about: 'How far the rows of each project can be relied on.',
    columns: {
      ...OF_PROJECT,
      last_complete_at: LAST_COMPLETE,
      freshness: 'Time since last_complete_at. Null before the first complete sweep.',
      stale:
        'Whether the last complete sweep is more than three intervals ago. Null until a daemon has taken the project on. False once it is no longer configured.',
      last_run_status: LAST_RUN,
      last_run_at: 'When the last sweep ended. Null before the first one.',
      consecutive_failures: 'Sweeps in a row that failed. 0 when the last one did not.',
      held_removals:
        'Missing images whose removal waits for a person. 0 unless the last complete sweep was held.',
      sync_interval:
        'The longest time between two sweeps, by the schedule. Null until a daemon has taken the project on.',
      unconfigured_since: 'Since when the configuration no longer names the project. Null while it does.',
    },
  },
  image_failures: {
    about:
      'Every failure that was watched, newest first, also of images that were removed since. What had failed before its project was first read is left out.',
    columns: {
      ...OF_IMAGE,
      image_name: 'The name the image had when it failed. Null when none was reported.',
      project_name: `${project_name} Null too when the project was forgotten.`,
      region: `${region} Null when the project was forgotten.`,
      failed_at: 'When the look that saw the failure was over. The failure was not later.',
      not_failed_at:
        'When the last look began that saw the image and no failure. The failure was not earlier. Null when the image was never seen before.',
      from_status: 'The status before. Null when the image was never seen before it failed.',
      creating_for: 'How long the image had been seen as creating. Null when it was never seen as that.',
      outcome:
        'What came next: a status, or removed; failed while nothing has. Null when the status is no longer listed.',
      outcome_at: 'When the look that saw it was over. Null while nothing has come.',
      event_seq: 'The event that tells of the failure (cph.image_events.seq).',
    },
  },
  image_build_times: {
    about:
      'How long builds took, by project and day. Finished and failed ones apart: what fails fast must not look like a fast build.',
    columns: { ...BUILDS, day: 'The day on which the builds ended, in UTC.' },
  },
  image_build_times_weekly: {
    about: 'How long builds took, by project and week. Finished and failed ones apart.',
    columns: { ...BUILDS, week: 'The Monday with which the week begins in which the builds ended, in UTC.' },
  },
  image_summary: {
    about: 'How many current images there are, and their bytes, by project, type, version, label and status.',
    columns: {
      ...OF_PROJECT,
      image_type: 'public, private or share. Null where only phone-images lists an image that is not public.',
      image_version: FIELD_COMMENTS.image_version,
      image_label: FIELD_COMMENTS.image_label,
      status: FIELD_COMMENTS.status,
      images: 'Number of images.',
      bytes: 'Sum of the sizes that are known, in bytes. Null when none is.',
      unsized: 'Images among them whose size is not known.',
    },
  },
  run_timeline: {
    about: 'The runs, newest first, and how long nobody had looked before each.',
    columns: {
      run_id: 'The number of the run (cph.sync_runs.id).',
      project_id,
      project_name,
      kind: 'sweep (every listing) or watch (images being created).',
      status: RUN_STATUS,
      started_at: 'When the look began, the first one where looks share the row.',
      finished_at: 'When the look ended, the last one where looks share the row. Null while it is running.',
      took: 'Time between the two, across all looks that share the row. Null while it is running.',
      idle_before:
        'Time since the run of the same kind before it ended. Null for the first one that is kept.',
      requests: 'Requests that were sent to the API, retries included.',
      listed: 'Records that were read.',
      changes: 'Images that were created, updated, removed or restored, or changed their status.',
      rejected: 'Records that were left out because they could not be read.',
      complete: 'Whether the look saw all images: a sweep that succeeded or was held.',
      error_code: "The API's code for what went wrong. Null when it gave none, or nothing went wrong.",
      error_message: 'What went wrong. Null when nothing did.',
      looks: 'How many consecutive looks share the row: those that found nothing new.',
      longest_pause: 'The longest time between two looks that share the row. Null where only one has it.',
      unreadable_fields: 'Fields of other records that could not be read; what was known of them stays.',
      held_listings:
        'Listings that miss too many images to believe it, such as images/private. Empty mostly.',
    },
  },
};
