// Making, changing and deleting many users from lines (import/batch.ts): first as a rehearsal that says line by line what
// would happen, then in earnest, each user by the function that does it to one.
import { randomInt } from 'node:crypto';
import { db } from '../db.ts';
import { isRefusal, Refusal } from '../errors.ts';
import {
  type Account,
  addAccount,
  findAccount,
  type NewAccount,
  setPassword,
  updateAccount,
} from './account.ts';
import { deleteAccount } from './deleted-account.ts';
import { type BatchEntry, parseBatch } from './import/batch.ts';
import { requireLimit } from './limit.ts';
import { requireGoodPassword } from './password-policy.ts';
import { requireShare } from './share.ts';
import { requireDomainOf, requireDomainOfAddress, requireUserOf, type Staff } from './staff.ts';

export type BatchLine = {
  line: number;
  address: string;
  outcome: 'add' | 'change' | 'delete' | 'refused';
  /** What is wrong with it */
  text: string;
  /** One that was made up; told this once */
  password?: string;
};

export type BatchInput = {
  text: string;
  /** Of names without one; empty = none */
  domain: string;
  /** Those who are made must choose another password at their first sign-in to the web. */
  mustChange: boolean;
  isRehearsal: boolean;
};

/** Hashing a password takes a moment; more at once wait for one another. */
const atOnce = 8;

/** What happens to each line, in their order. Refusal 'not-found' (the domain). */
export async function runBatch(staff: Staff, input: BatchInput): Promise<BatchLine[]> {
  const domain = input.domain && (await requireDomainOf(staff, input.domain)).name;
  const { entries, problems } = parseBatch(input.text, domain);
  const lines: BatchLine[] = problems.map(({ line, reason }) => {
    return { line, address: '', outcome: 'refused', text: reason };
  });
  const seen = new Set<string>();
  const twice = entries.filter(({ address }) => seen.size === seen.add(address).size);
  const isTwice = new Set<BatchEntry>(twice);
  for (let start = 0; start < entries.length; start += atOnce) {
    const part = entries.slice(start, start + atOnce);
    const done = part.map(async (entry): Promise<BatchLine> => {
      const { line, address } = entry;
      try {
        if (isTwice.has(entry)) throw new Refusal('exists', 'This address stands above already.');
        return { line, address, text: '', ...(await runOne(staff, entry, input)) };
      } catch (error) {
        if (!isRefusal(error)) throw error;
        return { line, address, outcome: 'refused', text: error.message };
      }
    });
    lines.push(...(await Promise.all(done)));
  }
  return lines.sort((one, other) => one.line - other.line);
}

type Done = Pick<BatchLine, 'outcome' | 'password'>;

async function runOne(staff: Staff, entry: BatchEntry, input: BatchInput): Promise<Done> {
  const domain = await requireDomainOfAddress(staff, entry.address);
  const { displayName, quotaBytes } = entry;
  requireLimit(quotaBytes, 'quotaBytes');
  const known = await findAccount(entry.address);
  await requireShare(staff, domain, { quotaBytes }, known ?? undefined);
  if (typeof entry.password === 'string') {
    await requireGoodPassword(entry.password, { address: entry.address, displayName });
  }
  if (entry.do === 'create' || (entry.do === 'keep' && !known)) {
    if (known) throw new Refusal('exists', `${entry.address} is here already.`);
    return create(staff, entry, input);
  }
  if (!known) throw new Refusal('not-found', `There is no user ${entry.address} here.`);
  const account = await requireUserOf(staff, known.id);
  if (account.deletedAt) throw new Refusal('conflict', `${account.address} is deleted.`);
  if (account.kind !== 'person') throw new Refusal('forbidden', 'This is a shared mailbox.');
  if (entry.do === 'delete') {
    if (account.id === staff.id) throw new Refusal('forbidden', 'This is yourself.');
    if (!input.isRehearsal) await deleteAccount(account.id, staff.address);
    return { outcome: 'delete' };
  }
  if (!input.isRehearsal) await change(account, entry, staff);
  return { outcome: 'change' };
}

async function create(
  staff: Staff,
  { address, displayName, quotaBytes, ...entry }: BatchEntry,
  { isRehearsal, mustChange }: BatchInput,
): Promise<Done> {
  if (await db.alias.findUnique({ where: { address } })) {
    throw new Refusal('exists', `${address} is an alias already.`);
  }
  if (isRehearsal) return { outcome: 'add' };
  const madeUp = entry.password === undefined ? makePassword() : undefined;
  const password: NewAccount['password'] = entry.password ?? madeUp ?? { stored: null };
  const user = { address, displayName, quotaBytes, password };
  const mustChangeIt = mustChange || madeUp !== undefined || undefined;
  await addAccount({ ...user, mustChange: mustChangeIt }, staff.address);
  return { outcome: 'add', password: madeUp };
}

async function change(account: Account, entry: BatchEntry, staff: Staff): Promise<void> {
  const { displayName, quotaBytes, password } = entry;
  if (displayName !== undefined || quotaBytes !== undefined) {
    await updateAccount(account.id, { displayName, quotaBytes }, staff.address);
  }
  if (password !== undefined) await setPassword(account.id, password, staff.address);
}

/** Without what looks alike; 14 of 32: 70 bits. */
const letters = 'abcdefghjkmnpqrstuvwxyz23456789-';

function makePassword(): string {
  return Array.from({ length: 14 }, () => letters[randomInt(letters.length - 1)]).join('');
}
