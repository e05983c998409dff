// The names and addresses an account writes under. An address of one's own without a stored identity is one too, so
// that nobody must set one up first; wildcard addresses have none until somebody wrote to one of them.

import { listOwnAddresses, maySendAs } from '../../accounts/route.ts';
import { now } from '../../clock.ts';
import { db, write } from '../../db.ts';
import { Refusal } from '../../errors.ts';
import { newId } from '../../id.ts';
import { canonicalAddress } from '../../mail/address.ts';
import { safeHeaderText } from '../../mail/header.ts';
import { readSetting } from '../../settings/index.ts';
import { cleanOutgoing } from './outgoing-html.ts';

export type Identity = {
  /** Empty where nothing is stored for the address */
  id: string;
  name: string;
  address: string;
  replyTo: string;
  bcc: string;
  organization: string;
  signature: string;
  /** Cleaned; empty = the plain one */
  signatureHtml: string;
};
export type IdentityInput = Omit<Identity, 'id'>;
type Owner = { id: string; address: string; displayName: string };

const maxIdentities = 50;
const maxSignature = 20_000;

/** Everything the account writes as: stored identities in their order, then the other addresses; never empty. */
export async function listIdentities(account: Owner): Promise<Identity[]> {
  const addresses = await listOwnNames(account);
  const stored = await listStored(account.id);
  const named = new Set(stored.map(({ address }) => address));
  const others = addresses.filter((address) => !named.has(address));
  return [...stored, ...others.map((address) => plainIdentity(account, address))];
}

/** Stored identities alone, in their order. */
export async function listStored(accountId: string): Promise<Identity[]> {
  const rows = await db.identity.findMany({
    where: { accountId },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    take: maxIdentities,
    omit: { accountId: true, createdAt: true, position: true },
  });
  return rows;
}

/** Addresses the account sends with that are whole addresses, its main one first. */
export async function listOwnNames(account: Owner): Promise<string[]> {
  const own = (await listOwnAddresses(account.id)).filter((each) => !/[*]|^@/.test(each));
  return [account.address, ...own.filter((each) => each !== account.address)];
}

function plainIdentity(account: Owner, address: string): Identity {
  const empty = { replyTo: '', bcc: '', organization: '', signature: '', signatureHtml: '' };
  return { id: '', name: account.displayName, address, ...empty };
}

/** Whether the account may write as `address`: also a detail or a wildcard of one's own. */
export async function mayWriteAs(account: Owner, address: string): Promise<boolean> {
  return maySendAs(account.id, address, await readSetting('smtp.recipientDelimiter'));
}

/**
 * The identity and address of a message. Refusal 'forbidden' where the address is not one's own. `id` may be empty
 * or that of an identity that is gone.
 */
export async function findIdentity(account: Owner, id: string, from: string): Promise<Identity> {
  const address = canonicalAddress(from) ?? account.address;
  const all = await listIdentities(account);
  const exact = all.find((each) => each.id === id && each.address === address);
  if (exact) return exact;
  const isOwn =
    all.some((each) => each.address === address) || (await mayWriteAs(account, address));
  if (!isOwn) throw new Refusal('forbidden', 'You may not send from this address.', 'from');
  const known = all.find((each) => each.id !== '' && each.id === id);
  const same = all.find((each) => each.address === address);
  return { ...(known ?? same ?? all[0]!), address };
}

/** Stores an identity. Refusal 'invalid', 'forbidden' for an address that is not one's own, 'limit' beyond 50. */
export async function addIdentity(account: Owner, input: Partial<IdentityInput>): Promise<string> {
  const values = await checkIdentity(account, input);
  const id = newId();
  await write(async (tx) => {
    const count = await tx.identity.count({ where: { accountId: account.id } });
    if (count >= maxIdentities) throw new Refusal('limit', `At most ${maxIdentities} identities.`);
    await tx.identity.create({
      data: { accountId: account.id, id, position: count, createdAt: now(), ...values },
    });
  });
  return id;
}

/** Changes an identity. Refusal as addIdentity(), 'not-found' for another account's. */
export async function updateIdentity(
  account: Owner,
  id: string,
  input: Partial<IdentityInput>,
): Promise<void> {
  const data = await checkIdentity(account, input);
  await write(async (tx) => {
    const { count } = await tx.identity.updateMany({ where: { accountId: account.id, id }, data });
    if (count === 0) throw missing();
  });
}

/** Removes an identity. Refusal 'not-found'. */
export async function removeIdentity(accountId: string, id: string): Promise<void> {
  await write(async (tx) => {
    const { count } = await tx.identity.deleteMany({ where: { accountId, id } });
    if (count === 0) throw missing();
    await renumber(tx, accountId, null);
  });
}

/** Makes an identity the first, which new mail begins with. Refusal 'not-found'. */
export async function putIdentityFirst(accountId: string, id: string): Promise<void> {
  await write((tx) => renumber(tx, accountId, id));
}

async function renumber(
  tx: Parameters<Parameters<typeof write>[0]>[0],
  accountId: string,
  first: string | null,
): Promise<void> {
  const rows = await tx.identity.findMany({
    where: { accountId },
    orderBy: [{ position: 'asc' }, { id: 'asc' }],
    select: { id: true },
  });
  if (first !== null && !rows.some(({ id }) => id === first)) throw missing();
  const ids = rows.map(({ id }) => id);
  const sorted = first === null ? ids : [first, ...ids.filter((id) => id !== first)];
  for (const [position, id] of sorted.entries()) {
    await tx.identity.update({ where: { accountId_id: { accountId, id } }, data: { position } });
  }
}

function missing(): Refusal {
  return new Refusal('not-found', 'This identity does not exist.');
}

async function checkIdentity(
  account: Owner,
  input: Partial<IdentityInput>,
): Promise<IdentityInput> {
  const address = canonicalAddress(input.address ?? '');
  if (!address) throw new Refusal('invalid', 'This is not an address.', 'address');
  const isOwn = (await listOwnNames(account)).includes(address);
  if (!isOwn && !(await mayWriteAs(account, address))) {
    throw new Refusal('forbidden', 'You may not send from this address.', 'address');
  }
  const signature = (input.signature ?? '').replace(/\r\n?/g, '\n').toWellFormed();
  const html = input.signatureHtml ?? '';
  if (signature.length > maxSignature || html.length > maxSignature) {
    throw new Refusal('too-big', 'The signature is too long.', 'signature');
  }
  return {
    name: safeHeaderText(input.name ?? '').slice(0, 200),
    address,
    replyTo: checkOptional(input.replyTo, 'replyTo'),
    bcc: checkOptional(input.bcc, 'bcc'),
    organization: safeHeaderText(input.organization ?? '').slice(0, 200),
    signature,
    signatureHtml: cleanOutgoing(html, { resolveImage: keepRemote }),
  };
}

function keepRemote(url: string): string | null {
  return /^https?:\/\//i.test(url) ? url : null;
}

function checkOptional(text: string | undefined, field: string): string {
  const wanted = (text ?? '').trim();
  if (wanted === '') return '';
  const address = canonicalAddress(wanted);
  if (!address) throw new Refusal('invalid', 'This is not an address.', field);
  return address;
}
