/** What a time zone's clocks show, by the time zone database of this Node. */

export interface TimeZone {
  /** By how many milliseconds clocks are ahead of UTC at an instant. */
  readonly offsetAt: (instant: number) => number;
  /**
   * The first instant within (`after`, `until`] at which clocks are not `offset` ahead; null where there is
   * none.
   */
  readonly changeWithin: (range: Range) => number | null;
}

interface Range {
  readonly after: number;
  readonly until: number;
  readonly offset: number;
}

/** No zone changes its clocks twice within this time. */
const DAY_MS = 86_400_000;

const formats = new Map<string, Intl.DateTimeFormat>();

/** @throws RangeError for a zone that does not exist */
export function timeZone(name: string): TimeZone {
  const format = formats.get(name) ?? formatOf(name);
  formats.set(name, format);
  const offsetAt = (instant: number) => {
    const part = new Map(format.formatToParts(instant).map(({ type, value }) => [type, Number(value)]));
    const of = (type: Intl.DateTimeFormatPartTypes) => part.get(type) ?? 0;
    const shown = Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
    return shown - Math.floor(instant / 1000) * 1000;
  };
  return { offsetAt, changeWithin: (range) => changeWithin(range, offsetAt) };
}

function formatOf(timeZone: string): Intl.DateTimeFormat {
  const digits = { year: 'numeric', month: 'numeric', day: 'numeric' } as const;
  const clock = { hour: 'numeric', minute: 'numeric', second: 'numeric', hourCycle: 'h23' } as const;
  return new Intl.DateTimeFormat('en', { timeZone, calendar: 'gregory', ...digits, ...clock });
}

function changeWithin({ after, until, offset }: Range, offsetAt: TimeZone['offsetAt']): number | null {
  for (let before = after; before < until; ) {
    let later = Math.min(before + DAY_MS, until);
    if (offsetAt(later) === offset) {
      before = later;
      continue;
    }
    while (later - before > 1) {
      const middle = Math.floor((before + later) / 2);
      if (offsetAt(middle) === offset) before = middle;
      else later = middle;
    }
    return later;
  }
  return null;
}
