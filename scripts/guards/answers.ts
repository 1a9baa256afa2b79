/** What one answer is taken for. */
import type { Guard } from './guard.ts';

export const ANSWER_GUARDS: readonly Guard[] = [
  {
    name: 'an answer without its list is an error',
    missedBy: 'cph.list-images.test.ts',
    patches: [
      {
        file: 'src/cph/answer-list.ts',
        find: 'if (listless && total === 0)',
        replace: 'if (listless)',
      },
    ],
  },
  {
    name: 'an answer by id that counts rows and shows none is no word of absence',
    missedBy: 'cph.find-image.test.ts',
    patches: [
      {
        file: 'src/cph/list-images.ts',
        find: 'if (rows.length === 0 && !total) return null;',
        replace: 'if (rows.length === 0) return null;',
      },
    ],
  },
  {
    name: 'an answer by id about other images has to be whole',
    missedBy: 'cph.find-image.test.ts',
    patches: [
      {
        file: 'src/cph/list-images.ts',
        find: "if (all.proof !== 'complete') throw unknown;",
        replace: '',
      },
    ],
  },
  {
    name: 'a type is unsupported only where the refusal is about the type',
    missedBy: 'sync.refused-type.test.ts',
    patches: [
      {
        file: 'src/sync/look.ts',
        find: "error.code.startsWith('CPS.') &&\n    !ABOUT_OTHER_PARAMETERS.includes(error.code);",
        replace: 'true;',
      },
    ],
  },
  {
    name: 'a type is unsupported only where its listing has never worked',
    missedBy: 'sync.proof.test.ts',
    patches: [
      {
        file: 'src/sync/doubts.ts',
        find: "one.proof === 'unsupported' && hasWorked(one)",
        replace: 'false && hasWorked(one)',
      },
    ],
  },
  {
    name: 'the code of a refused type stays on its run',
    missedBy: 'sync.proof.test.ts',
    patches: [
      {
        file: 'src/sync/look.ts',
        find: 'error_code: errorCode(error),',
        replace: "error_code: proof === 'unsupported' ? null : errorCode(error),",
      },
    ],
  },
  {
    name: 'phone-images stands in only for images that it has listed itself',
    missedBy: 'inventory.unsupported.test.ts',
    patches: [
      {
        file: 'src/inventory/snapshot.ts',
        find: "if (asked.some((outcome) => outcome?.proof !== 'complete')) return UNPROVEN;",
        replace: '',
      },
    ],
  },
  {
    name: 'rows belong to the listing that returned them',
    missedBy: 'cph.rows.test.ts',
    patches: [
      {
        file: 'src/cph/list-images.ts',
        find: 'record.listed_under = asked;',
        replace: 'record.listed_under = IMAGE_TYPES.find((one) => one === record.image_type) ?? asked;',
      },
    ],
  },
  {
    name: 'one field that cannot be read hides no other',
    missedBy: 'cph.rows.test.ts',
    patches: [
      {
        file: 'src/cph/row.ts',
        find: 'if (faults.length > 0) record.unreadable = faults;',
        replace: 'if (faults.length > 0) return { source: blank.source, reason: faults.join() };',
      },
    ],
  },
  {
    name: 'a field that a record leaves out stays as it is known',
    missedBy: 'inventory.merge.test.ts',
    patches: [
      {
        file: 'src/inventory/merge.ts',
        find: '(said?.[field] ?? before?.[field] ?? null)',
        replace: '(said?.[field] ?? null)',
      },
    ],
  },
  {
    name: 'the type that a row named stays while its listing is the same one',
    missedBy: 'inventory.merge.test.ts',
    patches: [
      {
        file: 'src/inventory/merge.ts',
        find: 'keptType(before, listed_under === images.listed_under)',
        replace: 'keptType(before, false)',
      },
    ],
  },
  {
    name: 'who shared an image goes with its being shared',
    missedBy: 'inventory.merge.test.ts',
    patches: [
      {
        file: 'src/inventory/merge.ts',
        find: 'const source = image.image_type === before?.image_type ? before.src_project_id : null;',
        replace: 'const source = before?.src_project_id ?? null;',
      },
    ],
  },
  {
    name: 'a list is a set, in whatever order it comes',
    missedBy: 'cph.spellings.test.ts',
    patches: [
      {
        file: 'src/cph/settled-value.ts',
        find: 'return [...byText.keys()].sort().map((text) => byText.get(text));',
        replace: 'return [...byText.values()];',
      },
    ],
  },
  {
    name: 'integers that a double cannot hold are told apart',
    missedBy: 'cph.spellings.test.ts',
    patches: [
      {
        file: 'src/cph/answer-body.ts',
        find: 'value = parseExactly(text);',
        replace: 'value = JSON.parse(text);',
      },
    ],
  },
  {
    name: 'an ignored field is kept out of records',
    missedBy: 'sync.representations.test.ts',
    patches: [
      {
        file: 'src/cph/row.ts',
        find: '!documented.has(name) && !ignored.has(name)',
        replace: '!documented.has(name)',
      },
    ],
  },
  {
    name: 'an empty list beside which an answer says that it failed is an error',
    missedBy: 'cph.list-images.test.ts',
    patches: [
      {
        file: 'src/cph/answer-list.ts',
        find: 'if (saysFailed(body))',
        replace: 'if (body === null && saysFailed(body))',
      },
    ],
  },
  {
    name: 'an image whose id is spelt otherwise by now is not missing',
    missedBy: 'inventory.silence.test.ts',
    patches: [
      {
        file: 'src/inventory/snapshot.ts',
        find: 'if (!complete || isRespelled(known.image.image_id)) return UNPROVEN;',
        replace: 'if (!complete || (isRespelled(known.image.image_id) && !complete)) return UNPROVEN;',
      },
    ],
  },
  {
    name: 'an answer by id that spells the id otherwise is no word of absence',
    missedBy: 'cph.find-image.test.ts',
    patches: [
      {
        file: 'src/inventory/spelling.ts',
        find: 'return bareId(a) === bareId(b);',
        replace: 'return a === b;',
      },
    ],
  },
];
