/** Writes the recipes and the list of tables in docs/sql.md. Run: npm run sql:docs */
import { readFileSync, writeFileSync } from 'node:fs';
import { withRecipes } from './sql-page.ts';

const page = new URL('../docs/sql.md', import.meta.url);
writeFileSync(page, withRecipes(readFileSync(page, 'utf8')));
