/** The images: searched, filtered, sorted, as of any time; and how many they are. */
import { IMAGES_PARAMETERS, type ImagesAsked, readImages } from '../../answers/images.ts';
import { takeParameters } from '../../answers/parameters.ts';
import { readLogEnd } from '../../store/events.ts';
import { type ProjectStatus, readProjectStatus } from '../../store/status.ts';
import type { Draw } from '../app.tsx';
import { Frame } from '../frame.tsx';
import { Ago, Box, bytesText, Time } from '../parts.tsx';
import { addressOf, changedAddress, useView } from '../view.ts';
import { Chips, Filters } from './filters.tsx';
import { sameInSql } from './same-in-sql.ts';
import { type Selection, Table } from './table.tsx';

export const drawImages: Draw = async ({ db, view }) => {
  const asked = takeParameters(IMAGES_PARAMETERS, view.asked);
  const seq = await readLogEnd(db);
  const [images, statuses] = await Promise.all([readImages(db, asked, view.now), readProjectStatus(db)]);
  const selection = { ...images, asked, statuses };
  return () => {
    const { words } = view;
    const w = words.images;
    const title = images.total === null ? w.title : words.some(images.total, w.one, w.many);
    return (
      <Frame title={title} seq={seq} json="/api/images">
        <div>
          <h1>{title}</h1>
          <Under selection={selection} />
        </div>
        <Filters projects={statuses} />
        <Chips />
        <Box id="list" title={w.list} aside={<Downloads />} flow>
          {images.items.length === 0 ? <Nothing statuses={statuses} /> : <Table selection={selection} />}
        </Box>
        <Pages next={images.next} />
        <details>
          <summary>{w.sql}</summary>
          <pre tabindex={0}>{sameInSql(view.asked)}</pre>
        </details>
      </Frame>
    );
  };
};

/** The bytes of the selection, and what it is as of. */
function Under({ selection: { bytes, as_of, asked } }: { selection: Selection & { asked: ImagesAsked } }) {
  const { words } = useView();
  return (
    <p class="under">
      {bytes === null ? null : `${bytesText(bytes)} · `}
      {asked.at !== undefined && as_of ? (
        <>
          {words.images.at} <Time at={as_of} shape="second" />
        </>
      ) : as_of ? (
        <>
          {words.asOf} <Ago at={as_of} />
        </>
      ) : (
        words.notAllRead
      )}
    </p>
  );
}

function Downloads() {
  const view = useView();
  const { csv, json } = view.words.images;
  return (
    <>
      <a href={addressOf(view, '/api/images', { ...view.asked, format: 'csv' })}>{csv}</a> ·{' '}
      <a href={addressOf(view, '/api/images', view.asked)}>{json}</a>
    </>
  );
}

/** That there is nothing means something else where a project was never read to the end. */
function Nothing({ statuses }: { statuses: readonly ProjectStatus[] }) {
  const { words, asked } = useView();
  const { nothing, nothingYet, nothingNarrowed } = words.images;
  const unread = statuses.length === 0 || statuses.some(({ last_complete_at }) => last_complete_at === null);
  const narrowed = Object.keys(asked).some((name) => name !== 'sort' && name !== 'limit');
  return <p class="calm">{unread ? nothingYet : narrowed ? nothingNarrowed : nothing}</p>;
}

export function Pages({ next }: { next: string | null }) {
  const view = useView();
  const { firstPage, nextPage } = view.words;
  if (!next && !view.asked.cursor) return null;
  return (
    <nav class="bar" aria-label={view.words.moreRows}>
      {view.asked.cursor ? <a href={changedAddress(view, {})}>{firstPage}</a> : null}
      {next ? (
        <a rel="next" href={changedAddress(view, { cursor: next })}>
          {nextPage}
        </a>
      ) : null}
    </nav>
  );
}
