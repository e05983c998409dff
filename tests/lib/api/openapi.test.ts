// The OpenAPI document: whole, unambiguous, every reference leads somewhere.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { endpoints } from '#lib/api/endpoints.ts';
import { describeOpenApi } from '#lib/api/openapi.ts';
import { findFaults, follow, type Schema } from '#tests/support/json-schema.ts';

type Operation = {
  operationId: string;
  parameters: { name: string; in: string; required?: boolean; schema: Schema }[];
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, { $ref?: string; description?: string; content?: object }>;
};

const document = describeOpenApi() as {
  openapi: string;
  info: { title: string; version: string };
  paths: Record<string, Record<string, Operation>>;
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

describe('the OpenAPI document', () => {
  it('is one of version 3.1 with an operation for each endpoint', () => {
    assert.equal(document.openapi, '3.1.0');
    assert.ok(document.info.title && document.info.version);
    assert.equal(operations.length, endpoints.length);
    assert.ok(endpoints.length > 80);
    const names = operations.map(({ operation }) => operation.operationId);
    assert.equal(new Set(names).size, names.length, 'operationIds are unique');
  });

  it('declares the parameters of each path, and what every answer is', () => {
    for (const { path, method, operation } of operations) {
      const what = `${method} ${path}`;
      const wanted = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
      const found = operation.parameters.filter((each) => each.in === 'path');
      assert.deepEqual(found.map(({ name }) => name).sort(), wanted.sort(), what);
      assert.ok(
        found.every(({ required }) => required),
        what,
      );
      assert.ok(operation.responses.default, what);
      for (const answer of Object.values(operation.responses)) {
        assert.ok(answer.$ref ?? answer.description, what);
      }
    }
  });

  it('points nowhere into the void, and uses no word that is not understood', () => {
    const walk = (value: unknown): void => {
      if (typeof value !== 'object' || value === null) return;
      const { $ref } = value as { $ref?: unknown };
      if (typeof $ref === 'string') follow(document, $ref);
      for (const each of Object.values(value)) walk(each);
    };
    walk(document);
    for (const { path, operation } of operations) {
      const schemas = [
        ...operation.parameters.map(({ schema }) => schema),
        ...Object.values(operation.requestBody?.content ?? {}).map(({ schema }) => schema),
      ];
      for (const schema of schemas) {
        const faults = findFaults(schema, undefined, document);
        assert.doesNotMatch(faults.join(), /unknown keywords/, path);
      }
    }
  });
});
