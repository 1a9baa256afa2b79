/** The life of an image as a line, newest first: one change each, and what nobody watched drawn as a gap. */
import type { ImageAnswer } from '../../answers/image.ts';
import type { TimelineLine } from '../../answers/timeline.ts';
import { Box, Id, inUtc, RunLink, Sign, secondsText, Time } from '../parts.tsx';
import { useView } from '../view.ts';
import { fieldName, Value } from './facts.tsx';

/** `full`: there may be more than what is shown. */
export function Life({ image, full }: { image: ImageAnswer; full: boolean }) {
  const { words } = useView();
  const w = words.image;
  return (
    <Box id="life" title={w.life} aside={w.lifeNote}>
      {image.timeline.length === 0 ? <p class="calm">{w.noLife}</p> : null}
      <ol class="life">
        {image.timeline
          .map((line, i, all) => <Line line={line} evidence={line.event_seq !== all[i - 1]?.event_seq} />)
          .toReversed()}
      </ol>
      {full ? <p class="calm note">{w.older(words.count(image.events.length))}</p> : null}
    </Box>
  );
}

/** What one look saw change at once has its evidence once. */
function Line({ line, evidence }: { line: TimelineLine; evidence: boolean }) {
  const { words } = useView();
  const w = words.image;
  const { sign, colour } = markOf(line);
  const id = evidence ? `event-${line.event_seq}` : `event-${line.event_seq}-${line.field}`;
  return (
    <li id={id} class={line.not_before ? 'gap' : undefined}>
      <span class="dot">
        <Sign sign={sign} colour={colour} />
      </span>
      <a href={`#${id}`} data-row class="soft">
        <Time at={line.at} shape="second" />
      </a>{' '}
      <Said line={line} />
      <div class="note">
        {line.not_before ? (
          <>
            {w.between} <Time at={line.not_before} shape="clock" /> {w.and}{' '}
            <Time at={line.at} shape="clock" />
            {' · '}
          </>
        ) : null}
        {line.baseline ? `${w.baseline} · ` : null}
        {evidence ? (
          <>
            {w.run} <RunLink run_id={line.run_id} />
          </>
        ) : null}
        {evidence && line.request_ids[0] ? (
          <>
            {' · '}
            {w.request} <Id id={line.request_ids[0]} />
          </>
        ) : null}
      </div>
    </li>
  );
}

function markOf({ change, to }: TimelineLine): { sign: string; colour: string } {
  if (change === 'first_seen' || change === 'restored') return { sign: '+', colour: '' };
  if (change === 'removed') return { sign: '−', colour: 'soft' };
  if (change === 'status' && to === 'failed') return { sign: '✗', colour: 'bad' };
  if (change === 'status' && to === 'usable') return { sign: '✓', colour: 'good' };
  return { sign: '~', colour: '' };
}

function Said({ line }: { line: TimelineLine }) {
  const { words } = useView();
  const w = words.image;
  const { change, from, to, field, time_in_status } = line;
  if (change === 'first_seen') return <>{w.seen(statusWord(words, to))}</>;
  if (change === 'restored') return <>{w.restored(statusWord(words, to))}</>;
  if (change === 'removed') return <>{w.removed(statusWord(words, from))}</>;
  if (change === 'status') {
    const after = time_in_status === null ? null : secondsText(time_in_status, words.units);
    const said = w.became(statusWord(words, to), statusWord(words, from), after);
    return <b class={to === 'failed' ? 'bad' : undefined}>{said}</b>;
  }
  return (
    <>
      {fieldName(words, field ?? '')}:{' '}
      <del>
        <Value field={field ?? ''} value={from} />
      </del>{' '}
      → <Value field={field ?? ''} value={to} />
    </>
  );
}

type Named = { readonly words: { readonly status: Readonly<Record<string, string>> } };

/** The word for a status; what the API calls it where there is none. */
export function statusWord({ status }: Named['words'], value: unknown): string {
  return status[String(value ?? 'none')] ?? String(value);
}

export { inUtc };
