// Every action of the panel has an endpoint of the REST API, or a reason why not.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { endpoints } from '#lib/api/endpoints.ts';
import { apiOf } from './api-doors.ts';
import { doors } from './doors.ts';

const prefix = '(admin)/admin/';
const actions = Object.values(doors)
  .flat()
  .filter((door) => door.startsWith(prefix) && door.includes('#'))
  .map((door) => door.slice(prefix.length));
const isEndpoint = (text: string) => /^[A-Z]+ \//.test(text);

test('every action of the panel stands in the list', () => {
  assert.deepEqual(
    actions.filter((action) => !(action in apiOf)),
    [],
  );
});

test('what stands there is an endpoint, or a sentence', () => {
  const known = new Set(endpoints.map(({ method, path }) => `${method} ${path}`));
  for (const [action, said] of Object.entries(apiOf)) {
    if (isEndpoint(said)) assert.ok(known.has(said), `${action}: ${said}`);
    else assert.match(said, /^[A-Z].*\.$/, action);
  }
});
