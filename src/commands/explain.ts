import type { FieldEvidence, Look } from '../answers/evidence.ts';
import { type ImageAnswer, readImageAnswer } from '../answers/image.ts';
import { loadDatabaseConfig } from '../config/config.ts';
import { type Output, paint, printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { paragraph, printable } from '../terminal/text.ts';
import { instantText, sizeText } from '../terminal/units.ts';
import { chooseImages } from './choose-images.ts';
import { type CommandContext, EXIT, type ExitCode } from './command.ts';
import { printRequests } from './requests.ts';
import { type Store, withStore } from './store.ts';

interface ExplainOptions {
  readonly project?: string;
  readonly json?: boolean;
}

/** Events read of one image, newest first: the one that a field stands on is among them. */
const NEWEST = 500;

/**
 * Says for each field of an image which listing of which endpoint and which look said so, between which two times, and what the
 * API called the requests.
 */
export async function explain(
  named: string,
  options: ExplainOptions,
  context: CommandContext,
): Promise<ExitCode> {
  const config = loadDatabaseConfig(context.surroundings);
  const work = async ({ db }: Store) => {
    const images = await chooseImages(db, named, options.project);
    return await Promise.all(images.map((image) => readImageAnswer(db, image, { limit: NEWEST })));
  };
  const answers = await withStore(config, { migrate: false, signal: context.stop, work });
  const found = answers.filter((answer) => answer !== null);
  if (options.json) {
    printJson(
      context.out,
      found.map(({ project_id, project_name, image_id, image_name, explain }) => {
        return { project_id, project_name, image_id, image_name, explain };
      }),
    );
  } else for (const answer of found) tell(context.out, answer, context.now());
  return EXIT.done;
}

function tell(out: Output, answer: ImageAnswer, now: Date): void {
  const name = printable(answer.image_name ?? '(no name)');
  out.write(paragraph(out, `${paint(out, 'bold', name)}  ${printable(answer.image_id)}`));
  const project = printable(answer.project_name ?? answer.project_id);
  out.write(
    `${paragraph(out, paint(out, 'dim', `project ${project}, listed in ${answer.listed_in.join(', ')}`))}\n`,
  );
  const told = answer.explain.filter(({ value }) => value !== null);
  const untold = answer.explain.filter(({ value }) => value === null).map(({ field }) => field);
  printTable(out, columns(out, now), { rows: told, empty: 'No field has a value.' });
  if (untold.length > 0)
    out.write(`\n${paragraph(out, `Never reported, or not any more: ${untold.join(', ')}.`)}`);
  printRequests(
    out,
    told.flatMap(({ since, confirmed }) => [since, confirmed].filter((look) => look !== null)),
  );
  out.write('\n');
}

/** Who says so stays longest where there is no room, then the run that requests below are named by. */
function columns(out: Output, now: Date): Column<FieldEvidence>[] {
  const last = ({ confirmed }: FieldEvidence) => (confirmed ? betweenText(confirmed, now) : 'out of sight');
  const first = ({ since }: FieldEvidence) => (since ? betweenText(since, now) : 'deleted since');
  return [
    { title: 'FIELD', value: ({ field }) => field },
    { title: 'VALUE', value: valueText, least: leastValue(out) },
    { title: 'SAID BY', value: ({ listing }) => listing ?? 'both', rank: 1 },
    { title: 'LAST SAID BETWEEN', value: last, rank: 3 },
    { title: 'RUN', value: ({ confirmed }) => lookText(confirmed), rank: 2 },
    { title: 'FIRST SAID BETWEEN', value: first, rank: 4 },
    { title: 'RUN', value: ({ since }) => lookText(since), rank: 5 },
    ...(out.isTTY
      ? []
      : [
          {
            title: 'REQUESTS',
            value: ({ confirmed }: FieldEvidence) => confirmed?.request_ids.join(' ') ?? '',
          },
        ]),
  ];
}

/** What the name of a field, who said it, in which run or when take beside a value. */
const BESIDE = 62;
/** An id or a time in full, and most names. */
const MOST = 36;

/** A value comes before the columns that a wider terminal adds, or it would be cut shorter there. */
function leastValue({ columns }: Output): number {
  return Math.max(12, Math.min(MOST, columns - BESIDE));
}

function valueText({ field, value }: FieldEvidence): string {
  if (value instanceof Date) return instantText(value);
  if (field === 'image_size' && typeof value === 'number') return `${sizeText(value)} (${value})`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * A change lies between the last look that saw it as it was and this one; without such a look, within this
 * one. Of today, only the time is told.
 */
function betweenText(look: Look & { readonly not_before?: Date | null }, now: Date): string {
  const today = instantText(now).slice(0, 11);
  const short = (at: Date) => instantText(at).replace(today, '');
  const from = look.not_before ?? look.from;
  return from ? `${short(from)} and ${short(look.to)}` : `before ${short(look.to)}`;
}

function lookText(look: Look | null): string {
  return look ? `${look.run_id}${look.kind ? ` (${look.kind})` : ''}` : '';
}
