// `drey user …`: adding, changing, deleting, restoring.
import { type Account, addAccount, removeAccount, updateAccount } from '#lib/accounts/account.ts';
import { type AccountState, accountStates, walkAccounts } from '#lib/accounts/account-list.ts';
import { runBatch } from '#lib/accounts/batch-users.ts';
import { deleteAccount, restoreAccount } from '#lib/accounts/deleted-account.ts';
import { requireShare } from '#lib/accounts/share.ts';
import { idsOf, requireDomainOfAddress, requireUserAt } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import { renameUserOf } from '#lib/renaming/rename-user.ts';
import { type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { describeDeleted } from './deletion.ts';
import {
  dailyOptions,
  defaultWord,
  messagesOption,
  nameOption,
  protocolsOption,
  quotaOption,
  readClosedOption,
  readDaily,
  readLimits,
  readOwnLimits,
  readYes,
  requireOptions,
} from './limits.ts';
import { mustChangeOption, passwordOption, readPassword } from './password.ts';
import { readText } from './read-text.ts';
import { staffOf } from './staff.ts';

/** Without what is of no use to people. */
export function showAccount({ epoch: _epoch, domainId: _domain, ...account }: Account) {
  return account;
}

/** Of a switch that is on, off or not given. */
function readSwitch({ options }: Input, name: string): boolean | undefined {
  const value = options[name];
  return typeof value === 'boolean' ? value : undefined;
}

/** Refusal 'forbidden'. */
function refuseForStaff(what: string): never {
  throw new Refusal('forbidden', `${what} are for super admins to give.`);
}

/** Refusal 'invalid'. */
function readState(input: Input): AccountState | undefined {
  const text = optionText(input, 'state');
  const state = accountStates.find((one) => one === text);
  if (text === undefined || state) return state;
  throw new Refusal('invalid', `The state is one of ${accountStates.join(', ')}.`);
}

export const userCommands: CommandDefinition[] = [
  {
    name: 'user add',
    permission: 'users',
    arguments: ['<address>'],
    options: [
      passwordOption,
      mustChangeOption,
      { flags: '--no-must-change', help: 'the password may stay, whatever the defaults say' },
      nameOption,
      quotaOption,
      messagesOption,
      protocolsOption,
      { flags: '--admin', help: 'may use the admin panel' },
    ],
    help: 'add a user; what is left out is as "user defaults" has it',
    run: async (input) => {
      const staff = staffOf(input);
      const domain = await requireDomainOfAddress(staff, textAt(input, 0));
      const limits = readLimits(input);
      await requireShare(staff, domain, limits);
      if (input.options.admin && staff.role !== 'admin') refuseForStaff('Roles');
      const account = await addAccount(
        {
          address: textAt(input, 0),
          password: await readPassword(input),
          mustChange: readSwitch(input, 'mustChange'),
          closedProtocols: readClosedOption(input),
          displayName: optionText(input, 'name'),
          ...limits,
          role: input.options.admin ? 'admin' : 'user',
        },
        staff.address,
      );
      return { text: `Added user ${account.address}`, row: showAccount(account) };
    },
  },
  {
    name: 'user list',
    permission: 'people',
    arguments: ['[search]'],
    options: [{ flags: '--state <state>', help: `one of ${accountStates.join(', ')}` }],
    help: 'list users, all or those with a text in address or name',
    run: async (input) => {
      const rows: ReturnType<typeof showAccount>[] = [];
      const filter = { search: textAt(input, 0), domainIds: idsOf(staffOf(input).scope) };
      for await (const account of walkAccounts({
        ...filter,
        kind: 'person',
        state: readState(input),
      })) {
        rows.push(showAccount(account));
      }
      return {
        rows,
        columns: [
          'address',
          'displayName',
          'role',
          'isDisabled',
          'usedBytes',
          'quotaBytes',
          'usedMessages',
          'quotaMessages',
          'lastLoginAt',
        ],
      };
    },
  },
  {
    name: 'user set',
    permission: 'users',
    arguments: ['<address>'],
    options: [
      nameOption,
      { ...quotaOption, help: `${quotaOption.help}; "${defaultWord}" for that of the settings` },
      { ...messagesOption, help: `${messagesOption.help}; "${defaultWord}" likewise` },
      ...dailyOptions,
      { flags: '--must-change <yes|no>', help: 'whether the web asks for another password' },
      protocolsOption,
    ],
    help: "change a user's limits or name, or ask for another password",
    run: async (input) => {
      requireOptions(input);
      const account = await requireUserAt(staffOf(input), textAt(input, 0));
      const change = {
        displayName: optionText(input, 'name'),
        ...readOwnLimits(input),
        dailyMessages: readDaily(input, 'dailyMessages'),
        dailyRecipients: readDaily(input, 'dailyRecipients'),
        mustChange: readYes(input, 'mustChange'),
        closedProtocols: readClosedOption(input),
      };
      const staff = staffOf(input);
      const domain = await requireDomainOfAddress(staff, account.address);
      await requireShare(staff, domain, change, account);
      const isDaily = [change.dailyMessages, change.dailyRecipients].some(
        (one) => one !== undefined,
      );
      if (isDaily && staff.role !== 'admin') refuseForStaff('Limits of a day');
      const changed = await updateAccount(account.id, change, staff.address);
      return { text: `Changed ${account.address}`, row: showAccount(changed) };
    },
  },
  ...(['disable', 'enable'] as const).map(
    (verb): CommandDefinition => ({
      name: `user ${verb}`,
      permission: 'users',
      arguments: ['<address>'],
      options: [],
      help: verb === 'disable' ? 'no sign-in and no mail until enabled again' : 'undo disable',
      run: async (input) => {
        const account = await requireUserAt(staffOf(input), textAt(input, 0));
        const changed = await updateAccount(
          account.id,
          { isDisabled: verb === 'disable' },
          staffOf(input).address,
        );
        return {
          text: `${verb === 'disable' ? 'Disabled' : 'Enabled'} ${account.address}`,
          row: showAccount(changed),
        };
      },
    }),
  ),
  {
    name: 'user rename',
    permission: 'users',
    arguments: ['<address>', '<new>'],
    options: [{ flags: '--no-alias', help: 'mail to the old address is refused from now on' }],
    help: 'give a user another address, also of another domain; the old one stays as an alias',
    run: async (input) => {
      const { id, address } = await requireUserAt(staffOf(input), textAt(input, 0));
      // Commander has "alias" in place of "noAlias".
      const rename = { address: textAt(input, 1), keepsOld: input.options.alias !== false };
      const renamed = await renameUserOf(staffOf(input), id, rename);
      return { text: `Renamed ${address} to ${renamed.address}`, row: showAccount(renamed) };
    },
  },
  {
    name: 'user rm',
    permission: 'users',
    arguments: ['<address>'],
    options: [{ flags: '--now', help: 'for good at once, with all mail' }],
    help: 'delete a user; restorable for storage.deletedUserDays, then gone with all mail',
    run: async (input) => {
      const { address: by } = staffOf(input);
      const account = await requireUserAt(staffOf(input), textAt(input, 0));
      if (input.options.now === true) await removeAccount(account.id, by);
      else await deleteAccount(account.id, by);
      return { text: await describeDeleted('user', account.address) };
    },
  },
  {
    name: 'user batch',
    arguments: ['<file>'],
    options: [
      { flags: '--domain <domain>', help: 'domain of names without one' },
      { flags: '--dry-run', help: 'show what each line would do, and do nothing' },
      mustChangeOption,
    ],
    help: 'add, change and delete users: name:password:quota, create:, modify:, delete: or CSV; "-" reads standard input',
    run: async (input) => ({
      rows: await runBatch(staffOf(input), {
        text: await readText(textAt(input, 0)),
        domain: optionText(input, 'domain') ?? '',
        mustChange: input.options.mustChange === true,
        isRehearsal: input.options.dryRun === true,
      }),
      columns: ['line', 'address', 'outcome', 'text', 'password'],
    }),
  },
  {
    name: 'user restore',
    permission: 'users',
    arguments: ['<address>'],
    options: [],
    help: 'bring a deleted user back, with mail and password',
    run: async (input) => {
      const account = await requireUserAt(staffOf(input), textAt(input, 0));
      const restored = await restoreAccount(account.id, staffOf(input).address);
      return { text: `Restored user ${account.address}`, row: showAccount(restored) };
    },
  },
];
