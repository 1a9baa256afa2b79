/** How far each project can be relied on, what it holds, and its pulse: the last forty sweeps. */
import type { ProjectItem, RunCell } from '../../answers/projects.ts';
import { Ago, Box, inUtc, ProjectLink } from '../parts.tsx';
import { addressOf, useView } from '../view.ts';

export function Projects({ projects }: { projects: readonly ProjectItem[] }) {
  const { words } = useView();
  const w = words.projects;
  const shown = projects.filter(({ unconfigured_since }) => unconfigured_since === null);
  return (
    <Box id="projects" title={w.title} aside={w.stripNote}>
      {shown.length === 0 ? <p class="calm">{w.none}</p> : null}
      {shown.length > 0 ? (
        <table>
          <caption class="said">{w.title}</caption>
          <thead>
            <tr>
              <th scope="col">{w.project}</th>
              <th scope="col">{w.complete}</th>
              <th scope="col" class="n">
                {w.images}
              </th>
              <th scope="col" class="less">
                {w.looks}
              </th>
              <th scope="col" class="n">
                {w.failed}
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map((project) => (
              <Row project={project} />
            ))}
          </tbody>
        </table>
      ) : null}
    </Box>
  );
}

function Row({ project }: { project: ProjectItem }) {
  const view = useView();
  const { words } = view;
  const { project_id, health, images } = project;
  const read = project.last_complete_at !== null;
  const total = Object.values(images).reduce((sum, n) => sum + n, 0);
  const failed = images.failed ?? 0;
  // What nobody has proven lately keeps its number and loses its colour.
  const old = health === 'failing' || health === 'stale' || health === 'unknown' ? 'old' : '';
  return (
    <tr>
      <th scope="row">
        <ProjectLink project={{ project_id, name: project.project_name }} row />
      </th>
      <td>
        <HealthText project={project} />
      </td>
      <td class={`n ${old}`}>
        {read ? (
          <a href={addressOf(view, '/images', { project: project_id })}>{words.count(total)}</a>
        ) : (
          words.none
        )}
      </td>
      <td class="less">
        <Strip cells={project.strip} />
      </td>
      <td class={`n ${old} ${failed > 0 ? 'bad' : ''}`}>
        {read ? (
          failed > 0 ? (
            <a class="bad" href={addressOf(view, '/images', { project: project_id, status: 'failed' })}>
              {words.count(failed)}
            </a>
          ) : (
            '0'
          )
        ) : (
          words.none
        )}
      </td>
    </tr>
  );
}

const COLOURS = {
  failing: 'bad',
  stale: 'bad',
  unknown: 'soft',
  held: 'warn',
  partial: 'warn',
  fresh: 'good',
} as const;
const SIGNS = { failing: '✗', stale: '●', unknown: '?', held: '‖', partial: '◐', fresh: '✓' } as const;

/** The health of a project in sign, word and colour; the colour goes when the proof is three intervals old. */
export function HealthText({ project }: { project: ProjectItem }) {
  const { words } = useView();
  const { health, last_complete_at: at, sync_interval } = project;
  const until = at && sync_interval ? new Date(at.getTime() + 3 * sync_interval * 1000) : null;
  const proof = COLOURS[health] === 'bad' || !until ? undefined : until.toISOString();
  return (
    <span class={COLOURS[health]} data-until={proof}>
      <span aria-hidden="true">{SIGNS[health]} </span>
      {health === 'fresh' ? null : `${words.health[health]}${at ? words.comma : ''}`}
      {at ? <Ago at={at} /> : null}
    </span>
  );
}

/** One cell a sweep, newest at the right; sweeps in a row that found nothing new share one. */
export function Strip({ cells }: { cells: readonly RunCell[] }) {
  const view = useView();
  const { words } = view;
  if (cells.length === 0) return <span class="soft">{words.projects.noLooks}</span>;
  return (
    <span class="strip">
      {cells.map((cell) => {
        const status = words.status[cell.status] ?? cell.status;
        const looks = cell.looks > 1 ? ` · ${words.projects.shared(cell.looks)}` : '';
        const said = `${status}, ${inUtc(cell.started_at)}${looks}`;
        return (
          <a class={cell.status} href={addressOf(view, `/runs/${cell.run_id}`)} title={said}>
            <span class="said">{said}</span>
          </a>
        );
      })}
    </span>
  );
}
