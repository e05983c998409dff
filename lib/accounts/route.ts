// Where mail to an address goes: mailboxes here, addresses outside, or nowhere (lookup.ts says in which order).
import { db } from '../db.ts';
import { canonicalAddress, splitAddress, stripDetail } from '../mail/address.ts';
import { findFirstAdministrator, isRoleName, type LookedUp, lookUpAll } from './lookup.ts';
import { readReturnAddress } from './srs.ts';

export { listOwnAddresses, maySendAs } from './send-as.ts';

export type LocalTarget = { accountId: string; address: string; detail: string };

/** An alias that not everybody may write to. */
export type Group = {
  /** As it is stored: an address, a wildcard or a catch-all */
  address: string;
  posters: 'inside' | 'members';
  targets: string[];
};

export type Resolution =
  | {
      status: 'local';
      mailboxes: LocalTarget[];
      forwards: string[];
      /** Of the address itself; an open alias that leads to a group opens it to those who write to the alias. */
      group?: Group;
    }
  | { status: 'unknown' | 'not-local' | 'disabled' };

/** Aliases that point to aliases are followed so deep; a loop ends by itself since no address is visited twice. */
const maxDepth = 20;
const maxTargets = 2000;

/** Whether mail for `domain` is received here (the domain exists and is enabled). */
export async function isLocalDomain(domain: string): Promise<boolean> {
  const row = await db.domain.findUnique({ where: { name: domain.toLowerCase() } });
  return row !== null && !row.isDisabled;
}

/** Resolves a recipient. `address` may have any case; `delimiter` is the setting smtp.recipientDelimiter. */
export async function resolveRecipient(address: string, delimiter: string): Promise<Resolution> {
  const start = canonicalAddress(address);
  if (!start) return { status: 'unknown' };
  let level = (await lookUpAll([start], delimiter)).map(findReturn);
  const first = level[0];
  if (!first || first.domain === 'outside') return { status: 'not-local' };
  if (first.domain === 'disabled') return { status: 'disabled' };
  const mailboxes = new Map<string, LocalTarget>();
  const forwards = new Set<string>();
  const seen = new Set([start]);
  let hasDisabled = false;
  // Level by level, so that an alias costs one look and not one a target.
  for (let depth = 0; level.length > 0; depth++) {
    const next: string[] = [];
    for (const { address, domain, detail, found } of level) {
      if (domain === 'outside' || domain === 'elsewhere') {
        forwards.add(address);
      } else if (found?.kind === 'account') {
        const { accountId, isDisabled } = found;
        if (isDisabled) hasDisabled = true;
        else mailboxes.set(accountId, { accountId, address, detail });
      } else {
        for (const target of found?.targets ?? []) {
          if (seen.has(target) || seen.size > maxTargets || depth >= maxDepth) continue;
          seen.add(target);
          next.push(target);
        }
      }
    }
    level = await lookUpAll(next, delimiter);
  }
  if (mailboxes.size + forwards.size > 0) {
    const ends = { mailboxes: [...mailboxes.values()], forwards: [...forwards] };
    const group = groupOf(first.found);
    return group ? { status: 'local', ...ends, group } : { status: 'local', ...ends };
  }
  return (await reachOffice(start, delimiter)) ?? { status: hasDisabled ? 'disabled' : 'unknown' };
}

/** The way back of mail that was forwarded, before a catch-all: it leads where our own signature says, and nowhere else. */
function findReturn(looked: LookedUp): LookedUp {
  const { address, domain } = looked;
  const isOurs = domain === 'here' || domain === 'elsewhere';
  const sender = isOurs ? readReturnAddress(address) : null;
  const target = sender && canonicalAddress(sender);
  if (!target) return looked;
  const found = { kind: 'alias' as const, address, targets: [target], posters: 'anyone' };
  return { ...looked, domain: 'here', found };
}

/** RFC 5321 §4.5.1: postmaster is reached also where its alias or user leads nowhere. */
async function reachOffice(address: string, delimiter: string): Promise<Resolution | null> {
  const { base, detail } = stripDetail(splitAddress(address).local, delimiter);
  if (!isRoleName(base)) return null;
  const accountId = await findFirstAdministrator();
  if (accountId === null) return null;
  return { status: 'local', mailboxes: [{ accountId, address, detail }], forwards: [] };
}

function groupOf(found: Awaited<ReturnType<typeof lookUpAll>>[number]['found']): Group | null {
  if (found?.kind !== 'alias') return null;
  const { address, posters, targets } = found;
  // A word that nobody wrote shuts the group rather than opening it.
  if (posters === 'anyone') return null;
  return { address, posters: posters === 'inside' ? 'inside' : 'members', targets };
}
