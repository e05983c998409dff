// As much of JSON Schema 2020-12 as our OpenAPI document uses, for tests: what does not fit a schema.

export type Schema = {
  $ref?: string;
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: Schema[];
  items?: Schema;
  properties?: Record<string, Schema>;
  required?: string[];
  additionalProperties?: boolean;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  [other: string]: unknown;
};

/** Keywords that are understood, or say nothing about a value. */
const known = new Set([
  ...['$ref', 'type', 'enum', 'const', 'anyOf', 'items', 'properties', 'required', 'pattern'],
  ...['additionalProperties', 'minimum', 'maximum', 'minLength', 'maxLength', 'minItems'],
  ...['maxItems', 'format', 'description', 'default', 'contentEncoding', 'propertyNames'],
]);

const typeOf = (value: unknown) =>
  value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;

/** What is wrong with the value, with where; empty = it fits. `root`: the document that $ref points into. */
export function findFaults(schema: Schema, value: unknown, root: object, at = ''): string[] {
  const strange = Object.keys(schema).filter((word) => !known.has(word));
  if (strange.length > 0) return [`${at}: unknown keywords ${strange.join(', ')}`];
  if (schema.$ref) return findFaults(follow(root, schema.$ref), value, root, at);
  if (schema.anyOf) {
    const all = schema.anyOf.map((each) => findFaults(each, value, root, at));
    return all.some((faults) => faults.length === 0) ? [] : [`${at}: fits none`, ...all.flat()];
  }
  if (schema.const !== undefined && value !== schema.const) return [`${at}: not ${schema.const}`];
  if (schema.enum && !schema.enum.includes(value)) return [`${at}: ${value} is not listed`];
  const types = schema.type === undefined ? [] : [schema.type].flat();
  const isWhole = typeof value === 'number' && Number.isInteger(value);
  const fits = types.some((type) => type === typeOf(value) || (type === 'integer' && isWhole));
  if (types.length > 0 && !fits) return [`${at}: ${typeOf(value)} instead of ${types.join('/')}`];
  if (typeof value === 'string' && schema.pattern && !new RegExp(schema.pattern, 'u').test(value)) {
    return [`${at}: ${value} does not fit ${schema.pattern}`];
  }
  if (Array.isArray(value)) {
    return value.flatMap((each, index) =>
      findFaults(schema.items ?? {}, each, root, `${at}/${index}`),
    );
  }
  return typeof value === 'object' && value !== null ? findInside(schema, value, root, at) : [];
}

function findInside(schema: Schema, value: object, root: object, at: string): string[] {
  const fields = value as Record<string, unknown>;
  const missing = (schema.required ?? []).filter((name) => !(name in fields));
  const extra =
    schema.additionalProperties === false
      ? Object.keys(fields).filter((name) => !(name in (schema.properties ?? {})))
      : [];
  return [
    ...missing.map((name) => `${at}/${name}: missing`),
    ...extra.map((name) => `${at}/${name}: unknown`),
    ...Object.entries(schema.properties ?? {}).flatMap(([name, each]) =>
      name in fields ? findFaults(each, fields[name], root, `${at}/${name}`) : [],
    ),
  ];
}

/** What "#/components/…" points to. */
export function follow(root: object, ref: string): Schema {
  let found: unknown = root;
  for (const word of ref.replace(/^#\//, '').split('/')) {
    found = (found as Record<string, unknown> | undefined)?.[word];
  }
  if (typeof found !== 'object' || found === null) throw new Error(`${ref} points nowhere`);
  return found as Schema;
}
