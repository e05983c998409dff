// The other process of quota.test.ts: puts 50 messages of 100 bytes, one by one and several at a time, appended
// and copied, into the INBOXes of the accounts it is told (the first has a message), and says how many were
// taken. Starts when it is told to.
import { once } from 'node:events';
import { closeDatabase } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { appendMessages } from '#server/store/append.ts';
import { copyMessages } from '#server/store/copy.ts';
import { mailboxOf, makeMessage } from './fixture.ts';

const ids = process.argv.slice(2);
const message = await makeMessage(`Subject: x\n\n${'y'.repeat(86)}`);
const inboxes = await Promise.all(ids.map(async (id) => (await mailboxOf(id, 'INBOX')).id));

async function put(turn: number): Promise<number> {
  const at = turn % ids.length;
  const [id, inbox] = [ids[at]!, inboxes[at]!];
  try {
    if (at === 0) return (await copyMessages(id, inbox, [1], inbox)).pairs.length;
    return (await appendMessages(id, inbox, [message])).uids.length;
  } catch (error) {
    if (isRefusal(error, 'over-quota')) return 0;
    throw error;
  }
}

process.send?.('ready');
await once(process, 'message');
let stored = 0;
for (let turn = 0; turn < 50; turn += 5) {
  const counts = await Promise.all([0, 1, 2, 3, 4].map((more) => put(turn + more)));
  stored += counts.reduce((sum, count) => sum + count, 0);
}
process.send?.(stored);
await closeDatabase();
process.disconnect?.();
