// A second process that writes: appends messages to a mailbox and prints their UIDs. ACCOUNT MAILBOX COUNT NAME
import { writeSync } from 'node:fs';
import { closeDatabase } from '#lib/db.ts';
import { migrate } from '#lib/migrate.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';

const [account = '', mailbox = '', count = '0', name = ''] = process.argv.slice(2);
await migrate();
writeSync(1, 'ready\n');
for (let number = 0; number < Number(count); number++) {
  // Every second one is a file.
  const size = number % 2 === 0 ? 100 : 100_000;
  const text = `Message-ID: <${name}-${number}@x>\r\nSubject: ${name} ${number}\r\n\r\n${'x'.repeat(size)}`;
  const body = await stageBytes(Buffer.from(text));
  const message = {
    body,
    prefix: Buffer.alloc(0),
    flags: 0,
    keywords: [],
    internalDate: new Date(),
  };
  const { uids } = await appendMessages(account, mailbox, [message]);
  writeSync(1, `${uids[0]}\n`);
}
await closeDatabase();
