/** Who says what an image is: for each field the endpoint, the look that saw it first, and the last that did. */
import type { FieldEvidence } from '../../answers/evidence.ts';
import { Box, Id, RunLink, Time } from '../parts.tsx';
import type { Words } from '../words/en.ts';
import { fieldName, Value } from './facts.tsx';

export function Evidence({ explain, words }: { explain: readonly FieldEvidence[]; words: Words }) {
  const w = words.image;
  const known = explain.filter(({ value }) => value !== null);
  return (
    <Box id="explain" title={w.explain} aside={w.explainNote}>
      <section class="wide" aria-labelledby="explain-title" tabindex={0}>
        <table class="dense">
          <thead>
            <tr>
              <th scope="col">{w.field}</th>
              <th scope="col">{w.value}</th>
              <th scope="col">{w.source}</th>
              <th scope="col" class="least">
                {w.firstSaid}
              </th>
              <th scope="col">{w.lastSaid}</th>
            </tr>
          </thead>
          <tbody>
            {known.map((one) => (
              <tr>
                <th scope="row">{fieldName(words, one.field)}</th>
                <td class={one.confirmed ? undefined : 'old'}>
                  <Value field={one.field} value={one.value} />
                </td>
                <td class="nowrap">{one.listing ?? words.none}</td>
                <td class="least">
                  <First since={one.since} words={words} />
                </td>
                <td>
                  {one.confirmed ? (
                    <span class="nowrap">
                      <Time at={one.confirmed.to} shape="feed" /> · {w.run}{' '}
                      <RunLink run_id={one.confirmed.run_id} />
                    </span>
                  ) : (
                    <span class="warn">{w.notConfirmed}</span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </Box>
  );
}

function First({ since, words }: { since: FieldEvidence['since']; words: Words }) {
  if (!since) return <span class="soft">{words.image.forgotten}</span>;
  return (
    <>
      <span class="nowrap">
        <Time at={since.to} shape="feed" /> · {words.image.run} <RunLink run_id={since.run_id} />
      </span>{' '}
      {since.request_ids[0] ? <Id id={since.request_ids[0]} /> : null}
    </>
  );
}
