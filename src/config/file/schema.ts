import { type FileForm, fileForm } from '../fields.ts';
import type { Row } from '../setting-table.ts';
import { REFERENCE_PATTERN } from './setting.ts';
import { FILE_SHAPE, type KindsShape, type MappingShape, type Shape } from './shape.ts';

const REFERENCE = { $ref: '#/definitions/reference' };

/**
 * The configuration file in JSON Schema, draft 7, for editors. It is made from what reads the file. It judges
 * one value at a time: whether project ids differ or credentials exist, only the program knows.
 */
export function configSchema(): FileForm {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'Configuration of cph-inventory',
    ...schemaOf(FILE_SHAPE),
    definitions: {
      reference: {
        type: 'string',
        pattern: REFERENCE_PATTERN.source,
        description: 'filled in from the environment',
      },
    },
  };
}

function schemaOf(shape: Shape | KindsShape): FileForm {
  switch (shape.kind) {
    case 'mapping':
      return mappingSchema(shape);
    case 'named':
      return { type: 'object', additionalProperties: schemaOf(shape.of) };
    case 'list':
      return { type: 'array', items: schemaOf(shape.of) };
    case 'kinds':
      return { anyOf: Object.values(shape.of).map(schemaOf) };
    case 'word':
      return { const: shape.word };
    case 'secret-file':
      return { type: 'string', description: `file to read instead: ${shape.row.description}` };
    case 'setting':
      return settingSchema(shape.row, fileForm(shape.field));
    case 'headers':
      return {
        type: 'object',
        additionalProperties: { type: 'string' },
        description: 'more headers of each request: names and values, or NAME_file and the path of a file',
      };
    case 'unread':
      return {};
  }
}

function mappingSchema({ keys, required = [] }: MappingShape): FileForm {
  const properties = Object.entries(keys).map(([key, shape]) => [key, schemaOf(shape)]);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: false,
  };
}

function settingSchema(row: Row, { description: takes, ...form }: FileForm): FileForm {
  const description = `${row.description}; takes ${takes}`;
  const fallback = row.default === undefined ? {} : { default: plainValue(row.default, form) };
  return { description, ...fallback, ...orReference(form) };
}

/** A reference may stand wherever a value may. Text of any kind takes one already. */
function orReference({ items, ...form }: FileForm): FileForm {
  if (Object.keys(form).length === 1 && form.type === 'string') return form;
  const whole = isForm(items) ? { ...form, items: orReference(items) } : form;
  return { anyOf: [whole, REFERENCE] };
}

function isForm(found: unknown): found is FileForm {
  return typeof found === 'object' && found !== null;
}

/** A default as a person would write it into the file. */
function plainValue(text: string, { type }: FileForm): unknown {
  const types = [type].flat();
  if (types.includes('array')) return text.split(',');
  if (types.includes('boolean')) return text === 'true';
  const number = types.includes('number') || types.includes('integer');
  return number && /^[\d.]+$/.test(text) ? Number(text) : text;
}
