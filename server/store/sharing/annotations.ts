// Annotations (RFC 5464): small values that clients keep at a mailbox or at the server as a whole. Entries below
// /shared are everybody's who may see the mailbox, those below /private each user's own. Names are lower case.
// Private ones of the server belong to the user's account, shared ones to no account.
//
// Invariant: what one command writes is written as a whole or not at all (§4.3), and never beyond the limits.
import { db, type Tx, write } from '#lib/db.ts';
import { Refusal } from '#lib/errors.ts';
import { poke } from '#lib/poke.ts';
import { pokeMailbox } from '../journal.ts';
import { changeMailbox } from '../mailbox-row.ts';
import { pokeAnnotations, serverOwner } from './annotation-marks.ts';

/** §4.1: at least 1024 octets must be taken. */
export const valueLimitBytes = 65_536;
/** Of one mailbox, or of the server: shared ones, and private ones of each user; also changes at a time. */
export const entryLimit = 100;
/** Of all mailboxes of an account together. */
const accountLimitBytes = 10_485_760;

/** Where annotations are kept: a mailbox of an account, or the server. */
export type Holder = { accountId: string; mailboxId: string } | 'server';

export type Annotation = { entry: string; value: Buffer };
export type AnnotationChange = {
  entry: string;
  /** null removes. */
  value: Buffer | null;
};

type Place = { accountId: string; mailboxId: string; ownerId: string };

function placeOf(holder: Holder, userId: string, isPrivate: boolean): Place {
  const ownerId = isPrivate ? userId : '';
  if (holder === 'server') return { accountId: ownerId, mailboxId: '', ownerId };
  return { ...holder, ownerId };
}

export function isPrivate(entry: string): boolean {
  return entry === '/private' || entry.startsWith('/private/');
}

/** Everything the user may read there, by name. */
export async function readAnnotations(holder: Holder, userId: string): Promise<Annotation[]> {
  const found: Annotation[] = [];
  for (const isOwn of [false, true]) {
    const where = placeOf(holder, userId, isOwn);
    const rows = await db.annotation.findMany({ where, select: { entry: true, value: true } });
    for (const { entry, value } of rows) found.push({ entry, value: Buffer.from(value) });
  }
  return found.sort((one, other) => (one.entry < other.entry ? -1 : 1));
}

/** Why annotations are not written; the caller has its own words for each protocol. */
export class AnnotationLimit extends Refusal {
  readonly kind: 'size' | 'count';

  constructor(kind: 'size' | 'count') {
    super(
      'limit',
      kind === 'size'
        ? `An annotation has at most ${valueLimitBytes} octets.`
        : 'There is no room for more annotations.',
    );
    this.kind = kind;
  }
}

/**
 * Writes and removes annotations; the last of several for one entry counts. `specialUse` goes along (RFC 6154):
 * undefined leaves it as it is; a mailbox that had it loses it. AnnotationLimit (Refusal 'limit'), Refusal 'not-found'.
 */
export async function writeAnnotations(
  holder: Holder,
  userId: string,
  changes: readonly AnnotationChange[],
  specialUse?: string | null,
): Promise<void> {
  if (changes.some(({ value }) => value !== null && value.length > valueLimitBytes)) {
    throw new AnnotationLimit('size');
  }
  await write(async (tx) => {
    if (holder !== 'server') {
      // RFC 7162 §3.2: to a client that keeps the mailbox it is a change like any other.
      await changeMailbox(tx, holder.accountId, holder.mailboxId, {});
      if (specialUse !== undefined) {
        // One mailbox has a use: it goes over from the one that had it.
        if (specialUse !== null) {
          await tx.$executeRaw`UPDATE "Mailbox" SET "specialUse" = NULL
            WHERE "accountId" = ${holder.accountId} AND "specialUse" = ${specialUse}`;
        }
        await tx.$executeRaw`UPDATE "Mailbox" SET "specialUse" = ${specialUse}
          WHERE "accountId" = ${holder.accountId} AND "id" = ${holder.mailboxId}`;
      }
    }
    for (const isOwn of [false, true]) {
      const own = changes.filter(({ entry }) => isPrivate(entry) === isOwn);
      if (own.length > 0) await writeIn(tx, placeOf(holder, userId, isOwn), own);
    }
  });
  if (holder !== 'server') {
    poke(`account:${holder.accountId}`);
    pokeMailbox(holder.accountId, holder.mailboxId);
    pokeAnnotations(holder.accountId);
    return;
  }
  if (changes.some(({ entry }) => isPrivate(entry))) pokeAnnotations(userId);
  if (changes.some(({ entry }) => !isPrivate(entry))) pokeAnnotations(serverOwner);
}

async function writeIn(tx: Tx, place: Place, changes: readonly AnnotationChange[]): Promise<void> {
  const last = new Map(changes.map(({ entry, value }) => [entry, value]));
  await tx.annotation.deleteMany({ where: { ...place, entry: { in: [...last.keys()] } } });
  for (const [entry, value] of last) {
    if (value) await tx.annotation.create({ data: { ...place, entry, value: Buffer.from(value) } });
  }
  if (![...last.values()].some((value) => value !== null)) return;
  if ((await tx.annotation.count({ where: place })) > entryLimit)
    throw new AnnotationLimit('count');
  const rows = await tx.$queryRaw<{ bytes: bigint | number | null }[]>`
    SELECT CAST(SUM(LENGTH("value")) AS BIGINT) AS "bytes" FROM "Annotation"
    WHERE "accountId" = ${place.accountId}`;
  if (Number(rows[0]?.bytes) > accountLimitBytes) throw new AnnotationLimit('count');
}
