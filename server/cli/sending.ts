// `drey user sending …`: what a user has sent today, and whether the outgoing mail is held.
import { readSendingUsage } from '#lib/accounts/sending.ts';
import { requireUserAt } from '#lib/accounts/staff.ts';
import { Refusal } from '#lib/errors.ts';
import {
  countHeld,
  dropHeldMail,
  holdSending,
  lockSender,
  releaseSending,
} from '#lib/queue/sending-hold.ts';
import { type CommandDefinition, textAt } from './command.ts';
import { staffOf } from './staff.ts';

const actions = {
  hold: 'hold all outgoing mail, what is submitted from now on too',
  release: 'let the user send again and all go that was held for that',
  lock: 'take the password away and end all sessions; held mail stays held',
  drop: 'remove the held mail, without a bounce',
};
type Action = keyof typeof actions;

const run: Record<Action, (accountId: string, by: string) => Promise<string>> = {
  hold: async (id, by) => {
    await holdSending(id, by);
    return 'Outgoing mail is held.';
  },
  release: async (id, by) => `Released; recipients: ${await releaseSending(id, by)}`,
  lock: async (id, by) => {
    await lockSender(id, by);
    return 'Locked: nobody signs in until a new password is set ("drey user passwd").';
  },
  drop: async (id, by) => `Dropped; recipients: ${await dropHeldMail(id, by)}`,
};

export const sendingCommands: CommandDefinition[] = [
  {
    name: 'user sending',
    permission: 'users',
    arguments: ['<address>'],
    options: Object.entries(actions).map(([name, help]) => ({ flags: `--${name}`, help })),
    help: 'what a user has sent today; hold, release or lock after a burst',
    run: async (input) => {
      const staff = staffOf(input);
      const account = await requireUserAt(staff, textAt(input, 0));
      const wanted = (Object.keys(actions) as Action[]).filter((name) => input.options[name]);
      if (wanted.length > 1) throw new Refusal('invalid', 'Say one thing to do at a time.');
      const text = wanted[0] ? await run[wanted[0]](account.id, staff.address) : '';
      const usage = await readSendingUsage(account.id);
      const held = await countHeld(account.id);
      const row = {
        address: account.address,
        hold: usage?.hold,
        messagesToday: usage?.today.messages,
        messageLimit: usage?.messageLimit,
        newRecipientsToday: usage?.today.newRecipients,
        recipientLimit: usage?.recipientLimit,
        held,
      };
      return text ? { text, row } : { rows: [row], columns: Object.keys(row) };
    },
  },
];
