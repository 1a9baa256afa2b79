/** Everything there is to ask under /api. */
import { z } from 'zod';
import { BUILDS_PARAMETERS, readBuilds } from '../../answers/builds.ts';
import { CHANGES_PARAMETERS, readChanges } from '../../answers/changes.ts';
import { EVENTS_PARAMETERS, readLog } from '../../answers/events.ts';
import { IMAGE_PARAMETERS, readImageAnswer } from '../../answers/image.ts';
import { IMAGE_COLUMNS, IMAGES_PARAMETERS, readImages } from '../../answers/images.ts';
import { NOW_PARAMETERS, readNow } from '../../answers/now.ts';
import { readProjectAnswer, readProjects } from '../../answers/projects.ts';
import { RUNS_PARAMETERS, readRun, readRuns } from '../../answers/runs.ts';
import { readSinks, SINKS_PARAMETERS } from '../../answers/sinks.ts';
import { type Endpoint, endpoint } from './endpoint.ts';

const NO_PARTS = z.strictObject({});
const id = (about: string) => z.string().min(1).max(256).describe(about).meta({ takes: 'an id' });
const runId = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number)
  .describe('The number of the run.')
  .meta({ takes: 'the number of a run' });

const now = endpoint({
  path: '/now',
  summary:
    'Whether the inventory can be trusted, what needs a person, what is being built, how projects are.',
  answers: '`trust`, `attention` with the worst first, `building` with the longest first, and `projects`',
  parts: NO_PARTS,
  parameters: NOW_PARAMETERS,
  answer: ({ db, ...asking }) => readNow(db, asking),
});

const images = endpoint({
  path: '/images',
  summary: 'The images there are, that are gone, or that there were at a time.',
  answers:
    '`items` as in `cph.image_inventory`, `next`, `total` and `bytes` where something narrows the selection, and `as_of`',
  parts: NO_PARTS,
  parameters: IMAGES_PARAMETERS,
  answer: ({ db, now }, given) => readImages(db, given, now),
  table: { columns: IMAGE_COLUMNS, page: ({ db, now }, given) => readImages(db, given, now) },
});

const image = endpoint({
  path: '/images/{project_id}/{image_id}',
  summary: 'One image, also one that is gone: what it is, what happened to it, and who says so.',
  answers:
    'the row, its `events`, `timeline` with one change a line, `transitions`, and `explain` for each field',
  parts: z.strictObject({ project_id: id('The id of the project.'), image_id: id('The id of the image.') }),
  parameters: IMAGE_PARAMETERS,
  answer: ({ db }, given, parts) => readImageAnswer(db, parts, given),
});

const changes = endpoint({
  path: '/changes',
  summary: 'The net difference between two times, image by image, newest first.',
  answers: '`items` as of `cph.changes_between`, `next`, and the two times',
  parts: NO_PARTS,
  parameters: CHANGES_PARAMETERS,
  answer: ({ db, now }, given) => readChanges(db, given, now),
  table: {
    columns: [
      'project_id',
      'region',
      'image_id',
      'image_name',
      'change',
      'changes',
      'changed_at',
      'event_seq',
    ],
    page: ({ db, now }, given) => readChanges(db, given, now),
  },
});

const builds = endpoint({
  path: '/builds',
  summary: 'How many builds failed and how long they took, beside the four weeks before; and what failed.',
  answers:
    '`all`, `days`, `projects` and `versions`; in `failures` the newest 100 of `failures_total`, also of images removed since; durations in seconds',
  parts: NO_PARTS,
  parameters: BUILDS_PARAMETERS,
  answer: ({ db, now }, given) => readBuilds(db, given, now),
  table: {
    columns: ['day', 'finished', 'failed', 'failed_percent', 'p50', 'p95'],
    page: async ({ db, now }, given) => ({
      items: rows((await readBuilds(db, given, now)).days),
      next: null,
    }),
  },
});

/** Interfaces have no index signature, though every value of theirs is one of a row. */
const rows = (items: readonly object[]) => items as readonly Readonly<Record<string, unknown>>[];

const projects = endpoint({
  path: '/projects',
  summary: 'How far each project can be relied on, and what it holds.',
  answers: '`items`, the worst health first',
  parts: NO_PARTS,
  parameters: NO_PARTS,
  answer: async ({ db }) => ({ items: await readProjects(db) }),
  table: {
    columns: [
      ...[
        'project_id',
        'project_name',
        'region',
        'health',
        'last_complete_at',
        'last_run_status',
        'last_run_at',
      ],
      ...['last_error', 'consecutive_failures', 'held_removals', 'sync_interval', 'images', 'bytes'],
    ],
    page: async ({ db }) => ({ items: rows(await readProjects(db)), next: null }),
  },
});

const project = endpoint({
  path: '/projects/{project}',
  summary: 'One project and its last runs.',
  answers: 'the project as in /projects, and `runs`',
  parts: z.strictObject({ project: id('The id or the name of the project.') }),
  parameters: NO_PARTS,
  answer: ({ db }, _given, parts) => readProjectAnswer(db, parts.project),
});

const runs = endpoint({
  path: '/runs',
  summary: 'Runs, newest first.',
  answers: '`items` and `next`',
  parts: NO_PARTS,
  parameters: RUNS_PARAMETERS,
  answer: ({ db }, given) => readRuns(db, given),
  table: {
    columns: [
      ...[
        'run_id',
        'project_id',
        'project_name',
        'kind',
        'status',
        'started_at',
        'finished_at',
        'took',
        'looks',
      ],
      ...['requests', 'listed', 'created', 'updated', 'status_changed', 'removed', 'restored', 'rejected'],
      ...['unreadable_fields', 'held_listings', 'error_code', 'error_message'],
    ],
    page: ({ db }, given) => readRuns(db, given),
  },
});

const run = endpoint({
  path: '/runs/{run_id}',
  summary: 'One run: what each listing proved, what was left out, the ids of requests, and what it wrote.',
  answers: 'the run with `listings`, `rejections`, `request_ids` and `events`',
  parts: z.strictObject({ run_id: runId }),
  parameters: NO_PARTS,
  answer: ({ db }, _given, parts) => readRun(db, parts.run_id),
});

const sinks = endpoint({
  path: '/sinks',
  summary: 'What each sink has still to hear of, and what it refused.',
  answers: '`items`, each with its newest dead `letters` and the command that sends them again',
  parts: NO_PARTS,
  parameters: SINKS_PARAMETERS,
  answer: async ({ db }, given) => ({ items: await readSinks(db, given) }),
});

const events = endpoint({
  path: '/events',
  summary: 'The log as CloudEvents, oldest first, behind `after`.',
  answers: '`items`, and in `next` what to give for `after`; null at the end of the log, which may grow',
  parts: NO_PARTS,
  parameters: EVENTS_PARAMETERS,
  answer: ({ db }, given) => readLog(db, given),
});

export const ENDPOINTS: readonly Endpoint[] = [
  ...[now, images, image, changes, builds, projects, project, runs, run, sinks, events],
];
