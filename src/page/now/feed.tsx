/** The last changes, one a line, newest first. */
import type { LifeEvent } from '../../store/reports.ts';
import { fieldName, Value } from '../image/facts.tsx';
import { statusWord } from '../image/life.tsx';
import { Box, ImageLink, Sign, secondsText, Time } from '../parts.tsx';
import { addressOf, useView } from '../view.ts';

type SeenChange = Pick<LifeEvent, 'event' | 'time_in_status_ms'>;

export function Feed({ newest }: { newest: readonly SeenChange[] }) {
  const view = useView();
  const { words } = view;
  const w = words.now;
  return (
    <Box id="feed" title={w.justNow} aside={<a href={addressOf(view, '/changes')}>{w.allChanges}</a>}>
      {newest.length === 0 ? <p class="calm soft">{w.noChanges}</p> : null}
      <ol class="feed">
        {newest.map((change) => (
          <Line change={change} />
        ))}
      </ol>
    </Box>
  );
}

function Line({ change }: { change: SeenChange }) {
  const { event } = change;
  const image_name = (event.after ?? event.before)?.image_name ?? null;
  return (
    <li id={`seq-${event.seq}`}>
      <Time at={event.occurred_at} shape="feed" />
      <Sign {...markOf(event)} />
      <span>
        <ImageLink image={{ project_id: event.project_id, image_id: event.image_id, image_name }} />{' '}
        <Said change={change} />
      </span>
    </li>
  );
}

function markOf({ type, transition }: SeenChange['event']): { sign: string; colour: string } {
  if (type === 'cph.image.removed') return { sign: '−', colour: 'soft' };
  if (type === 'cph.image.created' || type === 'cph.image.restored') return { sign: '+', colour: '' };
  if (transition?.to === 'failed') return { sign: '✗', colour: 'bad' };
  if (transition?.to === 'usable') return { sign: '✓', colour: 'good' };
  return { sign: '~', colour: '' };
}

function Said({ change: { event, time_in_status_ms } }: { change: SeenChange }) {
  const { words } = useView();
  const w = words.now.said;
  const { type, transition, before, after, changes } = event;
  if (type === 'cph.image.created') return <>{w.created(statusWord(words, after?.status))}</>;
  if (type === 'cph.image.restored') return <>{w.restored}</>;
  if (type === 'cph.image.removed') return <>{w.removed(statusWord(words, before?.status))}</>;
  if (transition) {
    const took = time_in_status_ms === null ? null : secondsText(time_in_status_ms / 1000, words.units);
    return <>{w.became(statusWord(words, transition.to), statusWord(words, transition.from), took)}</>;
  }
  if (changes.image_name) return <>{w.renamed(String(changes.image_name.from ?? ''))}</>;
  if (changes.listed_in) return <>{w.listed([changes.listed_in.to].flat().map(String))}</>;
  const fields = Object.entries(changes);
  const [only] = fields;
  if (only && fields.length === 1)
    return (
      <>
        {fieldName(words, only[0])}: <Value field={only[0]} value={only[1].from} /> →{' '}
        <Value field={only[0]} value={only[1].to} />
      </>
    );
  return <>{w.updated(fields.map(([field]) => fieldName(words, field)).join(', '))}</>;
}
