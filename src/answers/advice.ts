/** What is said of trouble where a person looks, and what to do about it. Pure. */
import { pathOf } from '../inventory/addresses.ts';
import type { Trouble } from '../store/trouble.ts';
import type { AttentionItem } from './attention.ts';
import { replayCommand } from './sinks.ts';

type Advice = Pick<AttentionItem, 'summary' | 'do' | 'path' | 'runbook'>;

/** The words for one trouble. `project_name` is of its project, where it has one. */
export function advise(trouble: Trouble, project_name: string | null): Advice {
  const runbook = `runbooks/${trouble.alert}.md`;
  const where = { path: pathOf(trouble), runbook };
  if (trouble.alert === 'CphDeliveryFailing') return { ...aboutSink(trouble), ...where };
  const project = project_name ?? trouble.project_id;
  if ('image_id' in trouble) return { ...aboutImage(trouble, project), ...where };
  return { ...aboutProject(trouble, project), ...where };
}

type OfSink = Extract<Trouble, { sink: string }>;

function aboutSink({ sink, attempts, dead_letters, first_dead_seq, last_error }: OfSink) {
  const refused = `${count(dead_letters, 'event')} refused by sink ${sink}${because(last_error)}`;
  const failing = `sink ${sink} failed ${count(attempts, 'time')} in a row${because(last_error)}`;
  // What is sent again to a receiver that still fails becomes a dead letter again.
  if (attempts > 0 || first_dead_seq === null)
    return { summary: attempts > 0 ? failing : refused, do: 'cph-inventory check' };
  return { summary: refused, do: replayCommand(sink, first_dead_seq - 1) };
}

type OfImage = Extract<Trouble, { image_id: string }>;

function aboutImage(trouble: OfImage, project: string) {
  const name = trouble.image_name ?? trouble.image_id;
  const what = trouble.alert === 'CphImageFailed' ? 'has failed' : 'has been creating for too long';
  const missing = trouble.missing_since ? ', and no listing has it any more' : '';
  return {
    summary: `${name} of ${project} ${what}${missing}`,
    do: `cph-inventory history ${word(trouble.image_id)}`,
  };
}

function aboutProject(trouble: Exclude<Trouble, OfImage | OfSink>, project: string) {
  const check = 'cph-inventory check';
  switch (trouble.alert) {
    case 'CphInventoryStale':
      return {
        summary: `${project} is out of date: no sweep was complete for three intervals${because(trouble.last_error)}`,
        do: check,
      };
    case 'CphCredentialRejected':
      return { summary: `the credential of ${project} is rejected${because(trouble.last_error)}`, do: check };
    case 'CphSyncFailing':
      return {
        summary: `${project} cannot be read: ${count(trouble.failures, 'sweep')} failed in a row${because(trouble.last_error)}`,
        do: check,
      };
    case 'CphRemovalsHeld':
      return {
        summary: `${count(trouble.held, 'removal')} of ${project} ${trouble.held === 1 ? 'is' : 'are'} held: too much of it is missing at once`,
        do: `cph-inventory approve ${word(trouble.project_id)}`,
      };
    case 'CphRecordsUnreadable':
      return {
        summary: `the last sweep of ${project} left out ${count(trouble.records, 'record')} and ${count(trouble.fields, 'field')}${because(trouble.example)}`,
        do: 'cph-inventory query unreadable',
      };
  }
}

const count = (number: number, noun: string) => `${number} ${noun}${number === 1 ? '' : 's'}`;
const because = (reason: string | null) => (reason ? `: ${reason.replace(/\.$/, '')}` : '');

/** A text as one word of a command line, whatever it holds. */
function word(text: string): string {
  const quoted = /^[\w.:/@-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
  return text.startsWith('-') ? `-- ${quoted}` : quoted;
}
