/** The commands that only read what is kept. */
import { Option } from 'commander';
import { IMAGE_SORTS } from '../answers/image-sorts.ts';
import { EVENT_TYPES } from '../inventory/diff.ts';
import { IMAGE_STATUSES, IMAGE_TYPES, SOURCES } from '../inventory/image.ts';
import { parseLimit, parseSeq } from './argument.ts';
import type { CommandLine } from './program.ts';

export function addReports({ program, context, run }: CommandLine): void {
  program
    .command('status')
    .description('may this be trusted, what needs somebody and what to do; every project and sink')
    .option('--json', 'one JSON document on stdout')
    .action((options) => run(import('./status.ts'), ({ status }) => status(options, context)));
  program
    .command('events')
    .description('the event log, one CloudEvent a line')
    .option('--after <seq>', 'only events with a higher sequence number', parseSeq)
    .option('--since <time>', 'only events since a time, such as 2026-08-01T12:30:00Z, or 24h ago')
    .option(
      '--type <type>',
      `only of this type: ${EVENT_TYPES.map((type) => type.replace('cph.image.', '')).join(', ')}`,
    )
    .option('--image <id or name>', 'only of this image')
    .option('--limit <n>', 'how many at most', parseLimit)
    .option('--follow', 'go on with what comes, until stopped')
    .action((options) => run(import('./events.ts'), ({ events }) => events(options, context)));
  program
    .command('query')
    .description('answers a ready question; without a name, lists them')
    .argument('[name]')
    .argument('[parameters...]', 'such as since=7d')
    .option('--list', 'the questions there are, and what they can be asked with')
    .option('--json', 'one JSON document on stdout')
    .option('--csv', 'CSV on stdout')
    .action((name, settings, options) =>
      run(import('./query.ts'), ({ query }) => query({ name, settings }, options, context)),
    );
}

/** What there is, what happened to it, and who says so. */
export function addImages({ program, context, run }: CommandLine): void {
  program
    .command('images')
    .description('the images known now, with their number and bytes')
    .option('--project <id or name>', 'only of this project')
    .addOption(oneOf('--status <status>', IMAGE_STATUSES, 'only in this status'))
    .addOption(oneOf('--type <type>', IMAGE_TYPES, 'only of this type'))
    .option('--name <glob>', 'only with a name like this; * stands for any text, ? for any character')
    .option('--label <label>', 'only with this label')
    .option('--version <version>', 'only of this version')
    .addOption(oneOf('--source <source>', SOURCES, 'only what this source lists'))
    .option('--missing', 'only what the last complete sweep missed')
    .option('--removed', 'the images that are gone instead')
    .option('--older-than <duration>', 'only what was created longer ago than this, such as 90d')
    .option('--as-of <time>', 'as it was known at a time, such as 2026-08-01T12:30:00Z, or 24h ago')
    .addOption(
      oneOf('--sort <field>', IMAGE_SORTS, 'the order; with a minus in front, from the last to the first'),
    )
    .option('--limit <n>', 'how many at most', parseLimit)
    .option('--json', 'one JSON document on stdout')
    .action((options) => run(import('./images.ts'), ({ images }) => images(options, context)));
  program
    .command('history')
    .description("one image's life: transitions, changes, removal, and the runs that saw them")
    .argument('<image>', 'its id or its name')
    .option('--project <id or name>', 'only in this project')
    .option('--json', 'one JSON document on stdout')
    .action((image, options) =>
      run(import('./history.ts'), ({ history }) => history(image, options, context)),
    );
  program
    .command('explain')
    .description('who says so: for each field of an image the endpoint, the look and its requests, and when')
    .argument('<image>', 'its id or its name')
    .option('--project <id or name>', 'only in this project')
    .option('--json', 'one JSON document on stdout')
    .action((image, options) =>
      run(import('./explain.ts'), ({ explain }) => explain(image, options, context)),
    );
  program
    .command('changes')
    .description('the net difference between two times, image by image')
    .requiredOption('--since <time>', 'the earlier time, such as 2026-08-01T12:30:00Z, or 24h ago')
    .option('--until <time>', 'the later time; now without it')
    .option('--project <id or name>', 'only in this project')
    .addOption(oneOf('--type <type>', IMAGE_TYPES, 'only of this type'))
    .addOption(oneOf('--status <status>', IMAGE_STATUSES, 'only what has this status at the end'))
    .option('--json', 'one JSON document on stdout')
    .action((options) => run(import('./changes.ts'), ({ changes }) => changes(options, context)));
}

function oneOf(flags: string, words: readonly string[], about: string): Option {
  return new Option(flags, about).choices(words);
}
