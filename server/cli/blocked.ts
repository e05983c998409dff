// `drey blocked …`: who may not sign in for a while, because too many tries failed.
import { listBlocks } from '#lib/accounts/block-list.ts';
import { liftBlock } from '#lib/accounts/throttle.ts';
import { Refusal } from '#lib/errors.ts';
import { by, type CommandDefinition, textAt } from './command.ts';

export const blockedCommands: CommandDefinition[] = [
  {
    name: 'blocked list',
    arguments: [],
    options: [],
    help: 'list the addresses, networks, accounts and browsers where too many sign-ins failed',
    run: async () => ({
      rows: await listBlocks(),
      columns: ['kind', 'subject', 'until', 'failures', 'blocks', 'startedAt'],
    }),
  },
  {
    name: 'blocked lift',
    arguments: ['<subject>'],
    options: [],
    help: 'let an address, a network or an account (with its browsers) sign in again',
    run: async (input) => {
      const subject = textAt(input, 0);
      const lifted = await liftBlock(subject, by);
      if (lifted.length === 0) throw new Refusal('not-found', `${subject} is not blocked.`);
      return { text: `Lifted the block of ${lifted.join(', ')}`, row: { lifted } };
    },
  },
];
