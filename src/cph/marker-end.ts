import { listByMarker, type MarkerAttempt, type MarkerListing, type MarkerPage } from './marker-listing.ts';
import { idsOf, type Row } from './received.ts';
import { NO_SIGNS } from './signs-of-more.ts';

type Ask = MarkerListing['ask'];

/**
 * Asks on behind rows whose end no answer has told, by every way there is. Complete where nothing else comes
 * and the endpoint has shown that it does not page, says so where it does, or goes on from a row of our
 * choice.
 */
export async function askBehind(rows: readonly Row[], ask: Ask): Promise<MarkerAttempt> {
  const begun = { rows, signs: NO_SIGNS };
  const further = await listByMarker({ ask, goesOnBy: 'marker' }, begun);
  if (further.drift !== null || further.rows.length > rows.length) return further;
  const numbered = await listByMarker({ ask, goesOnBy: 'offset' }, begun);
  if (numbered.drift !== null || numbered.rows.length > rows.length) return numbered;
  if (await isWhole(rows, ask)) return { ...further, endAssumed: false };
  return { ...further, drift: 'end', ended: false };
}

/**
 * Whether an endpoint that gave these rows, and no others behind them, would have shown that there is more.
 */
async function isWhole(rows: readonly Row[], ask: Ask): Promise<boolean> {
  const ids = idsOf(rows);
  const last = ids.at(-1);
  const beforeLast = ids.at(-2);
  if (last === undefined || beforeLast === undefined) return true;
  const single = await ask({ limit: '1' });
  if (single.refused || tellsMore(single)) return true;
  if (single.rows.length > 1) return single.rows.length === rows.length;
  const isLast = (page: MarkerPage) => idsOf(page.rows).join() === last;
  return isLast(await ask({ marker: beforeLast })) || isLast(await ask({ offset: String(rows.length - 1) }));
}

function tellsMore({ signs }: MarkerPage): boolean {
  return signs.next !== null || signs.flagged || signs.counted > 1 || signs.pages > 1;
}
