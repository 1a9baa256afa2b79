/** The brake on many removals at once, and the approval that lets them go. */
import type { Guard } from './guard.ts';

const REMOVAL = 'src/inventory/removal.ts';

export const BRAKE_GUARDS: readonly Guard[] = [
  {
    name: 'a listing that vanishes and has no list is held, however few images it had',
    missedBy: 'sync.vanished.test.ts',
    patches: [
      {
        file: 'src/inventory/removal.ts',
        find: '(of > MAY_VANISH_WHOLE || isUnheard(snapshot, listing))',
        replace: 'of > MAY_VANISH_WHOLE',
      },
    ],
  },
  {
    name: 'a listing without its list is believed where others of its endpoint show rows',
    missedBy: 'sync.vanished.test.ts',
    patches: [
      {
        file: 'src/inventory/removal.ts',
        find: 'one.source !== own?.source || one.empty',
        replace: 'one.source !== own?.source || one.empty || own.listless',
      },
    ],
  },
  {
    name: 'more removals than the limit allows are held',
    patches: [
      {
        file: REMOVAL,
        find: 'missed > ALWAYS_ALLOWED && missed > limit * of;',
        replace: 'missed < 0 && missed > limit * of;',
      },
    ],
  },
  {
    name: 'the limit is measured on each listing',
    missedBy: 'inventory.removal-limit.test.ts',
    patches: [{ file: REMOVAL, find: 'whole || isOver(missed, of) ||', replace: 'whole ||' }],
  },
  {
    name: 'the limit is measured on the project too',
    missedBy: 'inventory.removal-limit.test.ts',
    patches: [
      { file: REMOVAL, find: ' || isOver(unapproved.length, asked.length + unchanged.size)', replace: '' },
    ],
  },
  {
    name: 'a listing of more than three that is empty is held',
    missedBy: 'sync.proof.test.ts',
    patches: [{ file: REMOVAL, find: '(of > MAY_VANISH_WHOLE ||', replace: '(of < 0 ||' }],
  },
  {
    name: 'what is held is not asked for by id',
    missedBy: 'inventory.removal-limit.test.ts',
    patches: [
      {
        file: REMOVAL,
        find: 'if (held.has(known.image.image_id) || !known',
        replace: 'if (!known',
      },
    ],
  },
  {
    name: 'the brake holds only what it is about',
    missedBy: 'inventory.removal-limit.test.ts',
    patches: [
      {
        file: REMOVAL,
        find: '.filter(({ listings }) => listings.some((listing) => over.has(listing)))',
        replace: '.filter(() => [...over].some((listing) => listing !== null))',
      },
    ],
  },
  {
    name: 'only what this sweep proved absent counts for the brake',
    missedBy: 'inventory.removal-limit.test.ts',
    patches: [
      {
        file: REMOVAL,
        find: "presence(known, source).kind === 'absent' ? listingNames(known, source) : [],",
        replace:
          "presence(known, source).kind === 'absent' || known.missing_from.includes(source) ? listingNames(known, source) : [],",
      },
      {
        file: REMOVAL,
        find: '.filter((one) => !one.removed && isAskedFor(one, presence));',
        replace: '.filter((one) => !one.removed);',
      },
    ],
  },
  {
    name: 'an approval is of what was shown',
    missedBy: 'commands.approve.test.ts',
    patches: [
      {
        file: 'src/store/approvals.ts',
        find: `and image_id = any(\${sql.param(ids)}::text[])`,
        replace: `and \${ids.length} > 0`,
      },
    ],
  },
  {
    name: 'only what is held is shown for approval',
    missedBy: 'commands.approve.test.ts',
    patches: [
      {
        file: 'src/store/approvals.ts',
        find: 'images: rows.filter(isHeld).map(',
        replace: 'images: rows.filter((row) => isHeld(row) || row).map(',
      },
    ],
  },
];
