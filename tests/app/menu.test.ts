// The menu of the panel by role: groups keep their headings, whichever of their pages a role may open.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Role } from '#lib/accounts/role.ts';
import { menu, menuOf } from '../../app/(admin)/menu.ts';

describe('the menu of the panel', () => {
  const groupsOf = (role: Role) => menuOf(role).flatMap(({ heading = [] }) => heading);

  it('is whole for super admins', () => {
    assert.deepEqual(
      menuOf('admin').map(({ href }) => href),
      menu.map(({ href }) => href),
    );
    assert.deepEqual(groupsOf('admin'), [
      'Addresses',
      'Mail flow',
      'Security',
      'Server',
      'Check-up',
    ]);
  });

  it('has a heading over the first page of a group that a role may open, and none over nothing', () => {
    assert.deepEqual(groupsOf('domain-admin'), ['Addresses']);
    assert.equal(menuOf('help-desk').find(({ heading }) => heading)?.label, 'Users');
  });

  it('begins groups of at most nine pages', () => {
    const starts = [
      0,
      ...menu.flatMap(({ heading }, index) => (heading ? index : [])),
      menu.length,
    ];
    for (const [index, start] of starts.slice(1).entries()) assert.ok(start - starts[index]! <= 9);
  });
});
