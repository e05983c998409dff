// Asks DNS block lists (RFC 5782) whether they know an address of this server: then others refuse its mail.
import { isIP } from 'node:net';
import { Refusal } from '#lib/errors.ts';
import { type BlockListState, blockListFinding } from '#lib/numbers/block-list.ts';
import { readSetting } from '#lib/settings/index.ts';
import { saveFinding } from '#lib/trail/finding.ts';
import { askBlockList } from '#server/dns/block-list.ts';
import { listPublicAddresses } from '#server/dns/own-addresses.ts';
import { blockListHits } from '#server/metrics/index.ts';

const maxAddresses = 20;

/** Asks each list about each address and keeps what they say. `addresses`: of this server. */
export async function lookAtBlockLists(
  addresses?: string[],
): Promise<{ listed: number; unanswered: number }> {
  const zones = await readSetting('doctor.blockLists');
  const known = zones.length === 0 ? [] : (addresses ?? (await listPublicAddresses()));
  const states = await Promise.all(
    known.slice(0, maxAddresses).flatMap((address) => zones.map((zone) => ask(address, zone))),
  );
  const listed = states.filter(({ state }) => state === 'listed');
  const unanswered = states.filter(({ state }) => state === 'failed');
  blockListHits.set(listed.length);
  await saveFinding({
    id: blockListFinding,
    isGood: listed.length === 0,
    text: describe(zones.length, states.length, listed, unanswered.length),
    detail: states,
  });
  return { listed: listed.length, unanswered: unanswered.length };
}

function describe(
  zones: number,
  asked: number,
  listed: BlockListState[],
  unanswered: number,
): string {
  if (zones === 0) return 'No list is asked.';
  if (asked === 0) return 'This server has no public address that is known.';
  if (listed.length === 0 && unanswered === asked) return 'No list answered.';
  if (listed.length === 0) return 'No list knows an address of this server.';
  return listed
    .map(({ address, zone }) => `${address} is on ${zone}`)
    .join(', ')
    .slice(0, 1000);
}

async function ask(address: string, zone: string): Promise<BlockListState> {
  if (!isIP(address)) throw new Refusal('invalid', `${address} is no IP address.`);
  return { address, zone, ...(await askBlockList(address, zone)) };
}
