/** What an image was at a time, as the log has it. */
import type { ImageAnswer } from '../../answers/image.ts';
import { imagePath } from '../../inventory/addresses.ts';
import type { CloudEvent } from '../../inventory/event.ts';
import { REPORTED_FIELDS } from '../../inventory/image.ts';
import { Box, Id, RunLink, Time } from '../parts.tsx';
import { addressOf, useView } from '../view.ts';
import { fieldName, Pair, Value } from './facts.tsx';

/** The last event up to a time; null where there is none that is kept. */
export function pastOf({ events }: ImageAnswer, at: Date): CloudEvent | null {
  return events.findLast(({ time }) => Date.parse(time) <= at.getTime()) ?? null;
}

interface ThenProps {
  readonly image: ImageAnswer;
  readonly at: Date | null;
  readonly past: CloudEvent | null;
}

export function Then({ image, at, past }: ThenProps) {
  const view = useView();
  const { words } = view;
  const w = words.image;
  return (
    <Box id="then" title={w.thenTitle}>
      <form class="filters" action={addressOf(view, imagePath(image))}>
        <label>
          {w.when}
          <input name="at" value={view.asked.at} placeholder="2026-11-24 12:00" required />
        </label>
        <button type="submit">{w.show}</button>
      </form>
      {at ? (
        <p class="calm note">
          <Time at={at} shape="second" />: {thenSaid(words, past)}
        </p>
      ) : null}
      {past ? <SaidBy image={image} past={past} /> : null}
      {past?.data.after ? (
        <dl class="pairs">
          {fieldsOf(past.data.after).map(([field, value]) => (
            <Pair name={fieldName(words, field)}>
              <Value field={field} value={value} />
            </Pair>
          ))}
        </dl>
      ) : null}
    </Box>
  );
}

/** The look that had said so last by then, and what the API called its request. */
function SaidBy({ image, past }: { image: ImageAnswer; past: CloudEvent }) {
  const w = useView().words.image;
  const line = image.timeline.find(({ event_seq }) => event_seq === Number(past.sequence));
  return (
    <p class="calm note">
      {w.saidBy} <Time at={new Date(past.time)} shape="second" /> · {w.run}{' '}
      <RunLink run_id={past.data.run_id} />
      {line?.request_ids[0] ? (
        <>
          {' · '}
          {w.request} <Id id={line.request_ids[0]} />
        </>
      ) : null}
    </p>
  );
}

/** In the order in which the image is told of above; Postgres keeps none. Its id is there. */
function fieldsOf(after: NonNullable<CloudEvent['data']['after']>): [string, unknown][] {
  return REPORTED_FIELDS.filter((field) => field !== 'extra' && (after[field] ?? null) !== null).map(
    (field) => [field, after[field]],
  );
}

function thenSaid(words: ReturnType<typeof useView>['words'], past: CloudEvent | null): string {
  if (past === null) return words.image.notYet;
  return past.data.after === null ? words.image.wasGone : words.image.wasSo;
}
