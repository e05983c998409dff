// Requests that nothing could read are told so, and only those.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { findUnreadable } from '#server/web/unreadable.ts';

describe('requests that cannot be read', () => {
  const cases: [method: string, url: string, status: number | null][] = [
    ['GET', '/', null],
    ['GET', '/mail/Entw%C3%BCrfe?q=100%', null],
    ['DELETE', '/api/v1/domains/own.test', null],
    ['GET', '/api/v1/domains/%zz', 400],
    ['GET', '/mail/%', 400],
    ['GET', '/mail/%ff', 400],
    ['GET', '/admin/users?q=a%00b', 400],
    ['GET', '/api/v1/users/a%00%40own.test', 400],
    ['GET', '/admin/users?q=%2500', null],
    ['TRACE', '/api/v1/domains', 405],
    ['PROPFIND', '/', 405],
  ];
  for (const [method, url, status] of cases) {
    it(`${method} ${url}`, () =>
      assert.equal(findUnreadable(method, url)?.problem.status ?? null, status));
  }
});
