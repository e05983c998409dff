// A process of its own for recoverable-race.test.ts: does to an account whatever makes, moves and removes twins.
// Arguments: account id, seed. Prints what went wrong in a way that is no refusal to be expected, as JSON.
import { closeDatabase } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { appendMessages } from '#server/store/append.ts';
import { copyMessages, moveMessages } from '#server/store/copy.ts';
import {
  findRecoverable,
  purgeAccount,
  restoreMessages,
} from '#server/store/deleted/recoverable.ts';
import { removeMessages } from '#server/store/expunge.ts';
import {
  createMailbox,
  deleteMailbox,
  listMailboxes,
  type Mailbox,
  renameMailbox,
} from '#server/store/mailboxes.ts';
import { makeMessage } from './fixture.ts';

const rounds = 40;
const atOnce = 4;
const names = ['INBOX', 'Archive', 'a', 'b'] as const;
/** What the other process may have done first. */
const expected = ['not-found', 'exists', 'conflict', 'unavailable'];

const [account = '', seed = '1'] = process.argv.slice(2);
let state = Number(seed) * 7919;
const below = (limit: number) => {
  state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
  return (state >>> 8) % limit;
};
const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
const message = await makeMessage('Subject: x\n\nbody');

function act(all: Mailbox[]): Promise<unknown> {
  const [one, other] = [pick(all), pick(all)];
  const uids = Array.from({ length: 6 }, () => 1 + below(one.uidNext));
  const acts = [
    () => appendMessages(account, one.id, [message, message, message]),
    () => removeMessages(account, one.id, uids),
    () => removeMessages(account, one.id, uids),
    () => moveMessages(account, one.id, uids, other.id),
    () => copyMessages(account, one.id, uids, other.id),
    () => createMailbox(account, pick(['a', 'b'])),
    () => deleteMailbox(account, pick(['a', 'b'])),
    () => renameMailbox(account, 'a', 'b'),
    () => renameMailbox(account, 'b', 'a'),
    async () => {
      const twin = await findRecoverable(account, pick(names));
      if (twin) await restoreMessages(account, twin.id, uids);
    },
    async () => {
      if (below(3) === 0) await purgeAccount(account, { isAll: true });
    },
  ];
  return pick(acts)();
}

const wrong: string[] = [];
for (let round = 0; round < rounds; round++) {
  const all = await listMailboxes(account);
  const work = Array.from({ length: atOnce }, () => act(all));
  for (const { reason } of (await Promise.allSettled(work)).filter(
    (result) => result.status === 'rejected',
  )) {
    if (!(isRefusal(reason) && expected.includes(reason.reason))) wrong.push(String(reason));
  }
}
await closeDatabase();
process.stdout.write(JSON.stringify(wrong));
