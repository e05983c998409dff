// `drey user role`, `drey user roles`: who may what in the panel.
import { isOverDomains, type Role, roles } from '#lib/accounts/role.ts';
import { giveRole, listStaff } from '#lib/accounts/role-change.ts';
import { requireUserAt } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import { type CommandDefinition, textAt } from './command.ts';
import { staffOf } from './staff.ts';

const overDomains = roles.filter(isOverDomains).join(' and ');

export const roleCommands: CommandDefinition[] = [
  {
    name: 'user role',
    arguments: ['<address>', '<role>'],
    options: [{ flags: '--domain <domains...>', help: `which ones, for ${overDomains}` }],
    help: `give a user a role: ${roles.join(', ')}; the sessions end`,
    run: async (input) => {
      const staff = staffOf(input);
      const { id, address } = await requireUserAt(staff, textAt(input, 0));
      const role = textAt(input, 1) as Role;
      const domains = (input.options.domain as unknown as string[] | undefined) ?? [];
      if (roles.includes(role) && !isOverDomains(role) && domains.length > 0) {
        throw new Refusal('invalid', `Only ${overDomains} have domains.`);
      }
      await giveRole(id, { role, domains }, staff.address);
      const over = domains.length > 0 ? ` of ${domains.join(', ')}` : '';
      return { text: `${address}: ${role}${over}`, row: { address, role, domains } };
    },
  },
  {
    name: 'user roles',
    arguments: [],
    options: [],
    help: 'list everybody with a role',
    run: async () => ({
      rows: (await listStaff()).map(
        ({ address, role, domains, hasSecondFactor, isDisabled, lastLoginAt }) => {
          return { address, role, domains, hasSecondFactor, isDisabled, lastLoginAt };
        },
      ),
      columns: ['address', 'role', 'domains', 'hasSecondFactor', 'isDisabled', 'lastLoginAt'],
    }),
  },
];
