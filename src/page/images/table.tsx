/** The images of a page as dense rows. What nobody has proven lately has no colour. */
import type { ImageItem, Images, ImagesAsked } from '../../answers/images.ts';
import type { ProjectStatus } from '../../store/status.ts';
import { bytesText, ImageLink, ProjectLink, Status, Time } from '../parts.tsx';
import { changedAddress, useView } from '../view.ts';

export interface Selection extends Images {
  readonly asked: ImagesAsked;
  readonly statuses: readonly ProjectStatus[];
}

interface Column {
  readonly name:
    | 'image_name'
    | 'status'
    | 'image_type'
    | 'image_version'
    | 'project'
    | 'image_size'
    | 'create_time'
    | 'changed_at';
  readonly sort?: 'image_name' | 'status_since' | 'image_size' | 'create_time' | 'changed_at';
  /** Where there is little room, it goes. */
  readonly class?: string;
}

const COLUMNS: readonly Column[] = [
  { name: 'image_name', sort: 'image_name' },
  { name: 'status', sort: 'status_since' },
  { name: 'image_type', class: 'less' },
  { name: 'image_version', class: 'less' },
  { name: 'project', class: 'less' },
  { name: 'image_size', sort: 'image_size', class: 'n least' },
  { name: 'create_time', sort: 'create_time', class: 'less' },
  { name: 'changed_at', sort: 'changed_at', class: 'least' },
];

export function Table({ selection }: { selection: Selection }) {
  const { items, statuses, asked } = selection;
  const { words } = useView();
  const stale = new Set(statuses.filter(isOld).map(({ project_id }) => project_id));
  const columns = COLUMNS.filter(({ name }) => name !== 'project' || statuses.length > 1);
  return (
    <table class="dense">
      <caption class="said">{words.images.list}</caption>
      <thead>
        <tr>
          {columns.map((column) => (
            <Head column={column} asked={asked} />
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((image) => (
          <tr
            class={
              image.removed_at || asked.at !== undefined || stale.has(image.project_id) ? 'old' : undefined
            }
          >
            <th scope="row">
              <ImageLink image={image} at={asked.at === undefined ? undefined : useView().asked.at} row />
              <Marks image={image} />
            </th>
            {columns.slice(1).map(({ name, class: className }) => (
              <td class={className}>
                <Cell name={name} image={image} />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Nobody has proven such a project for longer than three of its intervals, or ever. */
function isOld({ stale, last_complete_at }: ProjectStatus): boolean {
  return stale === true || last_complete_at === null;
}

function Head({ column: { name, sort, class: className }, asked }: { column: Column; asked: ImagesAsked }) {
  const view = useView();
  const label = view.words.images.columns[name];
  const current = asked.sort ?? 'image_name';
  // The past is in the order of ids alone.
  if (!sort || asked.at !== undefined)
    return (
      <th scope="col" class={className}>
        {label}
      </th>
    );
  const way = current === sort ? 'ascending' : current === `-${sort}` ? 'descending' : undefined;
  const next =
    way === 'ascending' ? `-${sort}` : way === 'descending' || sort === 'image_name' ? sort : `-${sort}`;
  return (
    <th scope="col" class={className} aria-sort={way}>
      <a href={changedAddress(view, { sort: next })}>{label}</a>
      {way ? <span aria-hidden="true"> {way === 'ascending' ? '↑' : '↓'}</span> : null}
    </th>
  );
}

function Marks({ image }: { image: ImageItem }) {
  const w = useView().words.images;
  return (
    <>
      {image.missing_since && !image.removed_at ? <span class="warn note"> {w.missing}</span> : null}
      {image.removed_at ? (
        <span class="note soft">
          {' '}
          {w.removed} <Time at={image.removed_at} shape="day" />
        </span>
      ) : null}
    </>
  );
}

function Cell({ name, image }: { name: Column['name']; image: ImageItem }) {
  const { words } = useView();
  if (name === 'status') return <Status status={image.status} />;
  if (name === 'project')
    return <ProjectLink project={{ project_id: image.project_id, name: image.project_name }} />;
  if (name === 'image_size')
    return <>{image.image_size === null ? words.none : bytesText(image.image_size)}</>;
  if (name === 'create_time' || name === 'changed_at') {
    const at = image[name];
    return at ? <Time at={new Date(at)} /> : words.none;
  }
  return <>{image[name as 'image_type' | 'image_version'] ?? words.none}</>;
}
