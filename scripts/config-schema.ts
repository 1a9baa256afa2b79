/** Writes docs/config.schema.json, the JSON Schema of the configuration file for editors. Run: npm run config:schema */
import { writeFileSync } from 'node:fs';
import { configSchema } from '../src/config/file/schema.ts';

writeFileSync(
  new URL('../docs/config.schema.json', import.meta.url),
  `${JSON.stringify(configSchema(), null, 2)}\n`,
);
