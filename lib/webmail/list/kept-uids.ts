// Lists of UIDs that a search or an order gave, kept for a while: the next rows of the same list cost one FETCH and no
// second search. Bounded by number a user, by bytes in all, and by time. Lives on globalThis because Next loads this
// module once per route bundle.

export type KeptUids = {
  uids: Uint32Array;
  /** What the mailbox was like: UIDVALIDITY and HIGHESTMODSEQ (RFC 7162) */
  state: string;
};
type Entry = KeptUids & { accountId: string; usedAt: number };

const mostOfUser = 4;
const mostBytes = 48 * 1024 * 1024;
const keptMs = 5 * 60_000;

const shared = globalThis as { dreyKeptUids?: Map<string, Entry> };

/** A list kept under `key`, or null. */
export function recallUids(accountId: string, key: string, now = Date.now()): KeptUids | null {
  const entries = keptEntries();
  const id = `${accountId} ${key}`;
  const entry = entries.get(id);
  if (!entry) return null;
  entries.delete(id);
  if (now - entry.usedAt > keptMs) return null;
  entries.set(id, { ...entry, usedAt: now });
  return entry;
}

/** Keeps a list, and drops what is old or too much. */
export function keepUids(accountId: string, key: string, kept: KeptUids, now = Date.now()): void {
  const entries = keptEntries();
  const id = `${accountId} ${key}`;
  entries.delete(id);
  entries.set(id, { ...kept, accountId, usedAt: now });
  let bytes = 0;
  let own = 0;
  // From the newest on: what does not fit any more is the oldest.
  for (const [each, entry] of [...entries].reverse()) {
    bytes += entry.uids.byteLength;
    if (entry.accountId === accountId) own++;
    const isTooMuch = bytes > mostBytes || (entry.accountId === accountId && own > mostOfUser);
    if (isTooMuch || now - entry.usedAt > keptMs) {
      bytes -= entry.uids.byteLength;
      entries.delete(each);
    }
  }
}

function keptEntries(): Map<string, Entry> {
  shared.dreyKeptUids ??= new Map();
  return shared.dreyKeptUids;
}
