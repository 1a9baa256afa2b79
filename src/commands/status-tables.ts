/** The tables of `status`. */
import type { Health } from '../answers/health.ts';
import type { ProjectItem } from '../answers/projects.ts';
import type { SinkStatus } from '../store/status.ts';
import type { Colour } from '../terminal/output.ts';
import type { Column } from '../terminal/table.ts';
import { agoText, runColour } from '../terminal/units.ts';
import { leastWidth } from './choose-projects.ts';

/** Stands in place of what is wrong. Nobody looks or delivers any more, so what is wrong is no news. */
const NOT_CONFIGURED = 'not configured';

const COLOURS: Readonly<Record<Health, Colour>> = {
  failing: 'red',
  stale: 'red',
  unknown: 'yellow',
  held: 'yellow',
  partial: 'yellow',
  fresh: 'green',
};

/** Regions are shown where they differ, and on no terminal where they do not. */
export function projectColumns(all: readonly ProjectItem[], now: Date): Column<ProjectItem>[] {
  const named = all.some(({ project_name }) => project_name !== null);
  return [
    {
      title: 'PROJECT',
      value: (row) => row.project_name ?? row.project_id,
      least: leastWidth(all.map(({ project_name: name, project_id: id }) => ({ name, id }))),
    },
    { title: 'HEALTH', value: ({ health }) => health, colour: ({ health }) => COLOURS[health] },
    { title: 'COMPLETE', value: ({ last_complete_at: at }) => (at ? agoText(at, now) : 'never'), rank: 1 },
    {
      title: 'LAST RUN',
      value: (row) => (row.unconfigured_since ? NOT_CONFIGURED : (row.last_run_status ?? 'none')),
      colour: (row) => (row.unconfigured_since ? 'dim' : runColour(row.last_run_status)),
      rank: 2,
    },
    { title: 'FAILURES', value: (row) => String(row.consecutive_failures), align: 'right', rank: 4 },
    { title: 'HELD', value: (row) => String(row.held_removals), align: 'right', rank: 3 },
    { title: 'IMAGES', value: ({ images }) => String(sum(Object.values(images))), align: 'right', rank: 5 },
    { title: 'REGION', value: (row) => row.region, rank: 8 },
    ...(named ? [{ title: 'PROJECT ID', value: (row: ProjectItem) => row.project_id, rank: 7 }] : []),
  ];
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);

export function sinkColumns(now: Date): Column<SinkStatus>[] {
  return [
    { title: 'SINK', value: (row) => row.name, least: 12 },
    { title: 'KIND', value: (row) => row.kind, rank: 3 },
    { title: 'LAG', value: (row) => String(row.lag), align: 'right', rank: 1 },
    {
      title: 'DEAD LETTERS',
      value: (row) => String(row.dead_letters),
      colour: (row) => (row.dead_letters > 0 ? 'red' : null),
      align: 'right',
      rank: 1,
    },
    {
      title: 'DELIVERED',
      value: ({ last_delivered_at: at }) => (at ? agoText(at, now) : 'never'),
      rank: 2,
    },
    {
      title: 'TROUBLE',
      value: (row) => (row.unconfigured_since ? NOT_CONFIGURED : sinkTrouble(row)),
      colour: (row) => (row.unconfigured_since ? 'dim' : 'yellow'),
      least: 20,
    },
  ];
}

/** What keeps a sink from delivering; empty where nothing does. */
export function sinkTrouble({ attempts, last_error, dead_letters }: SinkStatus): string {
  if (attempts > 0) return `failed ${attempts} times: ${last_error ?? 'no reason given'}`;
  return dead_letters > 0 ? `${dead_letters} refused for good: see cph-inventory query deliveries` : '';
}
