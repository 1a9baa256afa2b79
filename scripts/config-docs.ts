/**
 * Writes what docs/ says of settings: docs/config.schema.json, the JSON Schema of the configuration file for
 * editors, and the tables of docs/configuration.md. Run: npm run config:docs
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { configSchema } from '../src/config/file/schema.ts';
import { withSettingTables } from './setting-tables.ts';

const docs = new URL('../docs/', import.meta.url);
const page = new URL('configuration.md', docs);

writeFileSync(new URL('config.schema.json', docs), `${JSON.stringify(configSchema(), null, 2)}\n`);
writeFileSync(page, withSettingTables(readFileSync(page, 'utf8')));
