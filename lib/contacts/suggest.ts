// Recipients to suggest while one is typed: the personal book and its groups, whom the account wrote to, the
// directory of the domain, and the LDAP server where there is one. What is used often and lately stands first.
import type { Account } from '../accounts/account.ts';
import { now } from '../clock.ts';
import { readBook } from './book.ts';
import { listCorrespondents } from './correspondent.ts';
import { listSeen } from './directory.ts';
import { foldText, foldWords, rankWord } from './fold.ts';
import { searchLdap } from './ldap-search.ts';

export type Suggestion = {
  kind: 'contact' | 'group' | 'correspondent' | 'directory';
  /** Of a person may be empty, of a group never */
  name: string;
  /** Canonical; empty for a group */
  address: string;
  /** Of a group its members, at most 200; else empty */
  people: { name: string; address: string }[];
};
type Asker = Pick<Account, 'id' | 'address' | 'domainId'>;
type Scored = { suggestion: Suggestion; score: number };

const maxSuggestions = 15;
const maxMembers = 200;
/** Nobody waits for the LDAP server longer than that at a key. */
const ldapWaitMs = 250;
const dayMs = 24 * 3600_000;

/** At most 15, the likeliest first; for empty text whom the account wrote to lately. Text beyond 200 letters is not read. */
export async function suggestRecipients(account: Asker, text: string): Promise<Suggestion[]> {
  const words = foldWords(text.slice(0, 200));
  const usage = await readUsage(account.id);
  const found = new Map<string, Scored>();
  const add = (suggestion: Suggestion, folded: string, bonus: number) => {
    const rank = rankWords(folded, words);
    if (rank === 0) return;
    const { kind, name, address } = suggestion;
    const key = kind === 'group' ? `group ${name}` : address;
    const score = rank + bonus + (usage.get(address)?.score ?? 0);
    const known = found.get(key);
    if (!known) found.set(key, { suggestion, score });
    else {
      known.score = Math.max(known.score, score);
      known.suggestion.name ||= name;
    }
  };
  if (words.length > 0) {
    await addBook(account.id, add);
    await addDirectory(account, text, words, add);
  }
  for (const [address, { name, folded }] of usage) {
    add({ kind: 'correspondent', name, address, people: [] }, folded, 0);
  }
  return [...found.values()]
    .sort((one, other) => other.score - one.score)
    .slice(0, maxSuggestions)
    .map(({ suggestion }) => suggestion);
}

type Add = (suggestion: Suggestion, folded: string, bonus: number) => void;

async function addBook(accountId: string, add: Add): Promise<void> {
  const { entries, byId, groups } = await readBook(accountId);
  for (const { name, addresses, text } of entries) {
    for (const [position, address] of addresses.entries()) {
      add({ kind: 'contact', name, address, people: [] }, text, 1 - Math.min(position, 5) / 10);
    }
  }
  for (const { name, text, contactIds } of groups) {
    const people = contactIds
      .flatMap((id) => {
        const entry = byId.get(id);
        return entry?.addresses[0] ? [{ name: entry.name, address: entry.addresses[0] }] : [];
      })
      .slice(0, maxMembers);
    if (people.length > 0) add({ kind: 'group', name, address: '', people }, text, 1.5);
  }
}

async function addDirectory(
  account: Asker,
  text: string,
  words: string[],
  add: Add,
): Promise<void> {
  const [own, ldap] = await Promise.all([
    listSeen(account),
    searchLdap(text, maxSuggestions, ldapWaitMs),
  ]);
  for (const { name, address, text: folded } of own) {
    if (address === account.address) continue;
    add({ kind: 'directory', name, address, people: [] }, folded, 0.5);
  }
  for (const { name, address } of ldap) {
    // The server has compared in its own way already.
    const folded = `${foldText(`${name} ${address}`)} ${words.join(' ')}`;
    add({ kind: 'directory', name, address, people: [] }, folded, 0);
  }
}

/** The worst of the words, since each must fit; the beginning of the text counts most. */
function rankWords(folded: string, words: string[]): number {
  let sum = 0;
  for (const word of words) {
    const rank = rankWord(folded, word);
    if (rank === 0) return 0;
    sum += rank;
  }
  return words.length === 0 ? 1 : sum / words.length;
}

type Usage = { name: string; folded: string; score: number };

/** How much each address is written to: often counts, lately counts more (half after 60 days). */
async function readUsage(accountId: string): Promise<Map<string, Usage>> {
  const today = now().getTime();
  const usage = new Map<string, Usage>();
  for (const { address, name, count, lastAt } of await listCorrespondents(accountId)) {
    const days = Math.max(0, today - lastAt.getTime()) / dayMs;
    const score = (1 + Math.log2(1 + count)) * 0.5 ** (days / 60);
    usage.set(address, { name, folded: foldText(`${name} ${address}`), score });
  }
  return usage;
}
