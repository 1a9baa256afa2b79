/** Writes the table of metrics in docs/metrics.md. Run: npm run metrics:docs */
import { readFileSync, writeFileSync } from 'node:fs';
import { withMetrics } from './metrics-page.ts';

const page = new URL('../docs/metrics.md', import.meta.url);
writeFileSync(page, withMetrics(readFileSync(page, 'utf8')));
