/** What keeps the inventory from letting go of images that are there, and how to take it out. */

export interface Patch {
  readonly file: string;
  /** Occurs exactly once in the file. */
  readonly find: string;
  readonly replace: string;
}

export interface Guard {
  readonly name: string;
  readonly patches: readonly Patch[];
}

export const GUARDS: readonly Guard[] = [
  {
    name: 'a listing that keeps contradicting itself is incomplete',
    patches: [
      { file: 'src/cph/relist.ts', find: "proof: 'incomplete', drift", replace: "proof: 'complete', drift" },
    ],
  },
  {
    name: 'a sweep with an incomplete listing tells nothing of absence',
    patches: [
      {
        file: 'src/inventory/snapshot.ts',
        find: "if (part.proof === 'complete') return true;",
        replace: "if (part.proof === 'complete' || part.proof === 'incomplete') return true;",
      },
      {
        file: 'src/inventory/snapshot.ts',
        find: "if (proof === 'complete') return {",
        replace: "if (proof === 'complete' || proof === 'incomplete') return {",
      },
    ],
  },
  {
    name: 'the first sweep that misses an image does not remove it',
    patches: [
      {
        file: 'src/inventory/diff.ts',
        find: 'const again = known.missing_from.includes(source);',
        replace: 'const again = true;',
      },
      {
        file: 'src/inventory/removal.ts',
        find: "one.missing_from.includes('images') && missing_from",
        replace: 'missing_from',
      },
    ],
  },
  {
    name: 'what can be asked for by id is removed only when the answer is no',
    patches: [
      { file: 'src/inventory/diff.ts', find: '(!askable || snapshot.absent.has(image_id))', replace: 'true' },
    ],
  },
  {
    name: 'more removals than the limit allows are held',
    patches: [
      {
        file: 'src/inventory/removal.ts',
        find: 'const held = missing > ALWAYS_ALLOWED &&',
        replace: 'const held = missing < 0 &&',
      },
    ],
  },
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
];
