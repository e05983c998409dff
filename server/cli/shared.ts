// `drey shared add|list|rename|rm|restore|member`: mailboxes that several users open.
import { deleteAccount, restoreAccount } from '#lib/accounts/deleted-account.ts';
import { type Member, removeMember, setMember } from '#lib/accounts/member.ts';
import {
  addSharedMailbox,
  listSharedMailboxes,
  removeSharedMailbox,
} from '#lib/accounts/shared.ts';
import {
  idsOf,
  requireDomainOfAddress,
  requireMemberOf,
  requirePersonOf,
  requireSharedOf,
} from '#lib/accounts/staff.ts';
import { renameSharedOf } from '#lib/renaming/rename-user.ts';
import { type CommandDefinition, optionText, textAt } from './command.ts';
import { describeDeleted } from './deletion.ts';
import { staffOf } from './staff.ts';

function describe({ address, mayWrite, maySend }: Member): string {
  const words = [mayWrite ? 'write' : 'read', ...(maySend ? ['send'] : [])];
  return `${address} (${words.join(', ')})`;
}

const add: CommandDefinition = {
  name: 'shared add',
  permission: 'shared',
  arguments: ['<address>'],
  options: [{ flags: '--name <text>', help: 'name of the mailbox, such as "Sales"' }],
  help: 'add a mailbox that several users open; nobody signs in as it',
  run: async (input) => {
    const staff = staffOf(input);
    const displayName = optionText(input, 'name');
    await requireDomainOfAddress(staff, textAt(input, 0));
    const wanted = { address: textAt(input, 0), displayName };
    const { address } = await addSharedMailbox(wanted, staff.address);
    return { text: `Added shared mailbox ${address}`, row: { address } };
  },
};

const list: CommandDefinition = {
  name: 'shared list',
  permission: 'shared',
  arguments: ['[search]'],
  options: [{ flags: '--deleted', help: 'those that can be restored' }],
  help: 'list shared mailboxes and their members',
  run: async (input) => {
    const mailboxes = await listSharedMailboxes({
      search: textAt(input, 0),
      domainIds: idsOf(staffOf(input).scope),
      areDeleted: input.options.deleted === true,
    });
    return {
      rows: mailboxes.map(({ address, displayName, isDisabled, members }) => ({
        address,
        displayName,
        isDisabled,
        members: members.map(describe),
      })),
      columns: ['address', 'displayName', 'members', 'isDisabled'],
    };
  },
};

const remove: CommandDefinition = {
  name: 'shared rm',
  permission: 'shared',
  arguments: ['<address>'],
  options: [{ flags: '--now', help: 'for good at once, with all mail' }],
  help: 'delete a shared mailbox; restorable for storage.deletedUserDays, then gone with all mail',
  run: async (input) => {
    const { address: by } = staffOf(input);
    const { id, address } = await requireSharedOf(staffOf(input), textAt(input, 0));
    if (input.options.now === true) await removeSharedMailbox(address, by);
    else await deleteAccount(id, by);
    return { text: await describeDeleted('shared mailbox', address) };
  },
};

const restore: CommandDefinition = {
  name: 'shared restore',
  permission: 'shared',
  arguments: ['<address>'],
  options: [],
  help: 'bring a deleted shared mailbox back, with mail and members',
  run: async (input) => {
    const staff = staffOf(input);
    const { id, address } = await requireSharedOf(staff, textAt(input, 0));
    await restoreAccount(id, staff.address);
    return { text: `Restored shared mailbox ${address}` };
  },
};

const rename: CommandDefinition = {
  name: 'shared rename',
  permission: 'shared',
  arguments: ['<address>', '<new>'],
  options: [{ flags: '--no-alias', help: 'mail to the old address is refused from now on' }],
  help: 'give a shared mailbox another address, also of another domain; the old one stays as an alias',
  run: async (input) => {
    const old = textAt(input, 0);
    // Commander has "alias" in place of "noAlias".
    const wanted = { address: textAt(input, 1), keepsOld: input.options.alias !== false };
    const { address } = await renameSharedOf(staffOf(input), old, wanted);
    return { text: `Renamed ${old} to ${address}`, row: { address } };
  },
};

const member: CommandDefinition = {
  name: 'shared member',
  permission: 'shared',
  arguments: ['<address>', '<user>'],
  options: [
    { flags: '--read-only', help: 'the member may not write in it' },
    { flags: '--send', help: 'the member may send with its address' },
    { flags: '--remove', help: 'no member any more' },
  ],
  help: 'make a user a member of a shared mailbox, or change what the member may',
  run: async (input) => {
    const staff = staffOf(input);
    const shared = await requireSharedOf(staff, textAt(input, 0));
    if (input.options.remove) {
      const { accountId, address } = await requireMemberOf(shared.id, textAt(input, 1));
      await removeMember(shared.id, accountId, staff.address);
      return { text: `${address} is no member of ${shared.address} any more` };
    }
    const user = await requirePersonOf(staff, textAt(input, 1));
    const membership = {
      mayWrite: !input.options.readOnly,
      maySend: Boolean(input.options.send),
    };
    await setMember(shared.id, user.id, membership, staff.address);
    const row = { accountId: user.id, address: user.address, ...membership };
    return { text: `${shared.address}: ${describe(row)}`, row };
  },
};

export const sharedCommands: CommandDefinition[] = [add, list, rename, remove, restore, member];
