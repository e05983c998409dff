// Entries of a domain's directory that administrators keep: people outside, offices, whoever has no mailbox here.
import { requireAddress } from '../accounts/address.ts';
import { requireDomain } from '../accounts/domain.ts';
import { now } from '../clock.ts';
import { db, isUniqueViolation } from '../db.ts';
import { Refusal } from '../errors.ts';
import { type Recorded, revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { recordChangeIn } from '../trail/change.ts';
import { cleanLine } from './clean.ts';
import { forgetDirectory } from './directory.ts';

export type DirectoryEntry = {
  id: string;
  /** Whose directory it stands in */
  domain: string;
  name: string;
  /** Canonical */
  address: string;
  organization: string;
  phone: string;
  note: string;
};
export type EntryInput = {
  name: string;
  address: string;
  organization?: string;
  phone?: string;
  note?: string;
};

const maxEntries = 20_000;

/** Key: its id. */
export const recordedDirectoryEntry: Recorded = {
  kind: 'directory entry',
  read: async (tx, id) => {
    const row = await tx.directoryEntry.findUnique({ where: { id } });
    const domain = row && (await tx.domain.findUnique({ where: { id: row.domainId } }));
    return domain && toEntryFields(row, domain.name);
  },
  describe: (_id, { address, domain }) => `directory entry ${address} of ${domain}`,
};

/** Of its row and the name of its domain. */
export function toEntryFields(row: Required<EntryInput>, domain: string) {
  const { address, name, organization, phone, note } = row;
  return { domain, address, name, organization, phone, note };
}

/** Adds an entry to a domain's directory. Refusal 'invalid', 'not-found' (domain), 'exists', 'limit'. */
export async function addDirectoryEntry(
  domainName: string,
  input: EntryInput,
  by: string,
): Promise<string> {
  const domain = await requireDomain(domainName);
  const fields = checkEntry(input);
  const id = newId();
  await store(domain.id, fields.address, () =>
    revise(by, recordedDirectoryEntry, id, async (tx) => {
      if ((await tx.directoryEntry.count({ where: { domainId: domain.id } })) >= maxEntries) {
        throw new Refusal('limit', `At most ${maxEntries} entries.`);
      }
      await tx.directoryEntry.create({
        data: { id, domainId: domain.id, createdAt: now(), ...fields },
      });
      await recordChangeIn(tx, by, `directory of ${domain.name}`, `${fields.address} added`);
    }),
  );
  return id;
}

/** Changes the fields given. Refusal 'invalid', 'not-found', 'exists'. */
export async function updateDirectoryEntry(
  id: string,
  change: Partial<EntryInput>,
  by: string,
): Promise<void> {
  const known = await db.directoryEntry.findUnique({ where: { id } });
  if (!known) throw missing();
  const fields = checkEntry({ ...known, ...change });
  await store(known.domainId, fields.address, () =>
    revise(by, recordedDirectoryEntry, id, async (tx) => {
      await tx.directoryEntry.updateMany({ where: { id }, data: fields });
      await recordChangeIn(tx, by, 'directory', `${known.address} changed`);
    }),
  );
}

/** Removes an entry. Refusal 'not-found'. */
export async function removeDirectoryEntry(id: string, by: string): Promise<void> {
  const known = await db.directoryEntry.findUnique({ where: { id } });
  if (!known) throw missing();
  await revise(by, recordedDirectoryEntry, id, async (tx) => {
    await tx.directoryEntry.deleteMany({ where: { id } });
    await recordChangeIn(tx, by, 'directory', `${known.address} removed`);
  });
  forgetDirectory(known.domainId);
}

/** Refusal 'not-found'. */
export async function readDirectoryEntry(id: string): Promise<DirectoryEntry> {
  const row = await db.directoryEntry.findUnique({ where: { id } });
  const domain = row && (await db.domain.findUnique({ where: { id: row.domainId } }));
  if (!domain) throw missing();
  const { name, address, organization, phone, note } = row;
  return { id, domain: domain.name, name, address, organization, phone, note };
}

/** The entry of that address in a domain. Refusal 'not-found'. */
export async function requireDirectoryEntry(
  domainName: string,
  address: string,
): Promise<{ id: string }> {
  const domain = await requireDomain(domainName);
  const row = await db.directoryEntry.findUnique({
    where: { domainId_address: { domainId: domain.id, address: requireAddress(address) } },
  });
  if (!row) throw missing();
  return { id: row.id };
}

function checkEntry(input: EntryInput): Omit<DirectoryEntry, 'id' | 'domain'> {
  return {
    name: cleanLine(input.name, 200),
    address: requireAddress(input.address),
    organization: cleanLine(input.organization ?? '', 200),
    phone: cleanLine(input.phone ?? '', 60),
    note: cleanLine(input.note ?? '', 500),
  };
}

async function store(
  domainId: string,
  address: string,
  change: () => Promise<void>,
): Promise<void> {
  try {
    await change();
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    throw new Refusal('exists', `${address} is in this directory already.`, 'address');
  } finally {
    forgetDirectory(domainId);
  }
}

function missing(): Refusal {
  return new Refusal('not-found', 'There is no such entry.');
}
