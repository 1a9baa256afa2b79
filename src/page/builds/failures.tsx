/** What failed, one image a line, with what became of it: also of what was removed since. */
import type { Builds } from '../../answers/builds.ts';
import type { FailureItem } from '../../answers/failures.ts';
import { statusWord } from '../image/life.tsx';
import { Box, ImageLink, ProjectLink, secondsText, Time } from '../parts.tsx';
import { useView } from '../view.ts';

export function Failed({ builds }: { builds: Builds }) {
  const { words, asked } = useView();
  const { failures, failures_total: total, since } = builds;
  const w = words.builds.what;
  if (total === 0) return null;
  return (
    <Box id="failed" title={w.title} aside={w.aside}>
      <p class="calm note">{w.counted(total, total - builds.all.failed)}</p>
      <table class="dense">
        <thead>
          <tr>
            <th scope="col">{w.at}</th>
            <th scope="col">{words.changes.columns.image}</th>
            <th scope="col" class="less">
              {words.changes.columns.project}
            </th>
            <th scope="col" class="n less">
              {w.after}
            </th>
            <th scope="col">{w.since}</th>
          </tr>
        </thead>
        <tbody>
          {failures.map((failure) => (
            <Row failure={failure} />
          ))}
        </tbody>
      </table>
      {total > failures.length ? (
        <p class="calm note">
          {w.more(failures.length)}
          {asked.project === undefined && asked.until === undefined ? (
            <>
              {' '}
              {w.all} <code>cph-inventory query failures since={since.toISOString()}</code>
            </>
          ) : null}
        </p>
      ) : null}
    </Box>
  );
}

function Row({ failure }: { failure: FailureItem }) {
  const { words } = useView();
  const { project_id, project_name: name, failed_at, creating_for } = failure;
  return (
    <tr>
      <td>
        <Time at={failed_at} />
      </td>
      <th scope="row">
        <ImageLink image={failure} row />
      </th>
      <td class="less">
        <ProjectLink project={{ project_id, name }} />
      </td>
      <td class="n less">{creating_for === null ? words.none : secondsText(creating_for, words.units)}</td>
      <td>
        <Outcome failure={failure} />
      </td>
    </tr>
  );
}

function Outcome({ failure: { outcome, outcome_at } }: { failure: FailureItem }) {
  const { words } = useView();
  const w = words.builds.what;
  if (outcome === 'failed') return <span class="bad">{w.still}</span>;
  return (
    <>
      {outcome === 'removed' ? words.images.removed : statusWord(words, outcome)}{' '}
      {outcome_at ? <Time at={outcome_at} /> : null}
    </>
  );
}
