// Which names LIST answers with, and with which attributes (RFC 3501 §6.3.8, LIST-EXTENDED RFC 5258,
// CHILDREN RFC 3348, SPECIAL-USE RFC 6154). Mailboxes of deleted messages are in another namespace (RFC 3501
// §5.1.2): "*" does not find them, only a pattern that begins with its name.
import { isRecoverable, recoverableRoot } from '#server/store/mailbox-name.ts';
import type { Mailbox } from '#server/store/mailboxes.ts';
import { isSharedName } from '#server/store/sharing/shared-name.ts';
import { startLoop } from '#server/store/turn.ts';
import { matchesPattern } from './mailbox-pattern.ts';

export type Selecting = { subscribed: boolean; specialUse: boolean; recursive: boolean };

export type Listed = {
  name: string;
  /** null where only the name is known (a subscription without a mailbox, a parent of one). */
  mailbox: Mailbox | null;
  hasChildren: boolean;
  isSubscribed: boolean;
  /** False where only names below fit the selection (RFC 5258 §3.5 RECURSIVEMATCH). */
  isSelected: boolean;
  /** A name below fits the selection (RFC 5258 §3.5 CHILDINFO). */
  hasSelectedBelow: boolean;
};

/**
 * Names that fit one of `patterns` and the selection, in the mailboxes' order, then the others. Gives way to
 * other sessions: thousands of long names against twenty long patterns are a lot of work.
 */
export async function* listNames(
  mailboxes: readonly Mailbox[],
  subscriptions: readonly string[],
  patterns: readonly string[],
  selecting: Selecting,
): AsyncGenerator<Listed, void> {
  const byName = new Map(mailboxes.map((mailbox) => [mailbox.name, mailbox]));
  const subscribed = new Set(subscriptions);
  const parents = new Set(mailboxes.flatMap((mailbox) => namesAbove(mailbox.name)));
  const isSelected = (name: string) =>
    (!selecting.subscribed || subscribed.has(name)) &&
    (!selecting.specialUse || (byName.get(name)?.specialUse ?? null) !== null);
  const candidates = new Set(byName.keys());
  if (selecting.subscribed) {
    for (const name of subscriptions) if (!isRecoverable(name)) candidates.add(name);
  } else {
    // The levels above twins and above mailboxes of others need not be mailboxes; who walks the tree with "%"
    // must find them all the same.
    for (const name of parents) if (mayBeLevelOnly(name)) candidates.add(name);
  }
  const aboveSelected = new Set<string>();
  for (const name of candidates) {
    if (isSelected(name)) for (const parent of namesAbove(name)) aboveSelected.add(parent);
  }
  if (selecting.recursive) for (const name of aboveSelected) candidates.add(name);
  const loop = startLoop();
  for (const name of candidates) {
    const isItself = isSelected(name);
    const hasSelectedBelow = aboveSelected.has(name);
    if (!isItself && !(selecting.recursive && hasSelectedBelow)) continue;
    if (!(await fitsAny(patterns, name, loop))) continue;
    yield {
      name,
      mailbox: byName.get(name) ?? null,
      hasChildren: parents.has(name),
      isSubscribed: subscribed.has(name),
      isSelected: isItself,
      hasSelectedBelow,
    };
  }
}

/** True for names below which there may be mailboxes though they are none (RFC 3501 §6.3.8 \\Noselect). */
export function mayBeLevelOnly(name: string): boolean {
  return isRecoverable(name) || isSharedName(name);
}

/** True for a (joined) pattern that names the mailboxes of deleted messages. */
export function asksForDeleted(pattern: string): boolean {
  return pattern.startsWith(recoverableRoot);
}

async function fitsAny(
  patterns: readonly string[],
  name: string,
  loop: { pause(): Promise<void> },
): Promise<boolean> {
  for (const pattern of patterns) {
    await loop.pause();
    if (isRecoverable(name) && !asksForDeleted(pattern)) continue;
    if (matchesPattern(pattern, name)) return true;
  }
  return false;
}

function namesAbove(name: string): string[] {
  const levels = name.split('/');
  return levels.slice(1).map((_level, index) => levels.slice(0, index + 1).join('/'));
}
