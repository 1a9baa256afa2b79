/** What there is to ask under /api: one description from which the route and its part of the document follow. */
import { z } from 'zod';
import type { Page } from '../../answers/cursor.ts';
import type { Database } from '../../store/database.ts';

/** What every answer is made from. */
export interface Asking {
  readonly db: Database;
  readonly now: Date;
  readonly baselineAlerts: boolean;
}

export interface Endpoint {
  /** Behind /api, with parts such as `{project_id}`. */
  readonly path: string;
  /** One sentence, for the document. */
  readonly summary: string;
  /** What the answer holds, for the document. */
  readonly answers: string;
  readonly parts: z.ZodObject;
  readonly parameters: z.ZodObject;
  /** Null for what there is not. */
  readonly answer: (asking: Asking, given: Given) => Promise<unknown>;
  /** For what is a table as well, and how its rows are read. */
  readonly table: Table | null;
}

export interface Given {
  readonly parts: Readonly<Record<string, unknown>>;
  readonly parameters: Readonly<Record<string, unknown>>;
}

export interface Table {
  readonly columns: readonly string[];
  readonly page: (asking: Asking, given: Given) => Promise<Page<Readonly<Record<string, unknown>>>>;
}

type Values<Schema extends z.ZodObject> = z.output<Schema>;

/** An {@link Endpoint} whose answer gets what its schemas take. */
export function endpoint<Parts extends z.ZodObject, Parameters extends z.ZodObject>(
  described: Omit<Endpoint, 'parts' | 'parameters' | 'answer' | 'table'> & {
    readonly parts: Parts;
    readonly parameters: Parameters;
    readonly answer: (asking: Asking, given: Values<Parameters>, parts: Values<Parts>) => Promise<unknown>;
    readonly table?: {
      readonly columns: readonly string[];
      readonly page: (
        asking: Asking,
        given: Values<Parameters>,
      ) => Promise<Page<Readonly<Record<string, unknown>>>>;
    };
  },
): Endpoint {
  const { table, answer } = described;
  return {
    ...described,
    answer: (asking, { parts, parameters }) => answer(asking, parameters as never, parts as never),
    table: table
      ? { columns: table.columns, page: (asking, { parameters }) => table.page(asking, parameters as never) }
      : null,
  };
}

const FORMAT = z
  .enum(['json', 'csv'])
  .describe('JSON, or the table as CSV: all of it, unless a limit is given.')
  .meta({ takes: 'json or csv' })
  .optional();

/** What an endpoint takes behind the question mark. */
export function parametersOf({ parameters, table }: Endpoint): z.ZodObject {
  return table ? parameters.extend({ format: FORMAT }) : parameters;
}
