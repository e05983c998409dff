// The OpenAPI 3.1 document of the REST API, made of the table of endpoints and their schemas.
import { z } from 'zod';
import { type Endpoint, isChange } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { toJsonSchema } from './json-schema.ts';
import { problemSchema } from './problem.ts';

type Json = Record<string, unknown>;

const toSchema = (schema: z.ZodType, io: 'input' | 'output') => toJsonSchema(schema, io).schema;

/** What a trial answers */
export const trialSchema = z.object({
  dryRun: z.literal(true),
  before: z.unknown().describe('the thing as it is; null: there is none'),
  after: z.unknown().describe('as it would be'),
  changes: z.array(
    z.object({
      pointer: z.string().describe('RFC 6901'),
      before: z.unknown(),
      after: z.unknown(),
    }),
  ),
});

let made: Json | null = null;

/** The document, the same for everybody. */
export function describeOpenApi(): Json {
  made ??= makeDocument();
  return made;
}

function makeDocument(): Json {
  const own = {
    Problem: toSchema(problemSchema, 'output'),
    Trial: toSchema(trialSchema, 'output'),
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Drey',
      version: '1',
      description: 'Administration of a mail server. See docs/api.md.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    paths: describePaths(),
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { ...collectNamed(), ...own },
      responses: {
        Problem: {
          description: 'What went wrong (RFC 9457)',
          content: {
            'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } },
          },
        },
      },
    },
  };
}

/** The things that answers tell of. */
function collectNamed(): Json {
  const all = endpoints.flatMap(({ answer }) => (answer ? [toJsonSchema(answer, 'output')] : []));
  return Object.assign({}, ...all.map(({ named }) => named));
}

function describePaths(): Json {
  const paths: Record<string, Json> = {};
  for (const endpoint of endpoints) {
    paths[endpoint.path] = {
      ...paths[endpoint.path],
      [endpoint.method.toLowerCase()]: describeOperation(endpoint),
    };
  }
  return paths;
}

/** "patch_users_address" */
function operationId({ method, path }: Endpoint): string {
  const words = path.replace(/[{}]/g, '').split(/[/-]/).filter(Boolean);
  return [method.toLowerCase(), ...words].join('_');
}

function describeOperation(endpoint: Endpoint): Json {
  const { title, help, body, parameters, query } = endpoint;
  return {
    operationId: operationId(endpoint),
    summary: title,
    ...(help ? { description: help } : {}),
    tags: [endpoint.path.split('/')[1]],
    'x-permission': endpoint.permission ?? 'admin',
    parameters: [
      ...describeParameters(parameters, 'path'),
      ...describeParameters(query, 'query'),
      ...(isChange(endpoint) ? [dryRun] : []),
      ...(isChange(endpoint) && endpoint.method === 'POST' ? [idempotencyKey] : []),
    ],
    ...(body ? { requestBody: describeBody(body) } : {}),
    responses: describeResponses(endpoint),
  };
}

const dryRun = {
  name: 'dryRun',
  in: 'query',
  description: '1: say what would change, and change nothing',
  schema: { enum: ['0', '1'] },
};
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'The same call with the same key within a day is answered and not carried out again',
  schema: { type: 'string', maxLength: 200 },
};

function describeParameters(shape: z.ZodObject, place: 'path' | 'query'): Json[] {
  return Object.entries(shape.shape).map(([name, schema]) => {
    const { description, default: usual, ...rest } = toSchema(schema as z.ZodType, 'output');
    const isRequired = place === 'path' || !(schema as z.ZodType).safeParse(undefined).success;
    return {
      name,
      in: place,
      ...(isRequired ? { required: true } : {}),
      ...(description ? { description } : {}),
      schema: usual === undefined ? rest : { ...rest, default: usual },
    };
  });
}

function describeBody(body: z.ZodObject): Json {
  const required = !body.safeParse({}).success;
  return { required, content: { 'application/json': { schema: toSchema(body, 'input') } } };
}

function describeResponses(endpoint: Endpoint): Json {
  const { answer } = endpoint;
  const isMade = isMaking(endpoint);
  const status = answer === null ? 204 : isMade ? 201 : 200;
  const content = answer && { 'application/json': { schema: toSchema(answer, 'output') } };
  const good: Json = { description: 'Done', ...(content ? { content } : {}) };
  const trial = {
    description: 'A trial',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Trial' } } },
  };
  return {
    ...(isChange(endpoint) && status !== 200 ? { 200: trial } : {}),
    [status]: isChange(endpoint) && status === 200 ? orTrial(good, content) : good,
    default: { $ref: '#/components/responses/Problem' },
  };
}

function orTrial(good: Json, content: Json | null): Json {
  const { schema } = (content?.['application/json'] ?? {}) as { schema?: unknown };
  const either = { anyOf: [schema, { $ref: '#/components/schemas/Trial' }] };
  return { ...good, content: { 'application/json': { schema: either } } };
}

/** A POST to a collection. */
export function isMaking({ method, path }: Endpoint): boolean {
  return method === 'POST' && endpoints.some((each) => each.method === 'GET' && each.path === path);
}
