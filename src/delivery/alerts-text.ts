/** How trouble is told to people: the labels an alert is known and routed by, and what it says. Pure. */
import { canonicalJson } from '../inventory/canonical.ts';
import type { ToldAlert } from '../store/alerts.ts';
import type { Trouble } from '../store/trouble.ts';

/** What an alert is known by. */
export interface Alert {
  /** The labels as canonical JSON: alerts with the same labels are the same alert. */
  readonly fingerprint: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly trouble: Trouble;
}

/**
 * `critical` is kept for the one state in which every other alert may be missing. The rest can wait for
 * working hours. Whoever thinks otherwise routes by `alertname`.
 */
const SEVERITY: Readonly<Record<Trouble['alert'], 'critical' | 'warning'>> = {
  CphImageFailed: 'warning',
  CphImageStuckCreating: 'warning',
  CphSyncFailing: 'warning',
  CphCredentialRejected: 'warning',
  CphInventoryStale: 'critical',
  CphRemovalsHeld: 'warning',
  CphRecordsUnreadable: 'warning',
  CphDeliveryFailing: 'warning',
};

/** The names of all alerts. */
export const ALERT_NAMES = Object.keys(SEVERITY) as readonly Trouble['alert'][];

/**
 * The alert that reports `trouble`. Only what stays while the trouble lasts is a label. Counts and times are
 * in the annotations. The exception is the name of an image, which people route by: when it changes while the
 * image is failed, the alert under the old name ends and one under the new name begins.
 */
export function alertOf(trouble: Trouble): Alert {
  const labels: Record<string, string> = {
    alertname: trouble.alert,
    severity: SEVERITY[trouble.alert],
    ...subjectOf(trouble),
  };
  if ('image_id' in trouble) {
    labels.image_id = labelText(trouble.image_id);
    labels.image_name = labelText(trouble.image_name);
  }
  return { fingerprint: canonicalJson(labels), labels, trouble };
}

function subjectOf(trouble: Trouble): Readonly<Record<string, string>> {
  if ('sink' in trouble) return { sink: trouble.sink };
  const { region, project_id, project_name } = trouble;
  return {
    region: labelText(region),
    project_id: labelText(project_id),
    // An empty label is none to an Alertmanager, and would make two alerts of one.
    ...(project_name && { project_name: labelText(project_name) }),
  };
}

/**
 * The alert in words. Its beginning is never in the future, even when another replica's clock is ahead: an
 * end before the beginning would be refused.
 */
export function inWords({ fingerprint, labels, trouble }: Alert, now: Date): ToldAlert {
  const starts_at = trouble.since < now ? trouble.since : now;
  return { fingerprint, labels, annotations: annotationsOf(trouble), starts_at };
}

const LONGEST_LABEL = 256;
const UNNAMED = '(unnamed)';

/**
 * `text` as the value of a label and as part of a sentence: one line of at most 256 characters, never empty.
 * The API lets a name be anything or nothing. An Alertmanager drops labels without a value and refuses broken
 * UTF-8.
 */
export function labelText(text: string | null): string {
  const line = (text ?? '').replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]+/gu, ' ').trim();
  if (line.length <= LONGEST_LABEL) return line || UNNAMED;
  // By code points: a cut through a surrogate pair would be the broken UTF-8 this is to prevent.
  return Array.from(line).slice(0, LONGEST_LABEL).join('').trim();
}

type Annotations = Readonly<Record<'summary' | 'description', string>>;

function annotationsOf(trouble: Trouble): Annotations {
  if (trouble.alert === 'CphDeliveryFailing') return tellUndelivered(trouble);
  const project = `project ${labelText(trouble.project_id)} (${labelText(trouble.region)})`;
  switch (trouble.alert) {
    case 'CphImageFailed':
      return tellFailed(trouble, project);
    case 'CphImageStuckCreating':
      return tellStuck(trouble, project);
    case 'CphSyncFailing':
      return tellFailing(trouble, project);
    case 'CphCredentialRejected':
      return tellRejected(trouble, project);
    case 'CphInventoryStale':
      return tellStale(trouble, project);
    case 'CphRemovalsHeld':
      return tellHeld(trouble, project);
    case 'CphRecordsUnreadable':
      return tellUnreadable(trouble, project);
  }
}

type Telling<Name extends Trouble['alert']> = (
  trouble: Extract<Trouble, { alert: Name }>,
  project: string,
) => Annotations;

const tellFailed: Telling<'CphImageFailed'> = ({ image_id, image_name, since }, project) => ({
  summary: `Image ${labelText(image_name)} has failed`,
  description:
    `Image ${labelText(image_name)} (${labelText(image_id)}) of ${project} was seen to have failed at ` +
    `${since.toISOString()}. Its life so far: cph-inventory history ${labelText(image_id)}. ` +
    'The alert ends when the image becomes usable or is deleted.',
});

const tellStuck: Telling<'CphImageStuckCreating'> = ({ image_id, image_name, creating_since }, project) => ({
  summary: `Image ${labelText(image_name)} is still being created`,
  description:
    `Image ${labelText(image_name)} (${labelText(image_id)}) of ${project} has been seen as creating since ` +
    `${creating_since.toISOString()}, longer than CPH_STUCK_AFTER allows. Its life so far: ` +
    `cph-inventory history ${labelText(image_id)}. If creation never ends, delete the image and build it anew.`,
});

const tellFailing: Telling<'CphSyncFailing'> = ({ failures, last_error }, project) => ({
  summary: `${failures} sweeps of ${project} failed in a row`,
  description:
    `The images of ${project} cannot be read; the last error was: ${sentence(last_error)} ` +
    'What is known stays as it is, and images that fail now are not seen. ' +
    'Find the cause with: cph-inventory check.',
});

const tellRejected: Telling<'CphCredentialRejected'> = ({ last_error }, project) => ({
  summary: `The credential of ${project} is rejected: ${sentence(last_error)}`,
  description:
    `The images of ${project} cannot be read, and nothing is sent before the time named, so that the key or user is ` +
    `not locked. The last look ended with: ${sentence(last_error)} Correct the credential; one that is read from a ` +
    'file is taken as soon as the file has changed. Try it with: cph-inventory check.',
});

const tellStale: Telling<'CphInventoryStale'> = ({ last_complete_at }, project) => ({
  summary: `The inventory of ${project} is out of date`,
  description:
    `${last_complete_at ? `The last complete sweep ended at ${last_complete_at.toISOString()}` : 'No sweep has been complete since the project was added'}` +
    `, more than three sync intervals ago. Alerts about images of ${project} may be missing or outdated. ` +
    'Find the cause with: cph-inventory status, cph-inventory check.',
});

const tellHeld: Telling<'CphRemovalsHeld'> = ({ held, project_id }, project) => ({
  summary: `${held} ${held === 1 ? 'removal waits' : 'removals wait'} for approval in ${project}`,
  description:
    `${held} known ${held === 1 ? 'image is' : 'images are'} no longer listed, more than CPH_REMOVAL_LIMIT lets go at ` +
    'once, so they are still counted as there. If they were really deleted, let them go with: ' +
    `cph-inventory approve ${labelText(project_id)}. If not, check the credentials and the project.`,
});

const tellUnreadable: Telling<'CphRecordsUnreadable'> = ({ records, fields, example }, project) => ({
  summary: `The last sweep of ${project} left something out`,
  description:
    `${records} records have no usable id and are left out; ${fields} fields of other records cannot be read and keep ` +
    `what is known. The first: ${sentence(example)} Images may have changed unseen. ` +
    'All of them: select rejections from cph.sync_runs order by id desc limit 1; tell the maintainers of cph-inventory.',
});

function tellUndelivered({
  sink,
  attempts,
  dead_letters,
  last_error,
}: Extract<Trouble, { alert: 'CphDeliveryFailing' }>): Annotations {
  const facts = [
    ...(attempts > 0 ? [`failed ${attempts} ${attempts === 1 ? 'time' : 'times'} in a row`] : []),
    ...(dead_letters > 0 ? [`has ${dead_letters} dead ${dead_letters === 1 ? 'letter' : 'letters'}`] : []),
  ].join(' and ');
  return {
    summary: `Sink ${sink} ${facts}`,
    description:
      `Sink ${sink} ${facts}; the last answer was: ${sentence(last_error)} What failed is tried again; dead letters are ` +
      'not, and wait in cph.dead_letters for cph-inventory replay. Find the cause with: cph-inventory check.',
  };
}

function sentence(text: string | null): string {
  const line = labelText(text ?? 'not recorded');
  return /[.!?]$/.test(line) ? line : `${line}.`;
}
