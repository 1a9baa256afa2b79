/**
 * The JSON Schema of the configuration file, for editors: made from the same tables of keys, defaults and descriptions
 * that the file is read by. It knows names and kinds of values; what a duration or a region is, the program judges.
 */

import { EVENT_TYPES } from '../inventory/diff.ts';
import { IMAGE_STATUSES, IMAGE_TYPES, SOURCES } from '../inventory/image.ts';
import { CREDENTIAL_PATHS, FILE_KEY, GLOBAL_PATHS, PROJECT_PATHS } from './file-keys.ts';
import {
  CREDENTIAL_SETTINGS,
  GLOBAL_SETTINGS,
  PROJECT_SETTINGS,
  type SettingTable,
} from './setting-table.ts';

type Schema = { readonly [key: string]: unknown };
interface ObjectSchema extends Schema {
  readonly type: 'object';
  readonly properties: Record<string, Schema>;
  readonly additionalProperties: false;
}

const TEXT = { type: 'string' };
const VALUE = { type: ['string', 'number', 'boolean'] };
const listOf = (words: readonly string[]) => ({
  type: 'array',
  items: { enum: words },
  minItems: 1,
  uniqueItems: true,
});
const LISTS: Readonly<Record<string, Schema>> = {
  image_types: listOf(IMAGE_TYPES),
  sources: listOf(SOURCES),
};

/** The whole schema, draft 2020-12. */
export function configSchema(): Schema {
  const project = groupOf(PROJECT_SETTINGS, PROJECT_PATHS, {
    name: { ...TEXT, description: 'what people call the project' },
    credentials: { ...TEXT, description: 'the name of an entry of credentials' },
  });
  const { project_id: _, name: __, ...common } = project.properties;
  const credentials = groupOf(CREDENTIAL_SETTINGS, CREDENTIAL_PATHS);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of cph-inventory',
    ...groupOf(GLOBAL_SETTINGS, GLOBAL_PATHS, {
      credentials: {
        type: 'object',
        description: 'how requests are authenticated, by name',
        additionalProperties: credentials,
      },
      defaults: { ...objectOf(common), description: 'what a project leaves out' },
      projects: { type: 'array', minItems: 1, items: { ...project, required: ['project_id'] } },
      sinks: { type: 'array', items: { oneOf: [WEBHOOK, ALERTMANAGER] } },
    }),
    required: ['credentials', 'projects'],
  };
}

function groupOf<Key extends string>(
  table: SettingTable<Key>,
  paths: Readonly<Record<Key, string>>,
  others: Record<string, Schema> = {},
): ObjectSchema {
  const group = objectOf({});
  for (const key in table) {
    const { description, secret, default: fallback } = table[key];
    const path = paths[key];
    const value = LISTS[path] ?? (secret ? TEXT : VALUE);
    put(group, path, {
      ...value,
      description,
      ...(fallback === undefined || LISTS[path] ? {} : { default: fallback }),
    });
    if (secret) put(group, path + FILE_KEY, { ...TEXT, description: `path of a file with: ${description}` });
  }
  Object.assign(group.properties, others);
  return group;
}

function put(group: ObjectSchema, path: string, schema: Schema): void {
  const [head = '', ...rest] = path.split('.');
  if (rest.length === 0) {
    group.properties[head] = schema;
    return;
  }
  group.properties[head] ??= objectOf({});
  put(group.properties[head] as ObjectSchema, rest.join('.'), schema);
}

function objectOf(properties: Record<string, Schema>): ObjectSchema {
  return { type: 'object', properties, additionalProperties: false };
}

const SINK = { name: TEXT, url: TEXT, [`url${FILE_KEY}`]: TEXT };
const WEBHOOK = {
  ...objectOf({
    ...SINK,
    kind: { const: 'webhook' },
    secret: TEXT,
    [`secret${FILE_KEY}`]: TEXT,
    types: { ...listOf(EVENT_TYPES), description: 'only events of these types' },
    to_status: {
      ...listOf(IMAGE_STATUSES),
      description: 'only events that bring an image into one of these',
    },
  }),
  required: ['name', 'kind'],
};
const ALERTMANAGER = {
  ...objectOf({ ...SINK, kind: { const: 'alertmanager' } }),
  required: ['name', 'kind'],
};
