/**
 * The ready questions, in the order of docs/sql.md: is it fresh, what failed, what is built, what changed,
 * what there is, who looked.
 */
import { buildTimes } from './build-times.ts';
import { buildTrend } from './build-trend.ts';
import { building } from './building.ts';
import { buildsByVersion } from './builds-by-version.ts';
import { changes } from './changes.ts';
import { deliveries } from './deliveries.ts';
import { failed } from './failed.ts';
import { failures } from './failures.ts';
import { freshness } from './freshness.ts';
import { imageAt } from './image-at.ts';
import { imageLife } from './image-life.ts';
import { inventoryAt } from './inventory-at.ts';
import { missing } from './missing.ts';
import { oldImages } from './old-images.ts';
import type { Query } from './query.ts';
import { runTroubles } from './run-troubles.ts';
import { runs } from './runs.ts';
import { stuck } from './stuck.ts';
import { summary } from './summary.ts';
import { today } from './today.ts';
import { unreadable } from './unreadable.ts';

export const QUERIES: readonly Query[] = [
  freshness,
  failed,
  failures,
  building,
  stuck,
  buildTimes,
  buildTrend,
  buildsByVersion,
  changes,
  today,
  imageAt,
  imageLife,
  inventoryAt,
  missing,
  summary,
  oldImages,
  runs,
  runTroubles,
  unreadable,
  deliveries,
];

export function queryNamed(name: string): Query | undefined {
  return QUERIES.find((query) => query.name === name);
}
