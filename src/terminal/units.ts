/** Numbers and times as people read them, and the colour of what they mean. */
import type { Colour } from './output.ts';

/** A duration in the two largest units that say something: `4.2 s`, `3 min 20 s`, `2 h 5 min`, `3 d 4 h`. */
export function durationText(ms: number): string {
  const s = ms / 1000;
  if (s < 9.95) return `${Math.max(0, s).toFixed(1)} s`;
  const units = [
    ['d', 86_400],
    ['h', 3600],
    ['min', 60],
    ['s', 1],
  ] as const;
  let rest = Math.round(s);
  const first = units.findIndex(([, size]) => rest >= size);
  const parts = units.slice(first, first + 2);
  return parts
    .map(([unit, size]) => {
      const amount = Math.floor(rest / size);
      rest -= amount * size;
      return amount > 0 ? `${amount} ${unit}` : '';
    })
    .filter(Boolean)
    .join(' ');
}

/** A size in decimal units, as the vendor's console shows it: `1.31 GB`. */
export function sizeText(bytes: number | null): string {
  if (bytes === null) return '';
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  // A number that rounds to 1000 belongs to the next unit.
  const power = units.findIndex((_, i) => bytes < 999.5 * 1000 ** i);
  const unit = power < 0 ? units.length - 1 : power;
  const amount = bytes / 1000 ** unit;
  if (unit === 0) return `${amount} B`;
  return `${amount < 999.5 ? amount.toPrecision(3) : amount.toFixed(0)} ${units[unit]}`;
}

/** `5,000 images`, `1 image`. */
export function countText(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

/** An instant as operators compare it with other logs: UTC, to the second. */
export function instantText(instant: Date | null): string {
  return instant ? `${instant.toISOString().slice(0, 19).replace('T', ' ')}Z` : '';
}

export function agoText(at: Date, now: Date): string {
  return `${durationText(now.getTime() - at.getTime())} ago`;
}

export function statusColour(status: string | null): Colour | null {
  if (status === 'failed') return 'red';
  if (status === 'creating') return 'yellow';
  return status === 'usable' ? 'green' : null;
}

/** Green for a run that did all it should, red for one that failed, yellow where a person should look. */
export function runColour(status: string | null): Colour | null {
  if (status === null) return null;
  if (status === 'succeeded') return 'green';
  return status === 'failed' ? 'red' : 'yellow';
}
