/** The projects, and one of them: how far it can be relied on, and how its looks went. */

import { type ProjectAnswer, readProjectAnswer, readProjects } from '../../answers/projects.ts';
import { projectPath } from '../../inventory/addresses.ts';
import { readLogEnd } from '../../store/events.ts';
import type { Draw } from '../app.tsx';
import { Frame } from '../frame.tsx';
import { HealthText, Projects, Strip } from '../now/projects.tsx';
import { Box, bytesText, Elapsed, Id, secondsText } from '../parts.tsx';
import { RunTable } from '../runs/table.tsx';
import { addressOf, useView } from '../view.ts';

export const drawProjects: Draw = async ({ db, view }) => {
  const seq = await readLogEnd(db);
  const projects = await readProjects(db);
  const gone = projects.filter(({ unconfigured_since }) => unconfigured_since !== null);
  return () => {
    const { words } = view;
    return (
      <Frame title={words.projects.title} seq={seq} json="/api/projects">
        <h1>{words.projects.title}</h1>
        <Projects projects={projects} />
        {gone.length === 0 ? null : (
          <Box id="gone" title={words.project.gone} aside={words.project.goneNote}>
            <ul class="plain">
              {gone.map(({ project_id, project_name }) => (
                <li>
                  <a href={addressOf(view, projectPath(project_id))} data-row>
                    {project_name ?? project_id}
                  </a>
                </li>
              ))}
            </ul>
          </Box>
        )}
      </Frame>
    );
  };
};

export const drawProject: Draw = async ({ db, part, view }) => {
  const seq = await readLogEnd(db);
  const project = await readProjectAnswer(db, part('project'));
  if (!project) return null;
  const name = project.project_name ?? project.project_id;
  const path = `/api${projectPath(project.project_id)}`;
  return () => (
    <Frame title={name} seq={seq} json={path}>
      <div>
        <h1>{name}</h1>
        <p class="under">
          <HealthText project={project} />
        </p>
      </div>
      <Facts project={project} />
      <Box id="looks" title={view.words.projects.looks} aside={view.words.projects.stripNote}>
        <div class="calm">
          <Strip cells={project.strip} />
        </div>
      </Box>
      <Box id="runs" title={view.words.runs.title} flow>
        <RunTable runs={project.runs} />
      </Box>
    </Frame>
  );
};

function Facts({ project }: { project: ProjectAnswer }) {
  const view = useView();
  const { words } = view;
  const w = words.project;
  const statuses = Object.entries(project.images).toSorted(([a], [b]) => a.localeCompare(b));
  return (
    <Box id="facts" title={w.facts}>
      <dl class="pairs">
        <dt>{words.fields.project_id}</dt>
        <dd>
          <Id id={project.project_id} />
        </dd>
        <dt>{w.region}</dt>
        <dd>{project.region}</dd>
        <dt>{words.projects.images}</dt>
        <dd>
          {statuses.length === 0 ? words.none : null}
          {statuses.map(([status, number], i) => (
            <>
              {i > 0 ? ' · ' : ''}
              <a href={addressOf(view, '/images', { project: project.project_id, status: statusIn(status) })}>
                {words.count(number)} {words.status[(statusIn(status) ?? 'none') as 'none'] ?? status}
              </a>
            </>
          ))}
        </dd>
        <dt>{words.fields.image_size}</dt>
        <dd>{bytesText(project.bytes)}</dd>
        <dt>{w.interval}</dt>
        <dd>
          {project.sync_interval === null ? words.none : secondsText(project.sync_interval, words.units)}
        </dd>
        {project.held_removals > 0 ? (
          <>
            <dt>{w.held}</dt>
            <dd class="warn">
              {words.count(project.held_removals)} · {words.now.advice.CphRemovalsHeld}{' '}
              <code>cph-inventory approve {project.project_id}</code>
            </dd>
          </>
        ) : null}
        {project.last_error ? (
          <>
            <dt>{w.lastError}</dt>
            <dd class="bad">{project.last_error}</dd>
          </>
        ) : null}
        {project.unconfigured_since ? (
          <>
            <dt>{w.gone}</dt>
            <dd>
              <Elapsed since={project.unconfigured_since} />
            </dd>
          </>
        ) : null}
      </dl>
    </Box>
  );
}

/** Images without a status cannot be asked for by one. */
const statusIn = (status: string) => (status === 'unlisted' ? undefined : status);
