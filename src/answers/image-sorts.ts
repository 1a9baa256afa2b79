const COLUMNS = ['image_name', 'image_size', 'create_time', 'changed_at', 'status_since'] as const;

/** A column that images can be listed by. */
export type SortedColumn = (typeof COLUMNS)[number];

/** A column to sort by; with a minus in front, from the last to the first. */
export type ImageSort = SortedColumn | `-${SortedColumn}`;
export const IMAGE_SORTS = COLUMNS.flatMap((name) => [name, `-${name}`] as const);
