/** What the rest of schema `cph` says: the schema itself, the list of migrations, and the functions. */

/** By how `comment on` names each. */
export const OTHER_COMMENTS: Readonly<Record<string, string>> = {
  'schema cph':
    'Inventory of Huawei Cloud Phone Host images. Kept by cph-inventory; for reading. Role cph_reader may select everything.',
  'table cph.migrations':
    'The migrations that were applied to this schema. An older program than the newest of them refuses to start.',
  'column cph.migrations.tag': 'The name of the migration. The key.',
  'column cph.migrations.hash': 'SHA-256 of its file, in hex.',
  'column cph.migrations.applied_at': 'When it was applied.',
  'function cph.images_as_of(timestamp with time zone)':
    'The inventory as it was known at a time: the reported columns of cph.images, and as_of_seq, the event that says so. Quick for one image or one project when a condition names it. Incomplete before the event retention.',
  'function cph.changes_between(timestamp with time zone, timestamp with time zone)':
    'What differs between what was known at two times: one row per image, with change (created, removed, updated), before and after (null where there is none), changes ({"field": {"from", "to"}}, {} unless updated), and the last event in between, its seq and when it occurred. What changed and changed back is left out. Empty when the second time is not later. Incomplete before the event retention.',
};
