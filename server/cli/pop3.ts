// `drey user pop3`: what POP3 does for one user, in place of the settings.
import { changePop3Choice, readPop3Choice } from '#lib/accounts/pop3-choice.ts';
import { requireUserAt } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import { type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { staffOf } from './staff.ts';

const switches: Record<string, boolean | undefined> = { on: true, off: false, default: undefined };

function readChange(input: Input): Record<string, unknown> {
  const change: Record<string, unknown> = {};
  const folders = optionText(input, 'folders');
  const deletion = optionText(input, 'deletion');
  const seen = optionText(input, 'marksSeen');
  if (folders) {
    const names = folders.split(',').map((name) => name.trim());
    change['pop3.folders'] = folders === 'default' ? undefined : names;
  }
  if (deletion) change['pop3.deletion'] = deletion === 'default' ? undefined : deletion;
  if (seen) {
    if (!(seen in switches)) throw new Refusal('invalid', 'Give on, off or default.');
    change['pop3.marksSeen'] = switches[seen];
  }
  return change;
}

export const pop3Commands: CommandDefinition[] = [
  {
    name: 'user pop3',
    permission: 'users',
    arguments: ['<address>'],
    options: [
      {
        flags: '--folders <names>',
        help: 'whose messages it shows, commas between: INBOX,Lists; "default"',
      },
      {
        flags: '--deletion <what>',
        help: 'of messages that a program deletes: remove, trash, archive; "default"',
      },
      {
        flags: '--marks-seen <switch>',
        help: 'whether fetched messages count as read: on, off; "default"',
      },
    ],
    help: 'show or change what POP3 does for a user',
    run: async (input) => {
      const staff = staffOf(input);
      const account = await requireUserAt(staff, textAt(input, 0));
      const change = readChange(input);
      const choice =
        Object.keys(change).length > 0
          ? await changePop3Choice(account, change, staff.address)
          : await readPop3Choice(account.id);
      const own = Object.entries(choice).map(([key, value]) => `${key} = ${value}`);
      const text = own.length > 0 ? own.join(', ') : 'as the settings have it';
      return { text: `${account.address}: ${text}`, row: { address: account.address, ...choice } };
    },
  },
];
