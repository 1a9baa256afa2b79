/** What changed between two times, image by image: the net difference. */
import { CHANGES_PARAMETERS, type ChangeItem, readChanges } from '../../answers/changes.ts';
import { takeParameters } from '../../answers/parameters.ts';
import { readLogEnd } from '../../store/events.ts';
import { readProjectStatus } from '../../store/status.ts';
import type { Draw } from '../app.tsx';
import { Frame } from '../frame.tsx';
import { fieldName, Value } from '../image/facts.tsx';
import { statusWord } from '../image/life.tsx';
import { Kept, Text } from '../images/filters.tsx';
import { Pages } from '../images/page.tsx';
import { Box, ImageLink, ProjectLink, Sign, Time } from '../parts.tsx';
import { addressOf, changedAddress, useView } from '../view.ts';
import { fridayText } from './last-friday.ts';

export const drawChanges: Draw = async ({ db, view }) => {
  const asked = takeParameters(CHANGES_PARAMETERS, view.asked);
  const seq = await readLogEnd(db);
  const [changes, statuses] = await Promise.all([readChanges(db, asked, view.now), readProjectStatus(db)]);
  const names = new Map(statuses.map(({ project_id, project_name }) => [project_id, project_name]));
  return () => {
    const { words } = view;
    const w = words.changes;
    return (
      <Frame title={w.title} seq={seq} json="/api/changes">
        <div>
          <h1>{w.title}</h1>
          <p class="under">
            {w.between} <Time at={changes.since} shape="second" /> {w.and}{' '}
            <Time at={changes.until} shape="second" />
            {' · '}
            {w.net}
          </p>
        </div>
        <Spans />
        <Box id="list" title={w.list} flow>
          {changes.items.length === 0 ? (
            <p class="calm">{changes.next ? w.nothingHere : w.nothing}</p>
          ) : (
            <table class="dense">
              <thead>
                <tr>
                  <th scope="col">{w.columns.image}</th>
                  <th scope="col">{w.columns.change}</th>
                  {names.size > 1 ? (
                    <th scope="col" class="less">
                      {w.columns.project}
                    </th>
                  ) : null}
                  <th scope="col" class="n least">
                    {w.columns.at}
                  </th>
                </tr>
              </thead>
              <tbody>
                {changes.items.map((change) => (
                  <Row change={change} names={names} />
                ))}
              </tbody>
            </table>
          )}
        </Box>
        <Pages next={changes.next} />
      </Frame>
    );
  };
};

/** How far back: three ways at hand, or two times of one's own. */
function Spans() {
  const view = useView();
  const { words, asked, now } = view;
  const w = words.changes;
  const spans = [
    ['24h', w.day],
    ['7d', w.week],
    [fridayText(now), w.friday],
  ] as const;
  const current = asked.until === undefined ? (asked.since ?? '24h') : null;
  return (
    <div class="bar">
      <ul class="chips" aria-label={w.spans}>
        {spans.map(([since, label]) => (
          <li>
            <a
              class="chip"
              href={changedAddress(view, { since, until: null })}
              aria-current={current === since ? 'true' : undefined}
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
      <form class="filters" action={addressOf(view, '/changes')}>
        <Kept names={['project', 'type', 'status', 'q', 'limit']} />
        <Text name="since" label={w.since} hint="2026-11-20 18:00" />
        <Text name="until" label={w.until} hint="now" />
        <button type="submit">{words.images.show}</button>
      </form>
    </div>
  );
}

interface RowProps {
  readonly change: ChangeItem;
  readonly names: ReadonlyMap<string, string | null>;
}

function Row({ change, names }: RowProps) {
  const { project_id } = change;
  return (
    <tr>
      <th scope="row">
        <ImageLink image={change} row />
      </th>
      <td>
        <Said change={change} />
      </td>
      {names.size > 1 ? (
        <td class="less">
          <ProjectLink project={{ project_id, name: names.get(project_id) ?? null }} />
        </td>
      ) : null}
      <td class="n least">
        <Time at={change.changed_at} />
      </td>
    </tr>
  );
}

function Said({ change: { change, before, after, changes } }: { change: ChangeItem }) {
  const { words } = useView();
  const w = words.changes;
  if (change === 'created')
    return (
      <>
        <Sign sign="+" colour="" />{' '}
        <span class={after?.status === 'failed' ? 'bad' : undefined}>
          {w.created(statusWord(words, after?.status))}
        </span>
      </>
    );
  if (change === 'removed')
    return (
      <>
        <Sign sign="−" colour="soft" /> {w.removed(statusWord(words, before?.status))}
      </>
    );
  // The code says what the status says.
  const fields = Object.entries(changes).filter(([field]) => field !== 'status_code' || !changes.status);
  return (
    <>
      {fields.map(([field, { from, to }], i) => (
        <>
          {i > 0 ? ' · ' : ''}
          {fieldName(words, field)}: <Value field={field} value={from} /> → <Value field={field} value={to} />
        </>
      ))}
    </>
  );
}
