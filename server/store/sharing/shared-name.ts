// Names of other people's mailboxes: "Shared/<owner's address>/<name of the mailbox>". Pure.
import { findCanonicalName } from '../mailbox-name.ts';

/** Above them all; itself no mailbox. */
export const sharedRoot = 'Shared';

/** The name under which others see a mailbox. */
export function sharedName(ownerAddress: string, mailboxName: string): string {
  return `${sharedRoot}/${ownerAddress}/${mailboxName}`;
}

/** True for the root and for every name below it. */
export function isSharedName(name: string): boolean {
  return name === sharedRoot || name.startsWith(`${sharedRoot}/`);
}

/**
 * What a name below the root may mean, owner's address and canonical name of the mailbox. The local part of an
 * address may hold "/" (RFC 5322 §3.2.3), so there may be several readings.
 */
export function readSharedName(name: string): { address: string; mailboxName: string }[] {
  const levels = name.split('/');
  if (levels[0] !== sharedRoot) return [];
  const readings: { address: string; mailboxName: string }[] = [];
  for (let end = 2; end < levels.length; end++) {
    if (!levels[end - 1]!.includes('@')) continue;
    const mailboxName = findCanonicalName(levels.slice(end).join('/'));
    if (mailboxName !== null)
      readings.push({ address: levels.slice(1, end).join('/'), mailboxName });
  }
  return readings;
}
