/** What is being built, and how long that usually takes. */
import type { BuildingItem } from '../../answers/building.ts';
import { Box, Elapsed, ImageLink, secondsText } from '../parts.tsx';
import { useView } from '../view.ts';

export function Building({ images }: { images: readonly BuildingItem[] }) {
  const { words } = useView();
  const w = words.now;
  return (
    <Box id="building" title={w.building} aside={images.length > 0 ? words.count(images.length) : null}>
      {images.length === 0 ? <p class="calm soft">{w.notBuilding}</p> : null}
      <table>
        <caption class="said">{w.building}</caption>
        <tbody>
          {images.map((image) => (
            <tr>
              <th scope="row">
                <ImageLink image={image} row />
                {image.missing_since ? (
                  <div class="note">{words.images.missing}</div>
                ) : (
                  <Usual image={image} />
                )}
              </th>
              <td class={`n ${isSlow(image) ? 'warn' : ''}`}>
                <Elapsed since={image.creating_since} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Box>
  );
}

function Usual({ image }: { image: BuildingItem }) {
  const { words } = useView();
  const { p50, p95 } = image;
  return (
    <>
      <Gauge image={image} />
      <div class="note">
        {p50 === null || p95 === null
          ? words.now.noUsual
          : words.now.usual(secondsText(p50, words.units), secondsText(p95, words.units))}
      </div>
    </>
  );
}

/** Nobody knows how long one that is missing has been built. */
const isSlow = ({ creating_for, p95, missing_since }: BuildingItem) =>
  missing_since === null && p95 !== null && creating_for > p95;

const WIDTH = 120;

/** How far it has come, up to the time in which 95 of 100 are done; the line in between is the median. */
function Gauge({ image }: { image: BuildingItem }) {
  const { creating_for, p50, p95 } = image;
  if (p50 === null || !p95) return null;
  const done = Math.min(1, creating_for / p95) * WIDTH;
  const median = (p50 / p95) * WIDTH;
  return (
    <svg class="gauge" viewBox={`0 0 ${WIDTH} 4`} aria-hidden="true">
      <rect class="fill-blank" width={WIDTH} height="4" rx="2" />
      <rect class={isSlow(image) ? 'fill-warn' : 'fill-accent'} width={done.toFixed(1)} height="4" rx="2" />
      <rect class="fill-paper" x={median.toFixed(1)} width="1" height="4" />
    </svg>
  );
}
