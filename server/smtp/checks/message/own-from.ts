// Submission: every address that readers see as the author belongs to the login too (RFC 6409 §6.1, §8.1).
import { maySendAs } from '#lib/accounts/route.ts';
import { db } from '#lib/db.ts';
import {
  findAddressLikes,
  joinAddress,
  parseAddressList,
  splitAddress,
  toAsciiDomain,
} from '#lib/mail/address.ts';
import { findFields, type HeaderField, readRawText } from '#lib/mail/header.ts';
import { pass, refuse } from '../../verdict.ts';
import type { Check } from '../stages.ts';

/** More authors than anybody has; each costs a look into the database. */
const maxAuthors = 50;
/** Room for all of them with their names. What a parser would not read to its end must not pass unread. */
const maxFieldLength = 32 * 1024;

const authorFields = ['from', 'sender', 'resent-from', 'resent-sender'];
const tooLong = refuse('bad-from', 'The From field is too long');

export const ownFrom: Check<'data'> = {
  name: 'own-from',
  title: 'From belongs to the user',
  async run({ client, settings, fields }) {
    if (!client.isSubmission) return pass;
    const from = findFields(fields, 'from');
    // RFC 5322 §3.6: exactly one. Readers disagree on which of several they show.
    if (from.length > 1) return refuse('bad-from', 'The message has more than one From field');
    const written = authorFields.flatMap((name) => findFields(fields, name));
    if (written.some((field) => field.rawValue.length > maxFieldLength)) return tooLong;
    if (from[0] && listAuthors(from[0]).length === 0) {
      return refuse('bad-from', 'The From field has no address');
    }
    const authors = new Set(written.flatMap(listAuthors));
    if (authors.size > maxAuthors) return tooLong;
    const delimiter = settings['smtp.recipientDelimiter'];
    const kept = await listKeptAuthors(fields);
    for (const address of authors) {
      if (kept.has(address)) continue;
      if (!client.account || !(await maySendAs(client.account.id, address, delimiter))) {
        return refuse('from-not-owned', 'An address in From or Sender is not yours');
      }
    }
    return pass;
  },
};

/**
 * RFC 5322 §3.6.6: what is sent on unchanged keeps its author; who sends it on stands in Resent-From, which is looked at
 * as any author is. Only authors of other domains: a colleague's name would be too good a disguise, and so would
 * one below a domain of ours.
 */
async function listKeptAuthors(fields: HeaderField[]): Promise<ReadonlySet<string>> {
  const kept = new Set<string>();
  const resent = findFields(fields, 'resent-from').flatMap(listAuthors);
  if (resent.length === 0) return kept;
  const written = ['from', 'sender'].flatMap((name) => findFields(fields, name));
  for (const address of new Set(written.flatMap(listAuthors))) {
    const domain = toAsciiDomain(splitAddress(address).domain);
    // What is no domain to us might be one to a reader.
    if (domain === null || resent.includes(address)) continue;
    if (!(await isWithinOurs(domain))) kept.add(address);
  }
  return kept;
}

/** Whether the domain or one above it is ours. */
async function isWithinOurs(domain: string): Promise<boolean> {
  const labels = domain.split('.');
  const names = labels.map((_, first) => labels.slice(first).join('.'));
  return (await db.domain.count({ where: { name: { in: names } } })) > 0;
}

/** What our parser takes for the addresses, and what another one might. */
function listAuthors(field: HeaderField): string[] {
  const text = readRawText(field.rawValue);
  const parsed = parseAddressList(text).map(({ local, domain }) => joinAddress(local, domain));
  return [...parsed, ...findAddressLikes(text)];
}
