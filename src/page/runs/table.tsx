/** Runs as a table, newest first. */
import type { RunItem } from '../../answers/runs.ts';
import { Status, secondsText, Time } from '../parts.tsx';
import { addressOf, useView } from '../view.ts';

export function RunTable({ runs }: { runs: readonly RunItem[] }) {
  const view = useView();
  const { words } = view;
  const w = words.runs;
  if (runs.length === 0) return <p class="calm">{w.none}</p>;
  return (
    <table class="dense">
      <thead>
        <tr>
          <th scope="col">{w.run}</th>
          <th scope="col">{words.fields.status}</th>
          <th scope="col">{w.began}</th>
          <th scope="col" class="n less">
            {w.took}
          </th>
          <th scope="col" class="n less">
            {w.requests}
          </th>
          <th scope="col" class="n">
            {w.changes}
          </th>
          <th scope="col" class="least">
            {w.error}
          </th>
        </tr>
      </thead>
      <tbody>
        {runs.map((run, i) => (
          <tr>
            <th scope="row" class="nowrap">
              <a href={addressOf(view, `/runs/${run.run_id}`)} data-row>
                {run.run_id}
              </a>{' '}
              {w.kind[run.kind]}
              {run.looks > 1 ? ` × ${words.count(run.looks)}` : ''}
            </th>
            <td>
              <Status status={run.status} />
            </td>
            <td class="nowrap">
              <Time at={run.started_at} shape="second" />
            </td>
            <td class="n less">{run.took === null ? words.none : secondsText(run.took, words.units)}</td>
            <td class="n less">{words.count(run.requests)}</td>
            <td class="n">{words.count(changesIn(run))}</td>
            <td class="least">{errorText(run.error_message, runs[i - 1]?.error_message, w.sameError)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A trouble that lasts is told once, and what differs from it stands out. */
const errorText = (error: string | null, above: string | null | undefined, same: string) =>
  error !== null && error === above ? <span class="soft">{same}</span> : (error ?? '');

export function changesIn({ created, updated, status_changed, removed, restored }: RunItem): number {
  return created + updated + status_changed + removed + restored;
}
