// `drey shared add|list|rm|member`: mailboxes that several users open.
import { requireAccount } from '#lib/accounts/account.ts';
import { type Member, removeMember, setMember } from '#lib/accounts/member.ts';
import {
  addSharedMailbox,
  listSharedMailboxes,
  removeSharedMailbox,
  requireSharedMailbox,
} from '#lib/accounts/shared.ts';
import { by, type CommandDefinition, optionText, textAt } from './command.ts';

function describe({ address, mayWrite, maySend }: Member): string {
  const words = [mayWrite ? 'write' : 'read', ...(maySend ? ['send'] : [])];
  return `${address} (${words.join(', ')})`;
}

const add: CommandDefinition = {
  name: 'shared add',
  arguments: ['<address>'],
  options: [{ flags: '--name <text>', help: 'name of the mailbox, such as "Sales"' }],
  help: 'add a mailbox that several users open; nobody signs in as it',
  run: async (input) => {
    const displayName = optionText(input, 'name');
    const { address } = await addSharedMailbox({ address: textAt(input, 0), displayName }, by);
    return { text: `Added shared mailbox ${address}`, row: { address } };
  },
};

const list: CommandDefinition = {
  name: 'shared list',
  arguments: ['[search]'],
  options: [],
  help: 'list shared mailboxes and their members',
  run: async (input) => {
    const mailboxes = await listSharedMailboxes({ search: textAt(input, 0) });
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
  arguments: ['<address>'],
  options: [],
  help: 'remove a shared mailbox and its mail for good',
  run: async (input) => {
    await removeSharedMailbox(textAt(input, 0), by);
    return { text: `Removed shared mailbox ${textAt(input, 0)}` };
  },
};

const member: CommandDefinition = {
  name: 'shared member',
  arguments: ['<address>', '<user>'],
  options: [
    { flags: '--read-only', help: 'the member may not write in it' },
    { flags: '--send', help: 'the member may send with its address' },
    { flags: '--remove', help: 'no member any more' },
  ],
  help: 'make a user a member of a shared mailbox, or change what the member may',
  run: async (input) => {
    const shared = await requireSharedMailbox(textAt(input, 0));
    const user = await requireAccount(textAt(input, 1));
    if (input.options.remove) {
      await removeMember(shared.id, user.id, by);
      return { text: `${user.address} is no member of ${shared.address} any more` };
    }
    const membership = {
      mayWrite: !input.options.readOnly,
      maySend: Boolean(input.options.send),
    };
    await setMember(shared.id, user.id, membership, by);
    const row = { accountId: user.id, address: user.address, ...membership };
    return { text: `${shared.address}: ${describe(row)}`, row };
  },
};

export const sharedCommands: CommandDefinition[] = [add, list, remove, member];
