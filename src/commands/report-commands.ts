/** The commands that only read what is kept. */

import { parseSeq } from './argument.ts';
import { events } from './events.ts';
import { history } from './history.ts';
import { images } from './images.ts';
import type { CommandLine } from './program.ts';
import { query } from './query.ts';
import { status } from './status.ts';

export function addReports({ program, context, run }: CommandLine): void {
  program
    .command('status')
    .description('freshness and last run of every project, open alerts, lag and dead letters of every sink')
    .option('--json', 'one JSON document on stdout')
    .action((options) => run(status(options, context)));
  program
    .command('images')
    .description('the images known now')
    .option('--project <id>', 'only of this project')
    .option('--status <status>', 'creating, usable, failed or unknown')
    .option('--type <type>', 'public, private or share')
    .option('--removed', 'the images that are gone instead')
    .option('--json', 'one JSON document on stdout')
    .action((options) => run(images(options, context)));
  program
    .command('history')
    .description("one image's life: transitions, changes, removal, and the runs that saw them")
    .argument('<image_id>')
    .option('--project <id>', 'only in this project')
    .option('--json', 'one JSON document on stdout')
    .action((image_id, options) => run(history(image_id, options, context)));
  program
    .command('events')
    .description('the event log, one CloudEvent a line')
    .option('--after <seq>', 'only events with a higher sequence number', parseSeq, 0)
    .option('--follow', 'go on with what comes, until stopped')
    .action((options) => run(events(options, context)));
  program
    .command('query')
    .description('answers a ready question; without a name, lists them')
    .argument('[name]')
    .argument('[parameters...]', 'such as since=7d')
    .option('--list', 'the questions there are, and what they can be asked with')
    .option('--json', 'one JSON document on stdout')
    .option('--csv', 'CSV on stdout')
    .action((name, settings, options) => run(query({ name, settings }, options, context)));
}
