/** One run: what each listing proved, what was left out, the ids of requests, and what it wrote. */
import { type RunAnswer, readRun } from '../../answers/runs.ts';
import { readLogEnd } from '../../store/events.ts';
import type { Draw } from '../app.tsx';
import { Frame } from '../frame.tsx';
import { Box, Id, ImageLink, ProjectLink, Status, secondsText, Time } from '../parts.tsx';
import { useView } from '../view.ts';
import { changesIn } from './table.tsx';

export const drawRun: Draw = async ({ db, part, view }) => {
  const text = part('run_id');
  const seq = await readLogEnd(db);
  const run = /^\d{1,15}$/.test(text) ? await readRun(db, Number(text)) : null;
  if (!run) return null;
  const title = view.words.runs.one(run.run_id);
  return () => (
    <Frame title={title} seq={seq} json={`/api/runs/${run.run_id}`}>
      <div>
        <h1>{title}</h1>
        <p class="under">
          <Status status={run.status} /> · {view.words.runs.kind[run.kind]} ·{' '}
          <ProjectLink project={{ project_id: run.project_id, name: run.project_name }} />
        </p>
      </div>
      {run.error_message ? <p class="bad">{run.error_message}</p> : null}
      <Facts run={run} />
      <Listings run={run} />
      <Rejections run={run} />
      <Requests run={run} />
      <Written run={run} />
    </Frame>
  );
};

function Facts({ run }: { run: RunAnswer }) {
  const { words } = useView();
  const w = words.runs;
  const numbers = [
    [w.requests, run.requests],
    [w.listed, run.listed],
    [w.changes, changesIn(run)],
    [w.rejected, run.rejected],
    [w.unreadable, run.unreadable_fields],
    [w.looks, run.looks],
  ] as const;
  return (
    <Box id="facts" title={w.facts}>
      <dl class="pairs">
        <dt>{w.began}</dt>
        <dd>
          <Time at={run.started_at} shape="second" />
        </dd>
        <dt>{w.took}</dt>
        <dd>{run.took === null ? words.none : secondsText(run.took, words.units)}</dd>
        {numbers.map(([label, number]) => (
          <>
            <dt>{label}</dt>
            <dd>{words.count(number)}</dd>
          </>
        ))}
      </dl>
    </Box>
  );
}

const PROOFS: Readonly<Record<string, { sign: string; colour: string }>> = {
  complete: { sign: '✓', colour: 'good' },
  failed: { sign: '✗', colour: 'bad' },
  denied: { sign: '✗', colour: 'bad' },
};

function Listings({ run: { listings, held_listings } }: { run: RunAnswer }) {
  const { words } = useView();
  const w = words.runs;
  return (
    <Box id="listings" title={w.listings} aside={w.listingsNote}>
      {listings.length === 0 ? <p class="calm">{w.noListings}</p> : null}
      <table>
        <tbody>
          {listings.map(({ source, image_type, proof, listed, drift = [], error_message }) => {
            const held = held_listings.includes(`${source}/${image_type}`);
            return (
              <tr>
                <th scope="row">
                  {source}/{image_type}
                </th>
                <td class={PROOFS[proof]?.colour ?? 'warn'}>
                  <span aria-hidden="true">{PROOFS[proof]?.sign ?? '◐'}</span>{' '}
                  {w.proof[proof as 'complete'] ?? proof}
                  {held ? ` · ${words.status.held}` : ''}
                </td>
                <td class="n">{listed === undefined ? words.none : words.count(listed)}</td>
                <td class="less">{[...drift, error_message ?? ''].filter(Boolean).join(' · ')}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </Box>
  );
}

function Rejections({ run: { rejections } }: { run: RunAnswer }) {
  const { words } = useView();
  if (rejections.length === 0) return null;
  return (
    <Box id="rejections" title={words.runs.rejections} aside={words.runs.firstOnes}>
      <ul class="plain">
        {rejections.map((rejection) => (
          <li>
            {Object.values(Object(rejection))
              .filter((value) => value !== null)
              .map(String)
              .join(' · ')}
          </li>
        ))}
      </ul>
    </Box>
  );
}

function Requests({ run: { request_ids } }: { run: RunAnswer }) {
  const { words } = useView();
  if (request_ids.length === 0) return null;
  return (
    <Box id="requests" title={words.runs.requestIds} aside={words.runs.firstOnes}>
      <ul class="plain ids">
        {request_ids.map((id) => (
          <li>
            <Id id={id} />
          </li>
        ))}
      </ul>
    </Box>
  );
}

function Written({ run }: { run: RunAnswer }) {
  const { words } = useView();
  const w = words.runs;
  if (run.events.length === 0) return null;
  return (
    <Box id="written" title={w.written} aside={changesIn(run) > run.events.length ? w.firstOnes : null}>
      <table class="dense">
        <tbody>
          {run.events.map(({ type, data, subject }) => (
            <tr>
              <th scope="row">
                <ImageLink image={{ ...data, image_id: subject }} row />
              </th>
              <td>{w.event[type] ?? type}</td>
              <td>
                {data.transition ? (
                  <Status status={data.transition.to} />
                ) : (
                  Object.keys(data.changes).join(', ')
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  );
}
