/** What is so now: whether to trust it, what needs a person, what is built, how the projects are, what just changed. */
import { type Now, readNow } from '../../answers/now.ts';
import { readLogEnd } from '../../store/events.ts';
import { readLatest } from '../../store/reports.ts';
import type { Draw } from '../app.tsx';
import { Frame } from '../frame.tsx';
import { Ago, Time } from '../parts.tsx';
import { useView } from '../view.ts';
import { Attention } from './attention.tsx';
import { Building } from './building.tsx';
import { Feed } from './feed.tsx';
import { Projects } from './projects.tsx';

/** Shown, and read for that: what the first sweep found is no change. */
const NEWEST = 20;
const READ = 100;

export const drawNow: Draw = async ({ db, view, baselineAlerts }) => {
  const seq = await readLogEnd(db);
  const [now, newest] = await Promise.all([
    readNow(db, { now: view.now, baselineAlerts }),
    readLatest(db, READ),
  ]);
  const { words } = view;
  const title = now.attention_total > 0 ? words.now.need(now.attention_total) : words.now.title;
  return () => (
    <Frame title={title} seq={seq} json="/api/now">
      <Verdict now={now} />
      <div class="cols aside">
        <div class="col">
          <Attention now={now} />
          <Projects projects={now.projects} />
        </div>
        <aside class="col" aria-label={words.now.beside}>
          <Building images={now.building} />
          <Feed newest={newest.filter(({ event }) => !event.baseline).slice(0, NEWEST)} />
        </aside>
      </div>
    </Frame>
  );
};

/** The order in which the sentence names them. */
const CLAUSES = ['failing', 'stale', 'unknown', 'held', 'partial'] as const;
const COLOURS = { failing: 'bad', stale: 'bad', unknown: 'soft', held: 'warn', partial: 'warn' } as const;

/** One sentence. Each of its clauses has the colour of what it is about. */
function Verdict({ now: { trust, projects, as_of } }: { now: Now }) {
  const { words } = useView();
  const named = (health: string) =>
    projects.filter((project) => !project.unconfigured_since && project.health === health).map(nameOf);
  const [first, ...clauses] = words.now.verdict(trust, named).split(words.now.clauseEnd);
  const healths = CLAUSES.filter((health) => trust.projects[health] > 0);
  return (
    <div>
      <h1>
        {first}
        {clauses.map((clause, i) => (
          <>
            {words.now.clauseEnd}
            <span class={COLOURS[healths[i] ?? 'unknown']}>{clause}</span>
          </>
        ))}
      </h1>
      <p class="under">
        {trust.proven_at ? (
          <>
            {words.now.oldest} <Ago at={trust.proven_at} />
            {words.stop}{' '}
          </>
        ) : null}
        {words.now.asOf} <Time at={as_of} shape="clock" />
        {words.stop}
      </p>
    </div>
  );
}

const nameOf = (project: { project_name: string | null; project_id: string }) =>
  project.project_name ?? project.project_id;
