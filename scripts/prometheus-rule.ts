/**
 * Writes the rules of deploy/prometheus as the object that the Prometheus Operator reads.
 * Run: npm run deploy:rules
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parse, stringify } from 'yaml';

const deploy = new URL('../deploy/', import.meta.url);
const folder = new URL('kubernetes/components/monitoring/', deploy);

const groups = ['rules.yml', 'builds.yml'].flatMap(
  (name) => parse(readFileSync(new URL(`prometheus/${name}`, deploy), 'utf8')).groups,
);
const rule = {
  apiVersion: 'monitoring.coreos.com/v1',
  kind: 'PrometheusRule',
  metadata: { name: 'cph-inventory' },
  spec: { groups },
};
const head = '# The rules of deploy/prometheus, where their reasons are. Written by npm run deploy:rules.\n';
writeFileSync(new URL('prometheus-rule.yaml', folder), head + stringify(rule, { lineWidth: 110 }));
