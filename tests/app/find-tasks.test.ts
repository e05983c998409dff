// What the search of the panel offers beside things by their names: tasks by the words of many, and the ways on from a text.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Role } from '#lib/accounts/role.ts';
import { findTasks, findWays } from '../../app/(admin)/find-tasks.ts';
import { tasks } from '../../app/(admin)/tasks.ts';

describe('what the search of the panel offers', () => {
  const cases: [why: string, role: Role, text: string, first: string | undefined][] = [
    ['a task in other words', 'admin', 'unban', 'Let somebody in again'],
    ['a task by several words', 'admin', 'password RESET', 'Set a new password'],
    ['what is done most, before anything is typed', 'admin', ' ', 'Add a user'],
    ['the same by role', 'help-desk', '', 'Find a mail that did not arrive'],
    ['nothing that the role may not', 'help-desk', 'relayhost', undefined],
    ['nothing for users', 'user', '', undefined],
  ];
  for (const [why, role, text, first] of cases) {
    it(why, () => assert.equal(findTasks(role, text)[0]?.label, first));
  }

  it('leads with each task to a page that exists', () => {
    for (const { href } of tasks) {
      const path = href.replace(/[?#].*/, '');
      const file = new URL(`../../app/(admin)${path}/page.tsx`, import.meta.url);
      assert.ok(existsSync(file), href);
    }
  });

  it('where to look further, by role and by what the text looks like', () => {
    const ways = (role: Role, text: string) => findWays(role, text).map(({ href }) => href);
    assert.deepEqual(ways('admin', 'a@b.test'), [
      '/admin/events?q=a%40b.test',
      '/admin/queue?q=a%40b.test',
      '/admin/explain?to=a%40b.test',
    ]);
    assert.deepEqual(ways('help-desk', 'a@b.test'), ['/admin/events?q=a%40b.test']);
    assert.deepEqual(ways('admin', 'ab'), []);
    assert.deepEqual(ways('user', 'a@b.test'), []);
  });
});
