// Greylisting (RFC 6647): an unknown network with an unknown sender is asked to come again. Whoever did so
// once is not asked again for the same sender domain, whatever the recipient.
import { createHash } from 'node:crypto';
import { isIPv6 } from 'node:net';
import { limitKey } from '#lib/accounts/network.ts';
import { fromNow, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { splitAddress } from '#lib/mail/address.ts';
import { readSetting, type Settings } from '#lib/settings/index.ts';
import type { Client } from '../../session.ts';
import { passed, refuse, type Verdict } from '../../verdict.ts';
import { isOffice } from '../once.ts';
import type { Check } from '../stages.ts';

/** How fresh the note of the last mail must be to be left as it is: one row written a day, not one a mail. */
const noteEveryMs = 86_400_000;
const rowsPerDelete = 1000;

type Row = { id: string; firstAt: Date; lastAt: Date; passes: number };

export const greylisting: Check<'rcpt'> = {
  name: 'greylisting',
  title: 'Greylisting',
  audience: 'strangers',
  isOn: (settings) => settings['checks.greylisting'],
  settings: [
    'checks.greylisting',
    'checks.greylistSeconds',
    'checks.greylistHours',
    'checks.greylistDays',
  ],
  async run({ client, settings, transaction, recipient }) {
    if (isOffice(recipient)) return passed('always reachable');
    const network = networkOf(client.remote);
    const domain = splitAddress(transaction.sender).domain;
    const known = keyOf('c', [network, domain]);
    const triplet = keyOf('t', [network, transaction.sender.toLowerCase(), recipient ?? '']);
    const rows = await db.greylist.findMany({ where: { id: { in: [known, triplet] } } });
    const row = (id: string) => rows.find((each) => each.id === id);
    return judge(client, settings, { known, triplet }, row(known), row(triplet));
  },
};

async function judge(
  client: Client,
  settings: Settings,
  keys: { known: string; triplet: string },
  known: Row | undefined,
  first: Row | undefined,
): Promise<Verdict> {
  const at = now();
  const since = (ms: number) => new Date(at.getTime() - ms);
  const isKept = client.isRehearsal;
  if (known && known.lastAt > since(settings['checks.greylistDays'] * 86_400_000)) {
    if (!isKept && known.lastAt < since(noteEveryMs)) await note(keys.known, known.firstAt);
    return passed('came back before');
  }
  const waitMs = settings['checks.greylistSeconds'] * 1000;
  const isAwaited = first && first.firstAt > since(settings['checks.greylistHours'] * 3_600_000);
  if (!isAwaited) {
    if (!isKept) await begin(keys.triplet);
    return comeAgain(waitMs);
  }
  const leftMs = first.firstAt.getTime() + waitMs - at.getTime();
  if (leftMs > 0) return comeAgain(leftMs);
  if (!isKept) await note(keys.known, at);
  return passed(`came back after ${Math.round((at.getTime() - first.firstAt.getTime()) / 1000)} s`);
}

function comeAgain(leftMs: number): Verdict {
  const seconds = Math.max(1, Math.ceil(leftMs / 1000));
  const text = `Greylisted, try again in ${seconds} second${seconds === 1 ? '' : 's'}`;
  return refuse('greylisted', text, `${seconds} s to wait`);
}

async function begin(id: string): Promise<void> {
  const fresh = { firstAt: now(), lastAt: now(), passes: 0 };
  await write((tx) =>
    tx.greylist.upsert({ where: { id }, create: { id, ...fresh }, update: fresh }),
  );
}

async function note(id: string, firstAt: Date): Promise<void> {
  const lastAt = now();
  await write((tx) =>
    tx.greylist.upsert({
      where: { id },
      create: { id, firstAt, lastAt, passes: 1 },
      update: { lastAt, passes: { increment: 1 } },
    }),
  );
}

/** Large senders come back from a neighbouring address. */
function networkOf(address: string): string {
  return isIPv6(address) ? limitKey(address) : address.split('.').slice(0, 3).join('.');
}

function keyOf(kind: 't' | 'c', parts: string[]): string {
  const digest = createHash('sha256').update(parts.join('\0')).digest('hex').slice(0, 32);
  return `${kind}:${digest}`;
}

/** Removes who waits in vain or was not seen for long; returns how many rows. */
export async function removeGreylisted(): Promise<{ greylisted: number }> {
  const hours = await readSetting('checks.greylistHours');
  const days = await readSetting('checks.greylistDays');
  const where = {
    OR: [
      { passes: 0, lastAt: { lt: fromNow(-hours * 3_600_000) } },
      { lastAt: { lt: fromNow(-days * 86_400_000) } },
    ],
  };
  for (let greylisted = 0; ; ) {
    const rows = await db.greylist.findMany({ where, take: rowsPerDelete, select: { id: true } });
    if (rows.length === 0) return { greylisted };
    await write((tx) =>
      tx.greylist.deleteMany({ where: { id: { in: rows.map(({ id }) => id) } } }),
    );
    greylisted += rows.length;
  }
}
