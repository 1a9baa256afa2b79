/** One image: what it is, its life, what it was at a time, and who says so. */

import { z } from 'zod';
import { type ImageAnswer, readImageAnswer } from '../../answers/image.ts';
import { instantOf, MOST_ROWS, PARAMETERS, takeParameters } from '../../answers/parameters.ts';
import { imagePath } from '../../inventory/addresses.ts';
import { readLogEnd } from '../../store/events.ts';
import type { Draw } from '../app.tsx';
import { Frame } from '../frame.tsx';
import { Ago, ProjectLink, Status, Time } from '../parts.tsx';
import { useView } from '../view.ts';
import { Evidence } from './evidence.tsx';
import { Facts } from './facts.tsx';
import { Life } from './life.tsx';
import { pastOf, Then } from './then.tsx';

const ASKED = z.strictObject({ at: PARAMETERS.at });

export const drawImage: Draw = async ({ db, view, part }) => {
  const { at } = takeParameters(ASKED, view.asked);
  const seq = await readLogEnd(db);
  const named = { project_id: part('project_id'), image_id: part('image_id') };
  const image = await readImageAnswer(db, named, { limit: MOST_ROWS });
  if (!image) return null;
  const instant = at === undefined ? null : instantOf(at, view.now);
  return () => {
    const { words } = view;
    return (
      <Frame title={image.image_name || image.image_id} seq={seq} json={`/api${imagePath(image)}`}>
        <Heading image={image} />
        <div class="cols facts">
          <div class="col">
            <Facts image={image} />
            <Then image={image} at={instant} past={instant && pastOf(image, instant)} />
          </div>
          <div class="col">
            <Life image={image} full={image.events.length >= MOST_ROWS} />
            <Evidence explain={image.explain} words={words} />
          </div>
        </div>
      </Frame>
    );
  };
};

/** The name, and in one line what is so and how sure that is. */
function Heading({ image }: { image: ImageAnswer }) {
  const { words } = useView();
  const w = words.image;
  const proven = image.project_last_complete_at;
  const stale = image.removed_at !== null || proven === null;
  return (
    <div class={stale ? 'old' : undefined}>
      <h1>{image.image_name || image.image_id}</h1>
      <p class="under">
        {image.removed_at ? (
          <>
            {w.removedAt} <Time at={image.removed_at} />
          </>
        ) : (
          <>
            <Status status={image.status} />
            {image.status_since ? (
              <>
                {' '}
                {w.since} <Time at={image.status_since} />
              </>
            ) : null}
          </>
        )}
        {' · '}
        <ProjectLink project={{ project_id: image.project_id, name: image.project_name }} />
        {' · '}
        {proven ? (
          <>
            {words.asOf} <Ago at={proven} />
          </>
        ) : (
          words.neverRead
        )}
      </p>
    </div>
  );
}
