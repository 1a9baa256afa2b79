import { loadDatabaseConfig } from '../config/config.ts';
import { suggestion } from '../config/nearest-word.ts';
import { QUERIES, queryNamed } from '../queries/catalogue.ts';
import { csvOf } from '../queries/csv.ts';
import type { Query } from '../queries/query.ts';
import { type AnswerRow, QueryFault } from '../queries/run.ts';
import { readProjectNames } from '../store/projects.ts';
import { GAP } from '../terminal/layout.ts';
import { type Output, paint, printJson } from '../terminal/output.ts';
import { type Column, printTable } from '../terminal/table.ts';
import { paragraph, printTotal } from '../terminal/text.ts';
import { countText } from '../terminal/units.ts';
import { answerOf } from './answer.ts';
import { type CommandContext, CommandError, EXIT, type ExitCode } from './command.ts';
import { columnsOf } from './query-columns.ts';
import { type Store, withStore } from './store.ts';

export interface QueryOptions {
  readonly list?: boolean;
  readonly json?: boolean;
  readonly csv?: boolean;
}

interface Answer {
  readonly rows: AnswerRow[];
  /** What projects are called, by id. */
  readonly names: ReadonlyMap<string, string>;
}

/**
 * Answers a ready question: a table, JSON (times ISO 8601, durations in seconds, sizes in bytes) or CSV of
 * the same. `settings` are its parameters, `name=value` each. Without a name it prints the questions there
 * are.
 */
export async function query(
  asked: { readonly name: string | undefined; readonly settings: readonly string[] },
  options: QueryOptions,
  context: CommandContext,
): Promise<ExitCode> {
  if (options.json && options.csv) throw new CommandError('--json or --csv, not both.', EXIT.usage);
  if (asked.name === undefined || options.list) return list(options, context.out);
  const question = questionNamed(asked.name);
  const given = settingsOf(asked.settings);
  const config = loadDatabaseConfig(context.surroundings);
  const work = async ({ db }: Store): Promise<Answer> => ({
    rows: await answerOf(db, question, given),
    names: context.out.isTTY ? await readProjectNames(db) : new Map(),
  });
  try {
    const answered = await withStore(config, { migrate: false, signal: context.stop, work });
    print(context.out, options, { question, ...answered });
    return EXIT.done;
  } catch (error) {
    if (error instanceof QueryFault) throw new CommandError(error.message, EXIT.usage);
    throw error;
  }
}

function questionNamed(name: string): Query {
  const found = queryNamed(name);
  if (found) return found;
  const near = suggestion(
    name,
    QUERIES.map((one) => one.name),
  );
  throw new CommandError(
    `No query ${JSON.stringify(name)}${near || '.'} List them: cph-inventory query --list`,
    EXIT.usage,
  );
}

function settingsOf(settings: readonly string[]): Record<string, string> {
  const given = new Map<string, string>();
  for (const setting of settings) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(setting) ?? [];
    if (name === undefined || value === undefined) {
      throw new CommandError(
        `A parameter is written name=value, such as since=7d; got ${JSON.stringify(setting)}`,
        EXIT.usage,
      );
    }
    if (given.has(name)) throw new CommandError(`${name} is given twice.`, EXIT.usage);
    given.set(name, value);
  }
  return Object.fromEntries(given);
}

function list(options: QueryOptions, out: Output): ExitCode {
  const rows = QUERIES.map(({ name, question, parameters }) => ({
    name,
    question,
    parameters: Object.entries(parameters).map(([parameter, { fallback, about, takes }]) => ({
      name: parameter,
      default: fallback ?? null,
      about,
      takes,
    })),
  }));
  const settings = (row: (typeof rows)[number]) =>
    row.parameters.map((one) => `${one.name}=${one.default ?? '…'}`).join(' ');
  if (options.json) printJson(out, rows);
  else if (options.csv)
    out.write(
      csvOf(
        ['name', 'question', 'parameters'],
        rows.map((row) => ({ ...row, parameters: settings(row) })),
      ),
    );
  else if (out.isTTY) {
    const width = Math.max(...rows.map(({ name }) => name.length)) + GAP;
    for (const row of rows) {
      const asked = row.parameters.length === 0 ? '' : `  ${paint(out, 'dim', settings(row))}`;
      out.write(paragraph(out, `${row.name.padEnd(width)}${row.question}${asked}`, { hang: width }));
    }
  } else {
    const columns: Column<(typeof rows)[number]>[] = [
      { title: 'NAME', value: (row) => row.name },
      { title: 'QUESTION', value: (row) => row.question },
      { title: 'PARAMETERS', value: settings },
    ];
    printTable(out, columns, { rows, empty: '' });
  }
  return EXIT.done;
}

function print(
  out: Output,
  options: QueryOptions,
  { question, rows, names }: Answer & { question: Query },
): void {
  if (options.json) printJson(out, rows);
  else if (options.csv) out.write(csvOf(Object.keys(question.columns), rows));
  else {
    printTable(out, columnsOf(question, { out, rows, names }), { rows, empty: question.nothing });
    if (out.isTTY && rows.length > 0) printTotal(out, countText(rows.length, 'row'));
  }
}
