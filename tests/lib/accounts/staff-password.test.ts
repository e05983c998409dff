// Passwords that those set who look after others: by which role, on which way, and whether the user must replace it.
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, describe, it } from 'node:test';
import { type Account, addAccount, requireAccount } from '#lib/accounts/account.ts';
import { addApiToken } from '#lib/accounts/api-token.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import type { Role } from '#lib/accounts/role.ts';
import { giveRole } from '#lib/accounts/role-change.ts';
import { readStaff, type Staff } from '#lib/accounts/staff.ts';
import { setMustChange, setPasswordOf } from '#lib/accounts/staff-password.ts';
import { answerApi } from '#lib/api/answer.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { loadCommands } from '#server/cli/commands.ts';
import { runAs } from '#server/cli/staff.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const commands = await loadCommands();
const password = 'a nest of seven nuts';
const next = 'eleven brown leaves';
const stdin = process.stdin;
type StaffRole = Exclude<Role, 'user'>;

describe('passwords that staff sets', () => {
  let close: () => Promise<void>;
  let uma: Account;
  const staff = {} as Record<StaffRole, Account & Staff>;
  const tokens = {} as Record<StaffRole, string>;

  before(async () => {
    ({ close } = await openTestDatabase());
    await addDomain({ name: 'own.test' }, 'test');
    uma = await addAccount({ address: 'uma@own.test', password }, 'test');
    for (const role of ['admin', 'domain-admin', 'help-desk'] as const) {
      const { id, address } = await addAccount({ address: `${role}@own.test`, password }, 'test');
      await giveRole(id, { role, domains: role === 'admin' ? [] : ['own.test'] }, 'test');
      staff[role] = await readStaff(await requireAccount(address));
      const domains = role === 'admin' ? undefined : ['own.test'];
      tokens[role] = (await addApiToken({ name: role, role, domains }, staff.admin)).token;
    }
  });
  after(async () => {
    Object.defineProperty(process, 'stdin', { value: stdin });
    await flushTrail();
    await close();
  });

  const ways: Record<string, (role: StaffRole, mustChange: boolean) => Promise<unknown>> = {
    panel: (role, mustChange) => setPasswordOf(staff[role], uma.id, next, { mustChange }),
    API: async (role, mustChange) => {
      const request = new Request(`http://drey.test/api/v1/users/${uma.address}/password`, {
        method: 'PUT',
        headers: { authorization: `Bearer ${tokens[role]}`, 'content-type': 'application/json' },
        body: JSON.stringify({ password: next, mustChange }),
      });
      const { status } = await answerApi(request, { remote: '127.0.0.1', isSafe: true });
      assert.ok(status < 300, String(status));
    },
    'command line': async (role, mustChange) => {
      const definition = commands.find(({ name }) => name === 'user passwd');
      assert.ok(definition);
      const value = Readable.from([Buffer.from(`${next}\n`)], { objectMode: false });
      Object.defineProperty(process, 'stdin', { value, configurable: true });
      const input = { arguments: [uma.address], options: { passwordStdin: true, mustChange } };
      await runAs(definition, input, staff[role].address);
    },
  };

  const cases: [role: StaffRole, asked: boolean, left: boolean][] = [
    ['admin', false, false],
    ['admin', true, true],
    ['domain-admin', false, false],
    ['domain-admin', true, true],
    // Known to two, whatever was asked for.
    ['help-desk', false, true],
    ['help-desk', true, true],
  ];
  for (const [way, set] of Object.entries(ways)) {
    for (const [role, asked, left] of cases) {
      it(`${way}: ${role}, ${asked ? 'to be changed' : 'to stay'}`, async () => {
        await set(role, asked);
        assert.equal((await requireAccount(uma.address)).mustChange, left);
      });
    }
  }

  it('stay only where an administrator says so', async () => {
    for (const role of ['admin', 'domain-admin'] as const) {
      await setMustChange(staff[role], uma.id, true);
      await setMustChange(staff[role], uma.id, false);
      assert.equal((await requireAccount(uma.address)).mustChange, false);
    }
    await setMustChange(staff['help-desk'], uma.id, true);
    await assert.rejects(setMustChange(staff['help-desk'], uma.id, false), { reason: 'forbidden' });
    assert.equal((await requireAccount(uma.address)).mustChange, true);
  });
});
