/** The document of the API (OpenAPI 3.1), made from the schemas that check what is asked. */
import { z } from 'zod';
import { programVersion } from '../../version.ts';
import { type Endpoint, parametersOf } from './endpoint.ts';

/** `prefix` comes before every address, such as `/cph`. */
export function openapiOf(endpoints: readonly Endpoint[], { prefix }: { readonly prefix: string }) {
  const paths = endpoints.map((endpoint) => [endpoint.path, { get: operationOf(endpoint) }]);
  return {
    openapi: '3.1.0',
    info: {
      title: 'cph-inventory',
      version: programVersion(),
      description:
        'The inventory, read-only. Times are ISO 8601, durations seconds, sizes bytes, names as in SQL (schema cph).',
    },
    servers: [{ url: `${prefix}/api` }],
    paths: Object.fromEntries([...paths, ['/events/stream', { get: STREAM }]]),
    components: { schemas: { Fault: FAULT } },
  };
}

const FAULT = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['message'],
      properties: {
        parameter: { type: 'string', description: 'The one that is at fault, where it is one.' },
        message: { type: 'string' },
      },
    },
  },
};

const refused = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Fault' } } },
});

const REFUSALS = {
  '400': refused('A parameter is unknown or cannot be taken.'),
  '404': refused('There is no such thing, or no longer.'),
  '421': refused('Asked for under the name of another host.'),
  '503': refused('The database is away, or too much is asked at once.'),
};

const STREAM = {
  operationId: 'events-stream',
  summary: 'The log as server-sent events: `id` is the number of the event, `data` its CloudEvent.',
  parameters: [
    {
      name: 'Last-Event-ID',
      in: 'header',
      description: 'Where to go on. Without it, the stream begins with what comes next.',
      schema: { type: 'string', pattern: '^\\d{1,15}$' },
    },
  ],
  responses: {
    '200': { description: 'The stream', content: { 'text/event-stream': { schema: { type: 'string' } } } },
    ...REFUSALS,
  },
};

function operationOf(endpoint: Endpoint) {
  const { path, summary, answers, parts, table } = endpoint;
  const csv = table ? { 'text/csv': { schema: { type: 'string' } } } : {};
  return {
    operationId: path.replace(/[{}]/g, '').slice(1).replaceAll('/', '-'),
    summary,
    parameters: [...parametersIn('path', parts), ...parametersIn('query', parametersOf(endpoint))],
    responses: {
      '200': {
        description: `Holds ${answers}.`,
        content: { 'application/json': { schema: { type: 'object' } }, ...csv },
      },
      ...REFUSALS,
    },
  };
}

function parametersIn(place: 'path' | 'query', schema: z.ZodObject) {
  const { properties = {} } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return Object.entries(properties).map(([name, property]) => {
    const { description = '', takes, ...rest } = property as Record<string, unknown>;
    return {
      name,
      in: place,
      required: place === 'path',
      description: `${description} Takes ${takes}.`,
      schema: rest,
    };
  });
}
