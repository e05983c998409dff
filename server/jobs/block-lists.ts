// Asks DNS block lists (RFC 5782) whether they know an address of this server: then others refuse its mail.
import { Refusal } from '#lib/errors.ts';
import { type BlockListState, blockListFinding } from '#lib/numbers/block-list.ts';
import { readSetting } from '#lib/settings/index.ts';
import { saveFinding } from '#lib/trail/finding.ts';
import { findPublicAddresses } from '#server/dns/own-addresses.ts';
import { resolveIpv4, reverseLabels } from '#server/dns/resolver.ts';
import { blockListHits } from '#server/metrics/index.ts';

const maxAddresses = 20;

/** Asks each list about each address and keeps what they say. `addresses`: of this server. */
export async function lookAtBlockLists(
  addresses?: string[],
): Promise<{ listed: number; unanswered: number }> {
  const zones = await readSetting('doctor.blockLists');
  const known = zones.length === 0 ? [] : (addresses ?? (await findPublicAddresses()));
  const states = await Promise.all(
    known.slice(0, maxAddresses).flatMap((address) => zones.map((zone) => ask(address, zone))),
  );
  const listed = states.filter(({ state }) => state === 'listed');
  const unanswered = states.filter(({ state }) => state === 'failed');
  blockListHits.set(listed.length);
  await saveFinding({
    id: blockListFinding,
    isGood: listed.length === 0,
    text: describe(zones.length, known.length, listed),
    detail: states,
  });
  return { listed: listed.length, unanswered: unanswered.length };
}

function describe(zones: number, addresses: number, listed: BlockListState[]): string {
  if (zones === 0) return 'No list is asked.';
  if (addresses === 0) return 'This server has no public address that is known.';
  if (listed.length === 0) return 'No list knows an address of this server.';
  return listed
    .map(({ address, zone }) => `${address} is on ${zone}`)
    .join(', ')
    .slice(0, 1000);
}

async function ask(address: string, zone: string): Promise<BlockListState> {
  const labels = reverseLabels(address);
  if (!labels) throw new Refusal('invalid', `${address} is no IP address.`);
  const answer = await resolveIpv4(`${labels}.${zone}`);
  if (answer.status === 'none') return { address, zone, state: 'clean', answer: '' };
  if (answer.status === 'failed') return { address, zone, state: 'failed', answer: answer.text };
  const [first = ''] = answer.records;
  // RFC 5782 §2.1: answers lie in 127/8; 127.255.255.* says that the question was not allowed.
  const isAnswer = first.startsWith('127.') && !first.startsWith('127.255.255.');
  return { address, zone, state: isAnswer ? 'listed' : 'failed', answer: first };
}
