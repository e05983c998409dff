// Letters of the mail system to users here, in plain words: composed before the transaction, put into inboxes by the
// one that does what they tell of. They arrive in full mailboxes too, and nothing answers them.
import { now } from '#lib/clock.ts';
import { db, type Tx } from '#lib/db.ts';
import { newId, newTraceId } from '#lib/id.ts';
import { deliveredToField, foldField, returnPathField } from '#lib/mail/compose.ts';
import { formatDate } from '#lib/mail/date.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { serviceOffset } from '#lib/settings/service-zone.ts';
import { type NewEvent, recordEventsIn } from '#lib/trail/record.ts';
import { appendAllIn, type NewCopy } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { pokeMailbox } from '#server/store/journal.ts';
import { ensureMailboxes, findMailbox } from '#server/store/mailboxes.ts';

export type Letter = NewCopy & { address: string; domain: string };
export type Words = { subject: string; lines: string[] };
type Reader = { id: string; address: string };

/** Every administrator who may sign in. */
export function listAdministrators(): Promise<Reader[]> {
  return db.account.findMany({
    where: { role: 'admin', isDisabled: false },
    select: { id: true, address: true },
    orderBy: { id: 'asc' },
  });
}

/** A letter from the postmaster of a domain. */
export async function writeLetter(
  reader: Reader,
  { subject, lines }: Words,
  domain: string,
): Promise<Letter> {
  const hostname = await serverHostname();
  const header = [
    foldField('Date', formatDate(now(), await serviceOffset(now()))),
    foldField('From', `Mail System <postmaster@${domain}>`),
    foldField('To', `<${reader.address}>`),
    foldField('Subject', subject),
    foldField('Message-ID', `<${newId()}@${hostname}>`),
    // RFC 3834 §5: nothing answers it automatically.
    foldField('Auto-Submitted', 'auto-generated'),
    'MIME-Version: 1.0\r\n',
    'Content-Type: text/plain; charset=utf-8\r\n',
    'Content-Transfer-Encoding: 8bit\r\n',
  ];
  await ensureMailboxes(reader.id);
  const inbox = await findMailbox(reader.id, 'INBOX');
  return {
    accountId: reader.id,
    address: reader.address,
    domain,
    mailboxId: inbox?.id ?? '',
    body: await stageBytes(Buffer.from(`${header.join('')}\r\n${lines.join('\r\n')}\r\n`)),
    prefix: Buffer.from(returnPathField('') + deliveredToField(reader.address)),
    flags: 0,
    keywords: [],
    internalDate: now(),
    mayExceedQuota: true,
  };
}

/** Puts the letters into the inboxes; `reason` is what their events say. */
export async function insertLetters(tx: Tx, letters: Letter[], reason: string): Promise<void> {
  const stored = await appendAllIn(
    tx,
    letters.map((letter) => [letter]),
  );
  const traceId = newTraceId();
  const events = letters.flatMap((letter, index): NewEvent[] => {
    const { accountId, mailboxId, address, domain, body } = letter;
    const outcome = stored[index];
    if (!Array.isArray(outcome)) return [];
    const event = { traceId, kind: 'delivered' as const, accountId, recipient: address, reason };
    const detail = { mailboxId, uid: outcome[0]?.uid };
    return [{ ...event, sender: `postmaster@${domain}`, text: body.facts.subject, detail }];
  });
  await recordEventsIn(tx, events);
}

/** After the commit. */
export function pokeLetters(letters: Letter[]): void {
  for (const { accountId, mailboxId } of letters) pokeMailbox(accountId, mailboxId);
}
