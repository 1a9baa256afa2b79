/** Builds that ended, by day: usable, and on top of them failed. Drawn here, so that it needs no script. */
import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import type { BuildDay, Builds } from '../../answers/builds.ts';
import { useView } from '../view.ts';

const WIDTH = 900;
const HEIGHT = 190;
/** Room for the numbers at the left and the days below. */
const LEFT = 56;
const BELOW = 24;
/** For the half of the last day's text. */
const RIGHT = 16;
const DAY_MS = 86_400_000;
/** Fewer days than this would be walls and not bars. */
const LEAST_DAYS = 28;

const FILLS = { finished: 'fill-good', failed: 'fill-bad' } as const;
const KEYS = ['finished', 'failed'] as const;

export function DaysChart({ builds }: { builds: Builds }) {
  const { words } = useView();
  const shown = everyDay(builds);
  const most = Math.max(1, ...shown.map(({ finished, failed }) => finished + failed));
  const x = scaleBand(
    shown.map(({ day }) => day),
    [LEFT, WIDTH - RIGHT],
  ).paddingInner(0.25);
  const y = scaleLinear([0, most], [HEIGHT - BELOW, 6]).nice(4);
  const layers = stack<BuildDay>().keys([...KEYS])([...shown]);
  return (
    <figure>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={words.builds.chart}>
        {y
          .ticks(4)
          .filter(Number.isInteger)
          .map((tick) => (
            <>
              <path class="stroke" d={`M${LEFT} ${y(tick)}H${WIDTH}`} />
              <text x={LEFT - 6} y={y(tick) + 4} text-anchor="end">
                {words.count(tick)}
              </text>
            </>
          ))}
        {layers.map((layer, l) =>
          layer.map(([from, to], i) => {
            const day = shown[i];
            if (!day || to === from) return null;
            const said = words.builds.dayText(day);
            return (
              <rect
                class={FILLS[KEYS[l] ?? 'finished']}
                x={(x(day.day) ?? 0).toFixed(1)}
                y={y(to).toFixed(1)}
                width={x.bandwidth().toFixed(1)}
                height={(y(from) - y(to)).toFixed(1)}
              >
                <title>{said}</title>
              </rect>
            );
          }),
        )}
        {labelled(shown).map(({ day }) => (
          <text x={(x(day) ?? 0) + x.bandwidth() / 2} y={HEIGHT - 4} text-anchor="middle">
            {day.slice(5)}
          </text>
        ))}
      </svg>
    </figure>
  );
}

/**
 * Days without a build are there, and empty: a gap is a shape too. It begins with the first build, or earlier
 * within the time that was asked for.
 */
function everyDay({ days, since }: Builds): BuildDay[] {
  const [first, last] = [days[0], days.at(-1)];
  if (!first || !last) return [];
  const end = Date.parse(last.day);
  const earliest = Math.max(Date.parse(dayOf(since.getTime())), end - (LEAST_DAYS - 1) * DAY_MS);
  const begin = Math.min(Date.parse(first.day), earliest);
  const known = new Map(days.map((day) => [day.day, day]));
  return Array.from({ length: Math.round((end - begin) / DAY_MS) + 1 }, (_, i) => {
    const day = dayOf(begin + i * DAY_MS);
    return known.get(day) ?? { day, finished: 0, failed: 0, failed_percent: null, p50: null, p95: null };
  });
}

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** As many days as have room for their text. */
function labelled(days: readonly BuildDay[]): BuildDay[] {
  const every = Math.max(1, Math.ceil(days.length / 9));
  return days.filter((_, i) => (days.length - 1 - i) % every === 0);
}
