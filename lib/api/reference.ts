// The reference part of docs/api.md, made of the table of endpoints and their schemas.
import type { z } from 'zod';
import { hookPayload } from '../webhooks/payload.ts';
import type { Endpoint } from './endpoint.ts';
import { endpoints } from './endpoints.ts';
import { components, type JsonSchema, toJsonSchema } from './json-schema.ts';

type Named = Map<string, JsonSchema>;

/** Resources in the order of the table, each with its endpoints and the things they tell of. */
export function describeReference(): string {
  const told = new Set<string>();
  const groups = Map.groupBy(endpoints, ({ path }) => path.split('/')[1] ?? '');
  const sections = [...groups].map(([name, list]) => {
    const named: Named = new Map();
    const lines = list.map((endpoint) => describeEndpoint(endpoint, named)).join('\n');
    const things = [...named].filter(([thing]) => !told.has(thing));
    for (const [thing] of things) told.add(thing);
    const tables = things.map(([thing, schema]) => describeThing(thing, schema)).join('');
    return `### ${name}\n\n${lines}\n${tables}`;
  });
  const payload = toJsonSchema(hookPayload, 'output').schema;
  return `${sections.join('\n')}\n### What a webhook is sent\n${describeThing('Body', payload)}`;
}

function describeEndpoint(endpoint: Endpoint, named: Named): string {
  const { method, path, title, help, query, body, answer, permission } = endpoint;
  const who = permission === null ? 'super admins' : `\`${permission}\``;
  const parts = [
    `- \`${method} ${path}\` ${title}${help ? `. ${help.replace(/\.$/, '')}` : ''} (${who})`,
    describeFields('Query', query, 'output', named),
    body ? describeFields('Body', body, 'input', named) : '',
    answer ? describeFields('Answer', answer, 'output', named) : '',
  ];
  return parts.filter(Boolean).join('\n');
}

function describeFields(
  name: string,
  schema: z.ZodType,
  io: 'input' | 'output',
  named: Named,
): string {
  const made = toJsonSchema(schema, io);
  for (const [thing, fields] of Object.entries(made.named)) named.set(thing, fields);
  const text = describeWhole(made.schema);
  return text ? `  - ${name}: ${text}` : '';
}

function describeWhole(schema: JsonSchema): string {
  const { items, next } = schema.properties ?? {};
  if (items && next) return `a page of ${typeOf(items.items ?? {})}`;
  return schema.$ref ? typeOf(schema) : listFields(schema);
}

function listFields({ properties = {}, required = [] }: JsonSchema): string {
  return Object.entries(properties)
    .map(([name, field]) => {
      const isFree = !required.includes(name) || field.default !== undefined;
      const about = field.description ? ` (${field.description})` : '';
      return `\`${name}\`${isFree ? '?' : ''} ${typeOf(field)}${usualOf(field)}${about}`;
    })
    .join('; ');
}

const usualOf = (field: JsonSchema) =>
  field.default === undefined ? '' : `, usually ${JSON.stringify(field.default)}`;

function describeThing(name: string, { properties = {} }: JsonSchema): string {
  const rows = Object.entries(properties).map(([field, schema]) => {
    if (schema.type !== 'object') return describeRow(field, schema);
    const inner = Object.entries(schema.properties ?? {});
    return inner.map(([each, of]) => describeRow(`${field}.${each}`, of)).join('\n');
  });
  return `\n| ${name} | | |\n|---|---|---|\n${rows.join('\n')}\n`;
}

function describeRow(name: string, schema: JsonSchema): string {
  return `| \`${name}\` | ${typeOf(schema)} | ${schema.description ?? ''} |`;
}

/** A type in words. */
function typeOf(field: JsonSchema): string {
  if (field.$ref) return `**${field.$ref.slice(components.length)}**`;
  if (field.enum) return field.enum.map((value) => JSON.stringify(value)).join(' or ');
  if (field.const !== undefined) return JSON.stringify(field.const);
  if (field.anyOf) return [...new Set(field.anyOf.map(typeOf))].join(' or ');
  if (Array.isArray(field.type)) return field.type.map((type) => typeOf({ type })).join(' or ');
  if (field.type === 'array') return `list of ${typeOf(field.items ?? {})}`;
  if (field.type === 'object') return field.properties ? `{ ${listFields(field)} }` : 'object';
  if (field.type === 'string') return 'text';
  if (field.type === 'integer') return 'number';
  return field.type ?? 'anything';
}
