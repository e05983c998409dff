// Schemas as JSON Schema 2020-12, which OpenAPI 3.1 takes. What has a name (`meta({ id })`) stands once among the components.
import { z } from 'zod';

export type JsonSchema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: boolean;
};

const inside = '#/$defs/';
export const components = '#/components/schemas/';

/** The schema, and the named ones it refers to. `io`: as it is given, or as it comes out. */
export function toJsonSchema(
  schema: z.ZodType,
  io: 'input' | 'output',
): { schema: JsonSchema; named: Record<string, JsonSchema> } {
  const made = z.toJSONSchema(schema, {
    io,
    override: ({ jsonSchema }) => {
      // Answers may get more fields.
      if (io === 'output') delete jsonSchema.additionalProperties;
    },
  });
  const text = JSON.stringify(made).replaceAll(inside, components);
  const { $schema: _version, $defs, ...rest } = JSON.parse(text);
  return { schema: rest, named: $defs ?? {} };
}
