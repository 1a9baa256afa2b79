/** Who is told: what each sink has still to hear of, what it refused, and how that is sent again. */

import { takeParameters } from '../../answers/parameters.ts';
import { readSinks, SINKS_PARAMETERS, type SinkItem } from '../../answers/sinks.ts';
import { readLogEnd } from '../../store/events.ts';
import type { Draw } from '../app.tsx';
import { Frame } from '../frame.tsx';
import { Ago, Box, ImageLink, Time } from '../parts.tsx';
import { useView } from '../view.ts';

export const drawSinks: Draw = async ({ db, view }) => {
  const asked = takeParameters(SINKS_PARAMETERS, view.asked);
  const seq = await readLogEnd(db);
  const sinks = await readSinks(db, asked);
  return () => {
    const w = view.words.sinks;
    return (
      <Frame title={w.title} seq={seq} json="/api/sinks">
        <h1>{w.title}</h1>
        {sinks.length === 0 ? <p class="calm">{w.none}</p> : null}
        {sinks.map((sink) => (
          <Sink sink={sink} />
        ))}
      </Frame>
    );
  };
};

function Sink({ sink }: { sink: SinkItem }) {
  const { words } = useView();
  const w = words.sinks;
  return (
    <Box id={`sink-${sink.name}`} title={sink.name} aside={sink.kind}>
      <p class="calm">
        <Delivers sink={sink} />
      </p>
      <dl class="pairs">
        <dt>{w.lag}</dt>
        <dd>{words.count(sink.lag)}</dd>
        <dt>{w.delivered}</dt>
        <dd>{sink.last_delivered_at ? <Ago at={sink.last_delivered_at} /> : words.none}</dd>
        {sink.next_attempt_at ? (
          <>
            <dt>{w.next}</dt>
            <dd>
              <Time at={sink.next_attempt_at} shape="second" />
            </dd>
          </>
        ) : null}
      </dl>
      {sink.letters.length > 0 ? <Letters sink={sink} /> : null}
    </Box>
  );
}

function Delivers({ sink }: { sink: SinkItem }) {
  const w = useView().words.sinks;
  if (sink.unconfigured_since) return <span class="soft">– {w.unconfigured}</span>;
  if (sink.attempts > 0) {
    return (
      <span class="bad">
        <span aria-hidden="true">✗</span> {w.failing(sink.attempts)}
        {sink.last_error ? `: ${sink.last_error}` : ''}
      </span>
    );
  }
  // Nothing was delivered yet: that is no proof that something can be.
  if (!sink.last_delivered_at) return <span class="soft">? {w.untried}</span>;
  return (
    <span class="good">
      <span aria-hidden="true">✓</span> {w.well}
    </span>
  );
}

function Letters({ sink: { letters, dead_letters } }: { sink: SinkItem }) {
  const { words } = useView();
  const w = words.sinks;
  const first = letters.at(-1);
  return (
    <>
      <p class="calm bad">{w.letters(dead_letters)}</p>
      <table class="dense">
        <thead>
          <tr>
            <th scope="col">{w.event}</th>
            <th scope="col">{words.changes.columns.image}</th>
            <th scope="col">{w.reason}</th>
            <th scope="col" class="n less">
              {w.refusedAt}
            </th>
          </tr>
        </thead>
        <tbody>
          {letters.map(({ event_seq, project_id, image_id, image_name, last_error, failed_at }) => (
            <tr>
              <th scope="row">{event_seq}</th>
              <td>
                {project_id && image_id ? (
                  <ImageLink image={{ project_id, image_id, image_name }} row />
                ) : (
                  words.none
                )}
              </td>
              <td>{last_error}</td>
              <td class="n less">
                <Time at={failed_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {first ? (
        <p class="calm">
          {w.replay} <code>{first.replay}</code>
        </p>
      ) : null}
    </>
  );
}
