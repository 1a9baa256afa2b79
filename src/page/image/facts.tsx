/** The fields of an image as people read them. */
import type { Child } from 'hono/jsx';
import type { ImageAnswer } from '../../answers/image.ts';
import { FIELD_KINDS } from '../../inventory/image.ts';
import { Box, bytesText, Id, Status, Time } from '../parts.tsx';
import { useView } from '../view.ts';
import type { Words } from '../words/en.ts';

/** Said in the heading or by another field. */
const SAID = new Set(['image_name', 'status', 'status_code']);

export function Facts({ image }: { image: ImageAnswer }) {
  const { words } = useView();
  const w = words.image;
  const { fields } = words;
  const reported = Object.keys(FIELD_KINDS).filter(
    (field) => !SAID.has(field) && image[field as keyof typeof FIELD_KINDS] != null,
  );
  return (
    <Box id="facts" title={w.facts}>
      <dl class="pairs">
        <Pair name={fields.image_id}>
          <Id id={image.image_id} />
        </Pair>
        <Pair name={fields.project_id}>
          <Id id={image.project_id} />
        </Pair>
        <Pair name={fields.status}>
          <Status status={image.removed_at ? null : image.status} />
          {image.status_code === null || image.removed_at ? null : (
            <span class="soft"> ({image.status_code})</span>
          )}
        </Pair>
        {reported.map((field) => (
          <Pair name={fieldName(words, field)}>
            <Value field={field} value={image[field as keyof typeof FIELD_KINDS]} />
          </Pair>
        ))}
        <Pair name={fields.listed_in}>{image.listed_in.join(', ') || words.none}</Pair>
        <Pair name={w.firstSeen}>
          <Time at={image.first_seen_at} />
        </Pair>
        <Pair name={w.changed}>
          <Time at={image.changed_at} />
        </Pair>
        {image.missing_since ? (
          <Pair name={w.missingSince}>
            <span class="warn">
              <Time at={image.missing_since} />
            </span>
          </Pair>
        ) : null}
        {Object.entries(image.extra).map(([field, value]) => (
          <Pair name={field}>{valueText(value)}</Pair>
        ))}
      </dl>
    </Box>
  );
}

export function Pair({ name, children }: { name: string; children?: Child }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** What people call a field; its own name where the API added it. */
export function fieldName({ fields }: Words, field: string): string {
  return Object.hasOwn(fields, field) ? fields[field as keyof typeof fields] : field;
}

/** A value by what its field holds. */
export function Value({ field, value }: { field: string; value: unknown }) {
  const { words } = useView();
  if (value === null || value === undefined || value === '') return <span class="soft">{words.none}</span>;
  if (field === 'status') return <Status status={String(value)} />;
  if (field === 'image_size' && typeof value === 'number') return <>{bytesText(value)}</>;
  if (field === 'create_time' || field === 'update_time') return <Time at={new Date(String(value))} />;
  return <>{valueText(value)}</>;
}

function valueText(value: unknown): string {
  if (Array.isArray(value) && value.every((one) => typeof one === 'string')) return value.join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
