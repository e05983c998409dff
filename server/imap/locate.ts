// The one place where a mailbox that a client names becomes a mailbox (RFC 4314 §4, §6): the user's own, or
// one of somebody else's below "Shared/". Every command that takes a name asks here and says which rights it
// needs; nothing else turns a name into rows.
//
// Invariants: without the rights a mailbox that the user may not even see ("l") answers like one that is not
// there; what comes back carries its owner's account id, and only that id goes on to the store. A mailbox of
// the user's own that is called "Shared/…" from former times stands before the others of that name.
import {
  allRights,
  hasAnyRight,
  hasRights,
  type Rights,
  refuseRight,
} from '#lib/accounts/rights.ts';
import { Refusal } from '#lib/errors.ts';
import { parentNames } from '#server/store/mailbox-name.ts';
import { findMailbox, type Mailbox } from '#server/store/mailboxes.ts';
import { readRights } from '#server/store/rights.ts';
import { findOwners, findShare } from '#server/store/shared-mailboxes.ts';
import { isSharedName, sharedName } from '#server/store/shared-name.ts';
import type { Session } from './session.ts';

export type Located = {
  /** Of the owner: the account that the store is asked with. */
  accountId: string;
  /** With the name that it has at its owner's. */
  mailbox: Mailbox;
  /** As this user knows it; what replies say. */
  name: string;
  rights: Rights;
  isOwn: boolean;
};

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
  if (own) {
    return {
      accountId: own.accountId,
      mailbox: own,
      name: own.name,
      rights: allRights,
      isOwn: true,
    };
  }
  const share = isSharedName(name) ? await findShare(session.accountId, name) : null;
  if (!share) return null;
  const { mailbox, rights } = share;
  return { accountId: mailbox.accountId, mailbox, name: share.name, rights, isOwn: false };
}

/** Where a mailbox that does not exist yet would be made. */
export type Place = {
  /** Of the account that will own it. */
  accountId: string;
  /** Its name there. */
  mailboxName: string;
  /** As this user will know it. */
  name: string;
  /** Nearest mailbox above it, where it is somebody else's; its access list is inherited. */
  parent: Mailbox | null;
  isOwn: boolean;
};

/**
 * Where a new mailbox of that name belongs: "k" is needed at the nearest one above it that exists (RFC 4314 §4
 * CREATE). Refusal 'forbidden' where the user may not make one, whether or not there is such an owner.
 */
export async function locatePlace(session: Session, name: string): Promise<Place> {
  if (!isSharedName(name)) {
    return { accountId: session.accountId, mailboxName: name, name, parent: null, isOwn: true };
  }
  for (const { ownerId, owner, mailboxName } of await findOwners(session.accountId, name)) {
    const parent = await findNearest(ownerId, mailboxName);
    // Above everything stands what is the same for all mailboxes of the owner: the membership.
    const rights = await readRights(ownerId, parent?.id ?? '', session.accountId);
    if (!rights.includes('k')) continue;
    const seen = sharedName(owner, mailboxName);
    return { accountId: ownerId, mailboxName, name: seen, parent, isOwn: false };
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
