import type { Edition } from './edition.ts';

/** The numbers a `total` can be made of. */
export interface Counts {
  readonly page: number;
  /** Everything that matches the question. */
  readonly matching: number;
  /** What the same question without a type matches. */
  readonly allTypes: number;
}

/** `total` as the edition counts and writes it; nothing where it sends none. */
export function totalField({ total, totalAs }: Edition, counts: Counts): { total?: number | string } {
  if (total === 'absent') return {};
  const count = counted(total, counts);
  return { total: totalAs === 'text' ? String(count) : count };
}

function counted(total: Exclude<Edition['total'], 'absent'>, { page, matching, allTypes }: Counts): number {
  if (total === 'page') return page;
  if (total === 'all-types') return allTypes;
  return total === 'grand' ? matching : Math.min(matching, total.capped);
}
