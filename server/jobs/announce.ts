// The timed job that puts announcements into mailboxes, a few at a time.
//
// Invariant: the letters of a piece and the place where the next one begins are one commit, and only who moves the place
// from where it was read has sent: each user gets one, whatever dies, on however many nodes.
import { db, write } from '#lib/db.ts';
import { isRefusal, Refusal } from '#lib/errors.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { insertLetters, pokeLetters, type Words, writeLetter } from '../delivery/letter.ts';

/** Accounts of one commit. */
const accountsPerPiece = 25;
/** RFC 5322 §2.1.1: 78 characters a line should be enough, 998 octets must be. */
const lineLength = 78;

/** Delivers what waits; ends between two pieces when it is told to. */
export async function deliverAnnouncements(
  signal: AbortSignal,
  perPiece = accountsPerPiece,
): Promise<{ mailed: number }> {
  let mailed = 0;
  const waiting = await db.announcement.findMany({
    where: { mail: 'waiting' },
    select: { id: true },
    orderBy: { createdAt: 'asc' },
  });
  for (const { id } of waiting) {
    for (;;) {
      if (signal.aborted) return { mailed };
      const count = await deliverPiece(id, perPiece);
      if (count === null) break;
      mailed += count;
    }
  }
  return { mailed };
}

/** How many were delivered; null when there is nothing more to do. */
async function deliverPiece(id: string, perPiece: number): Promise<number | null> {
  const row = await db.announcement.findUnique({ where: { id } });
  if (row?.mail !== 'waiting') return null;
  const names = row.domains.split(' ').filter(Boolean);
  const chosen = await db.domain.findMany({ where: { name: { in: names } }, select: { id: true } });
  const accounts = await db.account.findMany({
    where: {
      id: { gt: row.lastAccountId },
      kind: 'person',
      isDisabled: false,
      // Who came later was not meant.
      createdAt: { lte: row.createdAt },
      ...(names.length > 0 ? { domainId: { in: chosen.map((domain) => domain.id) } } : {}),
    },
    orderBy: { id: 'asc' },
    take: perPiece,
    select: { id: true, address: true },
  });
  const where = { id, mail: 'waiting', lastAccountId: row.lastAccountId };
  const last = accounts.at(-1);
  if (!last) {
    await write((tx) => tx.announcement.updateMany({ where, data: { mail: 'done' } }));
    return null;
  }
  const words: Words = { subject: row.subject, lines: row.text.split('\n').flatMap(wrapLine) };
  const letters = await Promise.all(
    accounts.map((account) => writeLetter(account, words, splitAddress(account.address).domain)),
  );
  try {
    await write(async (tx) => {
      // Mailboxes before other rows, the order of locks everywhere.
      await insertLetters(tx, letters, 'announcement');
      const data = { lastAccountId: last.id, mailed: { increment: letters.length } };
      const { count } = await tx.announcement.updateMany({ where, data });
      if (count === 0) throw new Refusal('conflict', 'Another process has delivered it.');
    });
  } catch (error) {
    if (isRefusal(error, 'conflict')) return 0;
    throw error;
  }
  pokeLetters(letters);
  return letters.length;
}

/** Lines of at most 78 characters where there are blanks to break at, and never a very long one. */
export function wrapLine(line: string): string[] {
  const lines: string[] = [];
  let rest = line.trimEnd();
  while (rest.length > lineLength) {
    const blank = rest.lastIndexOf(' ', lineLength);
    // Without a blank: 240 characters are at most 960 octets, and no character is cut.
    const at = blank > 0 ? blank : [...rest.slice(0, 240)].slice(0, 200).join('').length;
    if (blank <= 0 && rest.length <= 200) break;
    lines.push(rest.slice(0, at).trimEnd());
    rest = rest.slice(at).trimStart();
  }
  return [...lines, rest];
}
