/**
 * Writes the rules of deploy/prometheus/rules.yml as the object that the Prometheus Operator reads.
 * Run: npm run deploy:rules
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const deploy = new URL('../deploy/', import.meta.url);
const folder = new URL('kubernetes/components/monitoring/', deploy);

const { groups } = parse(readFileSync(new URL('prometheus/rules.yml', deploy), 'utf8'));
const rule = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'cph-inventory' },
  spec: { groups },
};
const head =
  '# The rules of deploy/prometheus/rules.yml, which also has their reasons. Written by npm run deploy:rules.\n';
writeFileSync(new URL('prometheus-rule.yaml', folder), head + stringify(rule, { lineWidth: 110 }));
