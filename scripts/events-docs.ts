/** Writes docs/events.schema.json. Run: npm run events:docs */
import { writeFileSync } from 'node:fs';
import { eventSchema } from './event-schema.ts';

const page = new URL('../docs/events.schema.json', import.meta.url);
writeFileSync(page, `${JSON.stringify(eventSchema(), null, 2)}\n`);
