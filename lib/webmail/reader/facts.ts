// What the header of a message and the reader's own books say about its sender: proofs, warnings, the list it comes from,
// whether a receipt is asked for, whether its pictures may load.
import { listOwnAddresses } from '../../accounts/route.ts';
import { db } from '../../db.ts';
import { canonicalAddress } from '../../mail/address.ts';
import { type HeaderField, readFieldText } from '../../mail/header.ts';
import { type Preferences, readPreferences } from '../../preferences/index.ts';
import { serverHostname } from '../../settings/index.ts';
import { cleanLine, type Person } from '../list/message-list.ts';
import { type Authentication, readAuthentication } from './authentication.ts';
import { type ListCommands, readListCommands } from './list-commands.ts';
import { readReceiptRequest } from './receipt.ts';
import { isTrustedSender } from './trusted-senders.ts';
import { findWarnings, type Warning } from './warnings.ts';

export type MessageFacts = {
  /** Written by the account itself */
  isOwn: boolean;
  /** What our server found at its arrival; null for what did not come from outside */
  authentication: Authentication | null;
  warnings: Warning[];
  list: ListCommands | null;
  /** Who asks to be told that it was read; `isAgreed`: the options say yes already */
  receipt: { to: string; isAgreed: boolean } | null;
  /** The program that wrote it, or '' */
  mailer: string;
  images: {
    /** They load without asking */
    mayLoad: boolean;
    /** The sender is proven, so that one may trust it from now on */
    mayTrust: boolean;
    isTrusted: boolean;
  };
};

export type About = {
  from: Person[];
  replyTo: Person[];
  fields: HeaderField[];
  keywords: ReadonlySet<string>;
};

type Habits = Pick<Preferences, 'reading.images' | 'reading.receipts'>;

/** The facts of a message of the account. */
export async function readFacts(accountId: string, about: About): Promise<MessageFacts> {
  const { from, replyTo, fields } = about;
  const address = canonicalAddress(from[0]?.address ?? '') ?? '';
  const [own, hostname, habits, isContact, isTrusted, known, domains] = await Promise.all([
    listOwnAddresses(accountId),
    serverHostname(),
    readPreferences(accountId),
    isInBook(accountId, address),
    isTrustedSender(accountId, address),
    listKnown(accountId),
    db.domain.findMany({ select: { name: true }, take: 500 }),
  ]);
  const authentication = readAuthentication(fields, hostname);
  // A forged message claims to be one's own, too: what came from outside is own only where that is proven.
  const claimsOwn = own.some((each) => each === address);
  const isOwn = claimsOwn && (authentication === null || authentication.dmarc.outcome === 'pass');
  const list = readListCommands(fields, authentication?.signedBy ?? []);
  const isProven = authentication?.dmarc.outcome === 'pass';
  const isKnown = isContact || known.addresses.has(address);
  return {
    isOwn,
    authentication,
    list,
    warnings: findWarnings({
      from,
      replyTo,
      authentication,
      isMailingList: list !== null,
      isOwn,
      isKnown,
      ownDomains: domains.map(({ name }) => name),
      knownDomains: known.domains,
    }),
    receipt: isOwn ? null : receiptOf(fields, about.keywords, habits, isContact),
    mailer: cleanLine(
      readFieldText(fields, 'x-mailer') || readFieldText(fields, 'user-agent'),
    ).slice(0, 200),
    images: {
      mayLoad: isOwn || mayLoadImages(habits['reading.images'], { isProven, isTrusted, isContact }),
      mayTrust: isProven && address !== '' && !isOwn,
      isTrusted,
    },
  };
}

/** A name in From proves nothing: only a sender who passed DMARC is the one that is trusted. */
export function mayLoadImages(
  policy: Preferences['reading.images'],
  sender: { isProven: boolean; isTrusted: boolean; isContact: boolean },
): boolean {
  if (policy === 'always') return true;
  if (policy === 'never' || !sender.isProven) return false;
  return sender.isTrusted || (policy === 'contacts' && sender.isContact);
}

function receiptOf(
  fields: HeaderField[],
  keywords: ReadonlySet<string>,
  habits: Habits,
  isContact: boolean,
): MessageFacts['receipt'] {
  const policy = habits['reading.receipts'];
  const request =
    policy === 'never' || keywords.has('$MDNSent') ? null : readReceiptRequest(fields);
  if (!request) return null;
  const isAgreed = policy === 'always' || (policy === 'contacts' && isContact);
  return { to: request.to, isAgreed: isAgreed && !request.isOdd };
}

async function isInBook(accountId: string, address: string): Promise<boolean> {
  if (address === '') return false;
  return (await db.contactAddress.findFirst({ where: { accountId, address } })) !== null;
}

/** Whom the account wrote to, the latest thousand. */
async function listKnown(
  accountId: string,
): Promise<{ addresses: Set<string>; domains: string[] }> {
  const rows = await db.correspondent.findMany({
    where: { accountId },
    orderBy: { lastAt: 'desc' },
    take: 1000,
    select: { address: true },
  });
  const addresses = new Set(rows.map(({ address }) => address));
  const domains = new Set([...addresses].map((each) => each.slice(each.lastIndexOf('@') + 1)));
  return { addresses, domains: [...domains] };
}
