/** What docs/metrics.md says of each metric, made from what the program registers. */
import { type MetricType, Registry } from 'prom-client';
import { registerMetrics } from '../src/http/metrics.ts';

const MARKED = /(<!-- metrics \(npm run metrics:docs\) -->\n)[\s\S]*?(<!-- end of metrics -->)/;

/** A metric as prom-client hands it out; its typings leave out the labels. */
interface Described {
  readonly name: string;
  readonly help: string;
  readonly type: MetricType;
  readonly labelNames: readonly string[];
}

/** The page with the table between the markers written anew. Throws unless the markers are there. */
export function withMetrics(page: string): string {
  if (!MARKED.test(page)) throw new Error('the page has no place for the table of metrics');
  return page.replace(MARKED, (_, begin: string, end: string) => `${begin}\n${tableText()}\n${end}`);
}

function tableText(): string {
  const registry = new Registry();
  registerMetrics(registry);
  const metrics = registry.getMetricsAsArray() as unknown as Described[];
  const rows = metrics
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, help, type, labelNames }) => {
      const labels = labelNames.map((label) => `\`${label}\``).join(' ');
      return `| \`${name}\` | ${type} | ${labels} | ${help} |\n`;
    });
  return `| metric | type | labels | meaning |\n|---|---|---|---|\n${rows.join('')}`;
}
