/** The figures of builds as cells of a table, and whether they are better or worse than before. */
import type { BuildFigures, Judgement } from '../../answers/build-trend.ts';
import type { BuildGroup } from '../../answers/builds.ts';
import { secondsText } from '../parts.tsx';
import { useView } from '../view.ts';

export function Heads() {
  const w = useView().words.builds;
  return (
    <>
      <th scope="col" class="n">
        {w.ended}
      </th>
      <th scope="col" class="n">
        {w.failed}
      </th>
      <th scope="col" class="n least">
        {w.p50}
      </th>
      <th scope="col" class="n less">
        {w.p95}
      </th>
    </>
  );
}

export function Figures({ figures }: { figures: BuildFigures }) {
  const { words } = useView();
  const { finished, failed, failed_percent, p50, p95 } = figures;
  const time = (seconds: number | null) =>
    seconds === null ? words.none : secondsText(seconds, words.units);
  return (
    <>
      <td class="n">{words.count(finished + failed)}</td>
      <td class={`n fold ${failed > 0 ? 'bad' : ''}`}>
        {words.count(failed)}
        {failed > 0 ? ` (${failed_percent}\u00a0%)` : ''}
      </td>
      <td class="n least">{time(p50)}</td>
      <td class="n less">{time(p95)}</td>
    </>
  );
}

const SIGNS: Readonly<Record<Judgement, { sign: string; colour: string }>> = {
  worse: { sign: '▲', colour: 'bad' },
  better: { sign: '▼', colour: 'good' },
  same: { sign: '=', colour: 'soft' },
  unknown: { sign: '?', colour: 'soft' },
};

/** Failures and duration against the four weeks before: sign, word and colour together. */
export function Trend({ group: { trend } }: { group: BuildGroup }) {
  const { words } = useView();
  const w = words.builds;
  const said = [
    [w.failures, trend.failures],
    [w.duration, trend.duration],
  ] as const;
  if (said.every(([, judgement]) => judgement === 'unknown'))
    return <td class="soft">{w.judgement.unknown}</td>;
  return (
    <td>
      {said.map(([what, judgement], i) => (
        <>
          {i > 0 ? ' · ' : ''}
          <span class={`${SIGNS[judgement].colour} nowrap`}>
            <span aria-hidden="true">{SIGNS[judgement].sign}</span> {what} {w.judgement[judgement]}
          </span>
        </>
      ))}
    </td>
  );
}
