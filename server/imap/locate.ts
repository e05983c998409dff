// The one place where a mailbox that a client names becomes a mailbox (RFC 4314 §4, §6): the user's own, or
// one of somebody else's below "Shared/". Every command that takes a name asks here and says which rights it
// needs; nothing else turns a name into rows.
//
// Invariants: without the rights a mailbox that the user may not even see ("l") answers like one that is not
// there; what comes back carries its owner's account id, and only that id goes on to the store. A mailbox of
// the user's own that is called "Shared/…" from former times stands before the others of that name.
import { allRights, hasAnyRight, hasRights, refuseRight } from '#lib/accounts/rights.ts';
import { Refusal } from '#lib/errors.ts';
import { parentNames } from '#server/store/mailbox-name.ts';
import { findMailbox, listMailboxes, type Mailbox } from '#server/store/mailboxes.ts';
import { readRights } from '#server/store/sharing/rights.ts';
import { findOwners, findShare, listShares } from '#server/store/sharing/shared-mailboxes.ts';
import { isSharedName } from '#server/store/sharing/shared-name.ts';
import type { Located } from './located.ts';
import type { Session } from './session.ts';

/**
 * Finds the mailbox that has at least `needed` rights for the user ('' = one right of any kind). Refusal
 * 'not-found' also for one that the user may not know of, 'forbidden' for one that may only be seen.
 */
export async function locateMailbox(
  session: Session,
  name: string,
  needed: string,
): Promise<Located> {
  const located = await findLocated(session, name);
  if (!located) throw noMailbox();
  const { rights } = located;
  if (needed === '' ? rights !== '' : hasRights(rights, needed)) return located;
  throw rights.includes('l') ? refuseRight() : noMailbox();
}

/** The same for a command that one of several rights suffices for. */
export async function locateForAny(
  session: Session,
  name: string,
  wanted: string,
): Promise<Located> {
  const located = await findLocated(session, name);
  if (!located) throw noMailbox();
  if (hasAnyRight(located.rights, wanted)) return located;
  throw located.rights.includes('l') ? refuseRight() : noMailbox();
}

async function findLocated(session: Session, name: string): Promise<Located | null> {
  const own = await findMailbox(session.accountId, name);
  if (own) return toOwn(own);
  const share = isSharedName(name) ? await findShare(session.accountId, name) : null;
  if (!share) return null;
  const { mailbox, rights } = share;
  return { accountId: mailbox.accountId, mailbox, name: share.name, rights, isOwn: false };
}

/**
 * Every mailbox that the user may see, own ones first; those of deleted messages only when asked for 'all'.
 * `mailbox` carries the name that the user knows it by, and no special use where it is somebody else's (RFC 6154
 * §2: a program must not put its drafts there).
 */
export async function listVisible(session: Session, which: 'own' | 'all'): Promise<Located[]> {
  const own = await listMailboxes(session.accountId, which);
  const names = new Set(own.map(({ name }) => name));
  const shares = (await listShares(session.accountId)).filter(({ name }) => !names.has(name));
  return [
    ...own.map(toOwn),
    ...shares.map(({ mailbox, name, rights }) => {
      const seen = { ...mailbox, name, specialUse: null };
      return { accountId: mailbox.accountId, mailbox: seen, name, rights, isOwn: false };
    }),
  ];
}

function toOwn(mailbox: Mailbox): Located {
  const { accountId, name } = mailbox;
  return { accountId, mailbox, name, rights: allRights, isOwn: true };
}

/** Where a mailbox that does not exist yet would be made. */
export type Place = {
  /** Of the account that will own it. */
  accountId: string;
  /** Its name there. */
  mailboxName: string;
  isOwn: boolean;
};

/**
 * Where a new mailbox of that name belongs: "k" is needed at the nearest one above it that exists (RFC 4314 §4
 * CREATE). Refusal 'forbidden' where the user may not make one, whether or not there is such an owner.
 */
export async function locatePlace(session: Session, name: string): Promise<Place> {
  if (!isSharedName(name)) {
    return { accountId: session.accountId, mailboxName: name, isOwn: true };
  }
  for (const { ownerId, mailboxName } of await findOwners(session.accountId, name)) {
    const parent = await findNearest(ownerId, mailboxName);
    // Above everything stands what is the same for all mailboxes of the owner: the membership.
    const rights = await readRights(ownerId, parent?.id ?? '', session.accountId);
    if (!rights.includes('k')) continue;
    return { accountId: ownerId, mailboxName, isOwn: false };
  }
  throw new Refusal('forbidden', 'You may not make mailboxes there.');
}

async function findNearest(ownerId: string, name: string): Promise<Mailbox | null> {
  for (const parent of parentNames(name).reverse()) {
    const found = await findMailbox(ownerId, parent);
    if (found) return found;
  }
  return null;
}

/** What a mailbox answers that is not there, or that the user may not know of. */
export function noMailbox(): Refusal {
  return new Refusal('not-found', 'There is no such mailbox');
}
