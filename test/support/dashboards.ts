/** Grafana's dashboards as far as we use them, and their queries made ready to run without a Grafana. */
import { z } from 'zod';

const link = z.object({ title: z.string(), url: z.string().optional() });
const target = z.object({
  rawSql: z.string().optional(),
  format: z.string().optional(),
  expr: z.string().optional(),
});
const override = z.object({ matcher: z.object({ id: z.literal('byName'), options: z.string() }) });
const panel = z.object({
  id: z.int(),
  type: z.enum(['row', 'stat', 'timeseries', 'table']),
  title: z.string().min(1),
  description: z.string().optional(),
  datasource: z.object({ type: z.string(), uid: z.string() }).optional(),
  gridPos: z.object({ x: z.int(), y: z.int(), w: z.int().max(24), h: z.int() }),
  targets: z.array(target).optional(),
  fieldConfig: z
    .object({ defaults: z.object({ unit: z.string() }), overrides: z.array(override) })
    .default({ defaults: { unit: '' }, overrides: [] }),
  links: z.array(link).optional(),
});
const variable = z.object({
  name: z.string(),
  type: z.enum(['datasource', 'query', 'textbox']),
  refresh: z.int().optional(),
  definition: z.string().optional(),
  datasource: z.object({ type: z.string() }).optional(),
});
const dashboard = z.object({
  uid: z.string().max(40),
  title: z.string(),
  description: z.string(),
  tags: z.array(z.string()),
  editable: z.boolean(),
  links: z.array(link),
  annotations: z.object({
    list: z.array(z.object({ name: z.string(), expr: z.string().optional(), target: target.optional() })),
  }),
  templating: z.object({ list: z.array(variable) }),
  panels: z.array(panel),
});

export type Dashboard = z.infer<typeof dashboard> & { readonly file: string };

/** The dashboard of a file. Throws where it is not what Grafana reads, as far as we use it. */
export function dashboardOf(json: unknown, file: string): Dashboard {
  return { ...dashboard.parse(json), file };
}

interface SqlQuery {
  /** The panel, variable or annotation. */
  readonly of: string;
  readonly sql: string;
  readonly format: string | undefined;
  /** The columns that the panel says more about. */
  readonly fields: readonly string[];
}

export function sqlOf({ panels, templating, annotations }: Dashboard): SqlQuery[] {
  const ofPanels = panels.flatMap(({ title, targets = [], fieldConfig }) =>
    targets.flatMap(({ rawSql, format }) =>
      rawSql
        ? [{ of: title, sql: rawSql, format, fields: fieldConfig.overrides.map((o) => o.matcher.options) }]
        : [],
    ),
  );
  const ofVariables = templating.list.flatMap(({ name, datasource, definition }) =>
    datasource?.type.includes('postgres') && definition
      ? [{ of: name, sql: definition, format: undefined, fields: [] }]
      : [],
  );
  const ofAnnotations = annotations.list.flatMap(({ name, target }) =>
    target?.rawSql
      ? [{ of: name, sql: target.rawSql, format: 'table', fields: ['time', 'text', 'tags'] }]
      : [],
  );
  return [...ofPanels, ...ofVariables, ...ofAnnotations];
}

/** Every expression. Of marks on the time axis without the condition, which is seldom true. */
export function promqlOf({ panels, annotations }: Dashboard): string[] {
  const marks = annotations.list.flatMap(({ expr }) => expr?.replace(/ > 0$/, '') ?? []);
  return [...panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr ?? [])), ...marks];
}

/** A query with Grafana's variables and macros replaced as it replaces them, for the last 30 days. */
export function runnable(query: string, { project, region }: { project: string; region: string }): string {
  const day = 86_400_000;
  const [from, to] = [new Date(Date.now() - 30 * day), new Date(Date.now() + day)].map((at) =>
    at.toISOString(),
  );
  return query
    .replaceAll(/\$__timeFilter\((\w+)\)/g, (_, column) => `${column} between '${from}' and '${to}'`)
    .replaceAll(
      /\$__timeGroupAlias\((\w+), \$__interval\)/g,
      (_, column) => `to_timestamp(floor(extract(epoch from ${column}) / 3600) * 3600) as "time"`,
    )
    .replaceAll(/\$__(rate_)?interval/g, '1m')
    .replaceAll(/\$\{project:sqlstring\}/g, `'${project}'`)
    .replaceAll(/\$\{region:sqlstring\}/g, `'${region}'`)
    .replaceAll('$project', project)
    .replaceAll('$region', region)
    .replaceAll('$job', '.*');
}
