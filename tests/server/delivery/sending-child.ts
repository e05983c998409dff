// Another daemon that takes mail of the same user, for sending-processes.test.ts. Prints how many were taken.
import { closeDatabase } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { newId } from '#lib/id.ts';
import { deliver } from '#server/delivery/local.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';

const [accountId = '', sender = '', count = '0', prefix = ''] = process.argv.slice(2);

async function send(recipient: string): Promise<number> {
  try {
    await deliver({
      body: await stageBytes(Buffer.from(`Subject: ${newId()}\r\n\r\nx\r\n`)),
      sender,
      accountId,
      mailboxes: [],
      remote: [{ recipient }],
      trace: { hostname: 'mail.own.test', protocol: 'ESMTPSA', receivedAt: new Date() },
      traceId: newId(),
    });
    return 1;
  } catch (error) {
    if (isRefusal(error, 'throttled')) return 0;
    throw error;
  }
}

let taken = 0;
// A few at a time, as connections do.
for (let start = 0; start < Number(count); start += 4) {
  const some = [0, 1, 2, 3].map((index) => send(`${prefix}${start + index}@far.test`));
  for (const one of await Promise.all(some)) taken += one;
}
process.send?.(taken);
await closeDatabase();
process.disconnect?.();
