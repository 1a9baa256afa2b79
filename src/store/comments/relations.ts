import { DELIVERY_COMMENTS } from './delivery-tables.ts';
import type { RelationComments } from './relation.ts';
import { TABLE_COMMENTS } from './tables.ts';
import { VIEW_COMMENTS } from './views.ts';

/** What every table and view says, by its name. */
export const RELATIONS: RelationComments = { ...TABLE_COMMENTS, ...DELIVERY_COMMENTS, ...VIEW_COMMENTS };
