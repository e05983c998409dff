// A mail to see that mail moves: into the mailbox of a user here, or through the queue to an address elsewhere.
import { z } from 'zod';
import { findAccount } from '#lib/accounts/account.ts';
import { now } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { newId, newTraceId } from '#lib/id.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { foldField } from '#lib/mail/compose.ts';
import { formatDate } from '#lib/mail/date.ts';
import { poke } from '#lib/poke.ts';
import { enqueue } from '#lib/queue/enqueue.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { recordEventIn } from '#lib/trail/record.ts';
import { insertLetters, pokeLetters, writeLetter } from '../delivery/letter.ts';
import { queuePrefix } from '../delivery/trace.ts';
import { insertBlob, stageBytes } from '../store/bodies/blobs.ts';

const question = z.object({
  /** Address of the administrator who asks, a user here */
  from: z.string().max(400),
  to: z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^[^@\s<>"]{1,64}@[^@\s<>"]{1,253}$/),
});

const subject = 'A test of your mail server';
const lines = [
  'This mail was sent from the panel of your mail server.',
  '',
  'That you read it says that mail moves. Look at its header to see the way it took:',
  'a mail that went out carries a signature (DKIM-Signature) where the domain has keys.',
];

/** Refusal 'invalid', 'not-found'. */
export async function sendTestMail(input: unknown): Promise<{ traceId: string }> {
  const asked = question.safeParse(input);
  if (!asked.success)
    throw new Refusal('invalid', 'Give an address such as you@example.org.', 'to');
  const { from, to } = asked.data;
  const sender = await findAccount(from);
  if (!sender) throw new Refusal('not-found', `There is no user ${from} here.`);
  const reader = await findAccount(to);
  if (reader) {
    const letter = await writeLetter(reader, { subject, lines }, splitAddress(to).domain);
    await write((tx) => insertLetters(tx, [letter], 'test-mail'));
    pokeLetters([letter]);
    return { traceId: '' };
  }
  const hostname = await serverHostname();
  const traceId = newTraceId();
  const header = [
    foldField('Date', formatDate(now())),
    foldField('From', `<${sender.address}>`),
    foldField('To', `<${to}>`),
    foldField('Subject', subject),
    foldField('Message-ID', `<${newId()}@${hostname}>`),
  ];
  const body = await stageBytes(Buffer.from(`${header.join('')}\r\n${lines.join('\r\n')}\r\n`));
  const prefix = queuePrefix({ hostname, protocol: 'local', receivedAt: now() }, traceId, []);
  await write(async (tx) => {
    await enqueue(tx, {
      blobId: await insertBlob(tx, body),
      prefix,
      sizeBytes: prefix.length + body.sizeBytes,
      sender: sender.address,
      accountId: sender.id,
      recipients: [{ recipient: to, notify: 'FAILURE' }],
      traceId,
    });
    const event = { traceId, sender: sender.address, recipient: to, text: subject };
    await recordEventIn(tx, { ...event, kind: 'queued', accountId: sender.id });
  });
  poke('queue');
  return { traceId };
}
