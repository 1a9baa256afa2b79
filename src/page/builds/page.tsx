/** How building goes: a sentence, the shape of it by day, and the figures by project and version. */
import type { Child } from 'hono/jsx';
import { BUILDS_PARAMETERS, type Builds, readBuilds } from '../../answers/builds.ts';
import { takeParameters } from '../../answers/parameters.ts';
import { readLogEnd } from '../../store/events.ts';
import type { Draw } from '../app.tsx';
import { fridayText } from '../changes/last-friday.ts';
import { Frame } from '../frame.tsx';
import { Kept, Text } from '../images/filters.tsx';
import { Box, ProjectLink, Time } from '../parts.tsx';
import { addressOf, changedAddress, useView } from '../view.ts';
import { DaysChart } from './chart.tsx';
import { Failed } from './failures.tsx';
import { Figures, Heads, Trend } from './figures.tsx';

export const drawBuilds: Draw = async ({ db, view }) => {
  const asked = takeParameters(BUILDS_PARAMETERS, view.asked);
  const seq = await readLogEnd(db);
  const builds = await readBuilds(db, asked, view.now);
  return () => {
    const { words } = view;
    const w = words.builds;
    return (
      <Frame title={w.title} seq={seq} json="/api/builds">
        <div>
          <h1>{w.title}</h1>
          <p>{w.sentence(builds.all, words.units)}</p>
          <p class="under">
            {words.changes.between} <Time at={builds.since} shape="second" /> {words.changes.and}{' '}
            <Time at={builds.until} shape="second" /> · {w.compared}
            {builds.failures_total > 0 ? (
              <>
                {' · '}
                <a href="#failed">{w.what.title}</a>
              </>
            ) : null}
          </p>
        </div>
        <Spans />
        <Days builds={builds} />
        <Projects builds={builds} />
        <Versions builds={builds} />
        <Failed builds={builds} />
      </Frame>
    );
  };
};

function Spans() {
  const view = useView();
  const { words, asked, now } = view;
  const chosen = asked.until === undefined ? (asked.since ?? '28d') : null;
  const spans = [[fridayText(now), words.changes.friday], ...Object.entries(words.builds.spans)] as const;
  return (
    <div class="bar">
      <ul class="chips" aria-label={words.changes.spans}>
        {spans.map(([since, label]) => (
          <li>
            <a
              class="chip"
              href={changedAddress(view, { since, until: null })}
              aria-current={chosen === since ? 'true' : undefined}
            >
              {label}
            </a>
          </li>
        ))}
      </ul>
      <form class="filters" action={addressOf(view, '/builds')}>
        <Kept names={['project']} />
        <Text name="since" label={words.changes.since} hint="2026-11-20" />
        <Text name="until" label={words.changes.until} hint="now" />
        <button type="submit">{words.images.show}</button>
      </form>
    </div>
  );
}

function Days({ builds }: { builds: Builds }) {
  const { words } = useView();
  const { days } = builds;
  const w = words.builds;
  return (
    <Box id="days" title={w.days} aside={w.daysNote}>
      {days.length === 0 ? <p class="calm">{w.nothing}</p> : <DaysChart builds={builds} />}
      {days.length === 0 ? null : (
        <details>
          <summary>{w.asTable}</summary>
          <table class="dense">
            <thead>
              <tr>
                <th scope="col">{w.day}</th>
                <Heads />
              </tr>
            </thead>
            <tbody>
              {days.toReversed().map((day) => (
                <tr>
                  <th scope="row">{day.day}</th>
                  <Figures figures={day} />
                </tr>
              ))}
            </tbody>
          </table>
        </details>
      )}
    </Box>
  );
}

function Projects({ builds: { projects } }: { builds: Builds }) {
  const { words } = useView();
  const names = projects.map(({ project_id, project_name: name }) => (
    <ProjectLink project={{ project_id, name }} row />
  ));
  const titles = { id: 'by-project', title: words.builds.byProject, column: words.projects.project };
  return <Groups {...titles} groups={projects} names={names} />;
}

function Versions({ builds: { versions } }: { builds: Builds }) {
  const view = useView();
  const { words, asked } = view;
  const names = versions.map(({ image_version: version }) => {
    if (version === null) return words.unknown;
    const address = addressOf(view, '/images', { project: asked.project, version });
    return (
      <a href={address} data-row>
        {version}
      </a>
    );
  });
  const titles = { id: 'by-version', title: words.builds.byVersion, column: words.fields.image_version };
  return <Groups {...titles} groups={versions} names={names} />;
}

interface GroupsShown {
  readonly id: string;
  readonly title: string;
  readonly column: string;
  readonly groups: Builds['projects'] | Builds['versions'];
  /** What the row of each group begins with. */
  readonly names: readonly Child[];
}

function Groups({ id, title, column, groups, names }: GroupsShown) {
  const { words } = useView();
  if (groups.length === 0) return null;
  return (
    <Box id={id} title={title} aside={words.builds.mostFirst}>
      <table>
        <thead>
          <tr>
            <th scope="col">{column}</th>
            <Heads />
            <th scope="col">{words.builds.before}</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group, i) => (
            <tr>
              <th scope="row">{names[i]}</th>
              <Figures figures={group} />
              <Trend group={group} />
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  );
}
