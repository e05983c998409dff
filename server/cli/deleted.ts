// `drey deleted list|restore|purge`: what was expunged and can still be had back (server/store/deleted/recoverable.ts).
import { requireAccount } from '#lib/accounts/account.ts';
import { requireUserAt } from '#lib/accounts/staff.ts';
import { write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { recordChangeIn } from '#lib/trail/change.ts';
import {
  findRecoverable,
  listDeleted,
  purgeAccount,
  restoreMessages,
} from '#server/store/deleted/recoverable.ts';
import { by, type CommandDefinition, type Input, optionText, textAt } from './command.ts';
import { staffOf } from './staff.ts';

const defaultLimit = 100;
const lastUid = 0xffff_ffff;

function readUids(input: Input): number[] | null {
  const given = input.arguments[2];
  const words = Array.isArray(given) ? given : [];
  if (input.options.all === true) {
    if (words.length > 0) throw new Refusal('invalid', 'Give UIDs or --all, not both.');
    return null;
  }
  if (words.length === 0) {
    throw new Refusal('invalid', 'Give the UIDs that "deleted list" shows, or --all.');
  }
  return words.map((word) => {
    const uid = Number(word);
    if (!/^\d+$/.test(word) || uid < 1 || uid > lastUid) {
      throw new Refusal('invalid', `"${word}" is not a UID.`);
    }
    return uid;
  });
}

function readLimit(input: Input): number {
  const text = optionText(input, 'limit');
  if (text === undefined) return defaultLimit;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new Refusal('invalid', 'The limit is 1 to 1000.');
  return Number(text);
}

const list: CommandDefinition = {
  name: 'deleted list',
  permission: 'users',
  arguments: ['<address>', '[search]'],
  options: [{ flags: '--limit <count>', help: `how many at most, ${defaultLimit} unless told` }],
  help: 'list deleted messages that can be restored, the newest deletion first',
  run: async (input) => {
    const account = await requireUserAt(staffOf(input), textAt(input, 0));
    const messages = await listDeleted(account.id, {
      search: textAt(input, 1),
      limit: readLimit(input),
    });
    return {
      rows: messages.map(({ uid, mailbox, deletedAt, from, subject, sizeBytes }) => {
        return { uid, folder: mailbox, deletedAt, from, subject, size: sizeBytes };
      }),
      columns: ['uid', 'folder', 'deletedAt', 'from', 'subject', 'size'],
    };
  },
};

const restore: CommandDefinition = {
  name: 'deleted restore',
  permission: 'users',
  arguments: ['<address>', '<folder>', '[uids...]'],
  options: [
    { flags: '--all', help: 'everything that was deleted from the folder' },
    { flags: '--to <folder>', help: 'another folder than the one they were in' },
  ],
  help: 'put deleted messages back; a folder that is gone is made again',
  run: async (input) => {
    const account = await requireUserAt(staffOf(input), textAt(input, 0));
    const uids = readUids(input);
    const twin = await findRecoverable(account.id, textAt(input, 1));
    if (!twin)
      throw new Refusal('not-found', `Nothing deleted from "${textAt(input, 1)}" is kept.`);
    const { pairs, name } = await restoreMessages(
      account.id,
      twin.id,
      uids,
      optionText(input, 'to'),
      async (tx, restored) => {
        const text = `restored ${countOf(restored.pairs.length)} to ${restored.name}`;
        await recordChangeIn(tx, staffOf(input).address, `user ${account.address}`, text);
      },
    );
    const text = `Restored ${countOf(pairs.length)} to ${name}`;
    return {
      text,
      row: { restored: pairs.length, folder: name, uids: pairs.map(([, uid]) => uid) },
    };
  },
};

const purge: CommandDefinition = {
  name: 'deleted purge',
  arguments: ['<address>'],
  options: [{ flags: '--all', help: 'also what could still be restored' }],
  help: 'remove deleted messages for good: those whose time is over, or all',
  run: async (input) => {
    const account = await requireAccount(textAt(input, 0));
    const isAll = input.options.all === true;
    const { messages } = await purgeAccount(account.id, { isAll });
    if (messages > 0) {
      const text = `removed ${countOf(messages)} for good`;
      await write((tx) => recordChangeIn(tx, by, `user ${account.address}`, text));
    }
    return { text: `Removed ${countOf(messages)} for good`, row: { removed: messages } };
  },
};

function countOf(messages: number): string {
  return messages === 1 ? '1 deleted message' : `${messages} deleted messages`;
}

export const deletedCommands: CommandDefinition[] = [list, restore, purge];
