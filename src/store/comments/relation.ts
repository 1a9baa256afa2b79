/** What has to be said of a table or a view: one left out does not compile, nor does a column. */
import type * as delivery from '../delivery-schema.ts';
import type * as log from '../log-schema.ts';
import type * as reports from '../report-views.ts';
import type * as tables from '../schema.ts';
import type * as views from '../views.ts';

type Exported =
  | (typeof tables)[keyof typeof tables]
  | (typeof log)[keyof typeof log]
  | (typeof delivery)[keyof typeof delivery]
  | (typeof views)[keyof typeof views]
  | (typeof reports)[keyof typeof reports];

type Relation = Extract<Exported, { readonly _: { readonly name: string }; readonly $inferSelect: object }>;

/** What a relation holds, and for each column its meaning, its unit and what null says. */
export interface Comments<Row> {
  readonly about: string;
  readonly columns: { readonly [Column in keyof Row]: string };
}

/** By the name of the relation in schema `cph`. */
export type RelationComments = {
  readonly [R in Relation as R['_']['name']]: Comments<R['$inferSelect']>;
};
