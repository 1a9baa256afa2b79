/** How what was found is written: in order, once, and without holding others up. */
import type { Guard } from './guard.ts';

export const WRITING_GUARDS: readonly Guard[] = [
  {
    name: 'an older look is not applied over a newer one',
    patches: [
      {
        file: 'src/sync/apply.ts',
        find: "if (project.last_applied_run_id > run.id) return 'stale';",
        replace: '',
      },
      {
        file: 'src/store/quiet-run.ts',
        find: `and last_applied_run_id < \${run_id} and not`,
        replace: 'and not',
      },
      {
        file: 'src/store/quiet-run.ts',
        find: `where lock_timeout is not null and project_id = \${project_id} and looking_run_id = \${run_id}`,
        replace: `where lock_timeout is not null and project_id = \${project_id}`,
      },
      {
        file: 'src/sync/apply.ts',
        find: 'if (!(await endRun(tx, run.id, end ?? runEnd(report, rejections)))) throw new StaleLook();',
        replace: 'await endRun(tx, run.id, end ?? runEnd(report, rejections));',
      },
    ],
  },
  {
    name: 'a sweep that misses an image is never taken for a quiet one',
    patches: [
      {
        file: 'src/sync/sweep.ts',
        find: 'compared.snapshot.complete && compared.diff.pending === 0',
        replace: 'compared.snapshot.complete',
      },
    ],
  },
  {
    name: 'an approval ends when its image is seen again',
    missedBy: 'sync.held.test.ts',
    patches: [
      {
        file: 'src/store/images.ts',
        find: `images.missing_from <@ \${missing_from} and`,
        replace: 'true and',
      },
    ],
  },
  {
    name: 'a number of the log is drawn under its lock',
    missedBy: 'sync.order.test.ts',
    patches: [
      {
        file: 'src/store/events.ts',
        find: `await tx.execute(sql\`select pg_advisory_xact_lock(\${LOG_LOCK})\`);`,
        replace: '',
      },
    ],
  },
  {
    name: 'the lock of the log is taken when everything else is written',
    missedBy: 'store.log-lock.test.ts',
    patches: [
      {
        file: 'src/store/events.ts',
        find: 'const texts: Buffer[] = [];',
        replace: `await tx.execute(sql\`select pg_advisory_xact_lock(\${LOG_LOCK})\`);\n  const texts: Buffer[] = [];`,
      },
    ],
  },
  {
    name: 'a field that is ignored from now on writes no event',
    missedBy: 'sync.representations.test.ts',
    patches: [
      {
        file: 'src/inventory/diff.ts',
        find: 'const differs = fieldChanges(without(image, ignored), after);',
        replace: 'const differs = fieldChanges(image, after);',
      },
    ],
  },
];
