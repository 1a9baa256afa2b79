/** What it takes to call an image missing, and to let go of it. */
import type { Guard } from './guard.ts';

export const ABSENCE_GUARDS: readonly Guard[] = [
  {
    name: 'an API that denies by id what it lists is not believed',
    missedBy: 'sync.by-id.test.ts',
    patches: [
      {
        file: 'src/sync/denials.ts',
        find: 'if (answers.absent.length === 0) return answers;',
        replace: 'if (answers.absent.length >= 0) return answers;',
      },
    ],
  },
  {
    name: 'what reading on shows of an image that seemed unchanged is not lost',
    missedBy: 'sync.compared-again.test.ts',
    patches: [{ file: 'src/sync/sweep.ts', find: 'let isFirst = true;', replace: 'let isFirst = false;' }],
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
        find: "if (asked.some((outcome) => outcome?.proof !== 'complete')) return UNPROVEN;",
        replace:
          "if (asked.some((outcome) => !/^(in)?complete$/.test(outcome?.proof ?? ''))) return UNPROVEN;",
      },
    ],
  },
  {
    name: 'the first sweep that misses an image does not remove it',
    patches: [
      {
        file: 'src/inventory/absence.ts',
        find: 'const again = known.missing_from.includes(source);',
        replace: 'const again = true;',
      },
      {
        file: 'src/inventory/removal.ts',
        find: "held.has(known.image.image_id) || !known.missing_from.includes('images')",
        replace: 'held.has(known.image.image_id)',
      },
    ],
  },
  {
    name: 'what can be asked for by id is removed only when the answer is no',
    missedBy: 'sync.vanished.test.ts',
    patches: [
      {
        file: 'src/inventory/absence.ts',
        find: '(!askable || snapshot.absent.has(image_id))',
        replace: 'true',
      },
    ],
  },
  {
    name: 'an image goes as a whole or keeps all of its fields',
    missedBy: 'inventory.removal.test.ts',
    patches: [
      {
        file: 'src/inventory/absence.ts',
        find: 'if (nowhere && missing.length > 0) {',
        replace: 'if (nowhere && missing.length < 0) {',
      },
    ],
  },
  {
    name: 'a row without an id may be any image of its source that is missing',
    missedBy: 'inventory.silence.test.ts',
    patches: [
      {
        file: 'src/sync/doubts.ts',
        find: 'if (missing > 0) return new UnreadableRecords(snapshot.rejected.length, missing);',
        replace: '',
      },
    ],
  },
  {
    name: 'too many rows without an id leave a sweep partial',
    missedBy: 'sync.proof.test.ts',
    patches: [
      {
        file: 'src/inventory/snapshot.ts',
        find: "return rejected > BEARABLE_REJECTS && rejected > BEARABLE_SHARE * (rejected + sum('records'));",
        replace: 'return rejected < 0;',
      },
    ],
  },
  {
    name: 'a listing that is not asked for misses nothing',
    missedBy: 'inventory.silence.test.ts',
    patches: [
      {
        file: 'src/inventory/absence.ts',
        find: "if (kind === 'unasked') continue;",
        replace: "if (kind === 'unasked') missing.push(source);",
      },
    ],
  },
  {
    name: 'questions by id are bounded in each sweep',
    missedBy: 'sync.by-id.test.ts',
    patches: [
      {
        file: 'src/sync/confirm.ts',
        find: 'const MOST_QUESTIONS = 200;',
        replace: 'const MOST_QUESTIONS = 200_000;',
      },
    ],
  },
  {
    name: 'every sweep asks for other images by id',
    missedBy: 'sync.by-id.test.ts',
    patches: [
      {
        file: 'src/sync/confirm.ts',
        find: 'const first = (turn * MOST_QUESTIONS) % suspects.length;',
        replace: 'const first = 0;',
      },
    ],
  },
  {
    name: 'a refused question leaves that image unproven, and no more',
    missedBy: 'sync.by-id.test.ts',
    patches: [
      {
        file: 'src/sync/confirm.ts',
        find: 'if (refused) answers.refusals.push(settled.reason);',
        replace: 'if (refused) throw settled.reason;',
      },
    ],
  },
  {
    name: 'a refused question is no word of absence',
    missedBy: 'sync.by-id.test.ts',
    patches: [
      {
        file: 'src/sync/confirm.ts',
        find: 'if (refused) answers.refusals.push(settled.reason);',
        replace: 'if (refused) answers.absent.push(image_id);',
      },
    ],
  },
  {
    name: 'a status is believed of the listing the image belongs to',
    missedBy: 'sync.representations.test.ts',
    patches: [
      {
        file: 'src/inventory/sighting.ts',
        find: 'return hasMoved ? sighting : others;',
        replace: 'return hasMoved || others ? sighting : others;',
      },
    ],
  },
];
