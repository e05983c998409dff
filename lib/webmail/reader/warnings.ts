// What a reader should know before she believes a message. Pure: everything it judges by is given.
import type { Person } from '../list/message-list.ts';
import type { Authentication } from './authentication.ts';
import { findImitated, isInternational, isMixedScript, mainDomain } from './domain-look.ts';

export type WarningKind =
  | 'own-spoofed'
  | 'failed'
  | 'look-alike'
  | 'mixed-script'
  | 'international'
  | 'name-address'
  | 'reply-elsewhere'
  | 'first-time';
/** `value` is what the sentence names: an address or a domain */
export type Warning = { kind: WarningKind; value: string };

export type Judged = {
  from: readonly Person[];
  replyTo: readonly Person[];
  authentication: Authentication | null;
  isMailingList: boolean;
  /** Written by the reader herself */
  isOwn: boolean;
  /** The reader wrote to this address before, or has it in the address book */
  isKnown: boolean;
  /** Domains of this server */
  ownDomains: readonly string[];
  /** Domains the reader writes to */
  knownDomains: readonly string[];
};

/** The gravest first. */
export function findWarnings(judged: Judged): Warning[] {
  const sender = judged.from[0];
  if (!sender || judged.isOwn) return [];
  const domain = domainOf(sender.address);
  const warnings: Warning[] = [];
  const add = (kind: WarningKind, value: string) => warnings.push({ kind, value });
  const { authentication, ownDomains } = judged;
  const isProven = authentication?.dmarc.outcome === 'pass';
  if (authentication && !isProven && ownDomains.includes(domain)) add('own-spoofed', domain);
  else if (authentication?.dmarc.outcome === 'fail') add('failed', domain);
  const imitated = judged.isKnown
    ? null
    : findImitated(domain, new Set([...ownDomains, ...judged.knownDomains]));
  if (imitated && !judged.knownDomains.includes(domain)) add('look-alike', imitated);
  if (isMixedScript(domain)) add('mixed-script', domain);
  else if (isInternational(domain) && !judged.isKnown) add('international', domain);
  const named = addressInName(sender);
  if (named) add('name-address', named);
  const elsewhere = replyElsewhere(judged, domain);
  if (elsewhere) add('reply-elsewhere', elsewhere);
  if (!judged.isKnown && !judged.isMailingList) add('first-time', sender.address);
  return warnings;
}

/** An address in the name that is not the sender's: what many programs show instead of it. */
function addressInName({ name, address }: Person): string | null {
  const found = /[^\s<>"'(),;:]{1,64}@[a-z0-9\u0080-\uffff.-]{1,253}\.[a-z\u0080-\uffff]{2,}/i.exec(
    name.normalize('NFKC'),
  )?.[0];
  return found && found.toLowerCase() !== address.toLowerCase() ? found : null;
}

function replyElsewhere({ replyTo, isMailingList }: Judged, domain: string): string | null {
  if (isMailingList) return null;
  const other = replyTo.find(({ address }) => mainDomain(domainOf(address)) !== mainDomain(domain));
  return other && domain !== '' ? other.address : null;
}

function domainOf(address: string): string {
  return address.slice(address.lastIndexOf('@') + 1).toLowerCase();
}
