/** What narrows the selection: a form to choose by, and a chip to take each choice away again. */
import { IMAGE_STATUSES, IMAGE_TYPES, SOURCES } from '../../inventory/image.ts';
import type { ProjectStatus } from '../../store/status.ts';
import { addressOf, changedAddress, useView } from '../view.ts';

/** In the order of the form. `q` is the search at the top. */
const FILTERS = [
  'q',
  'project',
  'type',
  'status',
  'version',
  'label',
  'name',
  'source',
  'older_than',
  'missing',
  'removed',
  'at',
] as const;

export function Filters({ projects }: { projects: readonly ProjectStatus[] }) {
  const view = useView();
  const { words, asked } = view;
  const w = words.images.filters;
  const open = FILTERS.some((name) => name !== 'q' && asked[name] !== undefined);
  return (
    <details open={open}>
      <summary>{words.images.filter}</summary>
      <form class="filters" action={addressOf(view, '/images')}>
        <Kept names={['q', 'sort', 'limit']} />
        {projects.length > 1 ? (
          <Choice name="project" label={w.project} options={projects.map(projectOption)} />
        ) : null}
        <Choice name="type" label={w.type} options={IMAGE_TYPES.map((type) => [type, type])} />
        <Choice
          name="status"
          label={w.status}
          options={IMAGE_STATUSES.map((status) => [status, words.status[status]])}
        />
        <Text name="version" label={w.version} />
        <Text name="label" label={w.label} />
        <Choice name="source" label={w.source} options={SOURCES.map((source) => [source, source])} />
        <Text name="older_than" label={w.older_than} hint="90d" />
        <Text name="at" label={w.at} hint="2026-11-24 12:00" />
        <Flag name="missing" label={w.missing} />
        <Flag name="removed" label={w.removed} />
        <button type="submit">{words.images.show}</button>
      </form>
    </details>
  );
}

const projectOption = ({ project_id, project_name }: ProjectStatus) =>
  [project_id, project_name ?? project_id] as const;

/** What the form does not ask for stays as it is. */
export function Kept({ names }: { names: readonly string[] }) {
  const { asked } = useView();
  return (
    <>
      {names.map((name) =>
        asked[name] === undefined ? null : <input type="hidden" name={name} value={asked[name]} />,
      )}
    </>
  );
}

type Options = readonly (readonly [value: string, label: string])[];

function Choice({ name, label, options }: { name: string; label: string; options: Options }) {
  const { asked, words } = useView();
  const chosen = asked[name];
  // A project may have been asked for by its name.
  const known = options.some(([value]) => value === chosen);
  const extra: Options = chosen !== undefined && !known ? [[chosen, chosen]] : [];
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">{words.images.any}</option>
        {[...options, ...extra].map(([value, text]) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}

export function Text({ name, label, hint }: { name: string; label: string; hint?: string }) {
  const { asked } = useView();
  return (
    <label>
      {label}
      <input name={name} value={asked[name]} placeholder={hint} size={14} maxlength={256} />
    </label>
  );
}

function Flag({ name, label }: { name: string; label: string }) {
  const { asked } = useView();
  const on = asked[name] === 'true' || asked[name] === '1';
  return (
    <label class="flag">
      <input type="checkbox" name={name} value="true" checked={on} />
      {label}
    </label>
  );
}

export function Chips() {
  const view = useView();
  const { words, asked } = view;
  const w = words.images;
  const set = FILTERS.filter((name) => asked[name] !== undefined);
  if (set.length === 0) return null;
  return (
    <ul class="chips" aria-label={w.chosen}>
      {set.map((name) => (
        <li>
          <a class="chip" href={changedAddress(view, { [name]: null })} title={w.without}>
            {w.filters[name]}
            {asked[name] === 'true' ? null : `: ${asked[name]}`} <span aria-hidden="true">×</span>
          </a>
        </li>
      ))}
      {set.length > 1 ? (
        <li>
          <a href={addressOf(view, '/images')}>{w.withoutAll}</a>
        </li>
      ) : null}
    </ul>
  );
}
