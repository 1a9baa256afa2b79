import { type Output, paint } from '../terminal/output.ts';
import { paragraph, printable } from '../terminal/text.ts';

interface LookRequests {
  readonly run_id: number;
  readonly request_ids: readonly string[];
}

/** Runs told of below a table, and ids of each: more would bury the table. */
const RUNS = 5;
const IDS = 4;

/** Prints what the API called the requests of looks, the newest last. On a terminal ids stand whole, to be copied. */
export function printRequests(out: Output, looks: readonly LookRequests[]): void {
  const byRun = new Map(looks.map(({ run_id, request_ids }) => [run_id, request_ids]));
  const told = Array.from(byRun)
    .filter(([, ids]) => ids.length > 0)
    .sort(([a], [b]) => a - b)
    .slice(-RUNS);
  if (told.length === 0 || !out.isTTY) return;
  out.write('\n');
  for (const [run_id, ids] of told) {
    const more = ids.length > IDS ? ` and ${ids.length - IDS} more` : '';
    const text = `requests of run ${run_id}: ${printable(ids.slice(0, IDS).join(' '))}${more}`;
    out.write(paragraph(out, paint(out, 'dim', text), { hang: 2 }));
  }
}
