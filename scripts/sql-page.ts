/** What docs/sql.md says of ready questions and of tables, made from what the program asks and from the comments. */
import { QUERIES } from '../src/queries/catalogue.ts';
import { type Query, recipeOf } from '../src/queries/query.ts';
import { OTHER_COMMENTS } from '../src/store/comments/other-objects.ts';
import { RELATIONS } from '../src/store/comments/relations.ts';

const MADE: Readonly<Record<string, () => string>> = {
  recipes: () => QUERIES.map(recipeText).join('\n'),
  objects: objectsText,
};

const MARKED =
  /(<!-- (recipes|objects) \(npm run sql:docs\) -->\n)[\s\S]*?(<!-- end of (?:recipes|objects) -->)/g;

/** The page with both places between markers written anew, and everything else as it was. Throws unless each is there once. */
export function withRecipes(page: string): string {
  const places = [...page.matchAll(MARKED)].map(([, , name]) => name);
  if (places.toSorted().join() !== Object.keys(MADE).toSorted().join()) {
    throw new Error(
      `the page has places for ${places.join(', ')}; takes each of ${Object.keys(MADE).join(', ')} once`,
    );
  }
  return page.replace(
    MARKED,
    (_, begin: string, name: string, end: string) => `${begin}\n${MADE[name]?.()}\n${end}`,
  );
}

function recipeText(query: Query): string {
  const about = query.about === undefined ? '' : `${query.about}\n\n`;
  return `## ${query.question}\n\n${about}\`\`\`sql\n${recipeOf(query).trim()};\n\`\`\`\n\n${commandText(query)}\n`;
}

function commandText({ name, parameters }: Query): string {
  const settings = Object.entries(parameters);
  const command = [
    'npx cph-inventory query',
    name,
    ...settings.map(([key, { example }]) => `${key}=${example}`),
  ].join(' ');
  if (settings.length === 0) return `The same as a command: \`${command}\``;
  const each = settings.map(([key, { about }]) => `\`${key}\` is ${about}.`);
  return `The same as a command: \`${command}\`. ${each.join(' ')}`;
}

function objectsText(): string {
  const relations = Object.entries(RELATIONS).map(([name, { about }]) => [`cph.${name}`, about] as const);
  const functions = Object.entries(OTHER_COMMENTS).flatMap(([object, about]) =>
    object.startsWith('function ')
      ? [[object.slice('function '.length).replaceAll(' with time zone', 'tz'), about] as const]
      : [],
  );
  const rows = [...relations, ...functions].map(
    ([name, about]) => `| \`${name}\` | ${about.replace(/[*|<]/g, '\\$&')} |`,
  );
  return `| name | what it holds |\n|---|---|\n${rows.join('\n')}\n`;
}
