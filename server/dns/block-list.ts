// Asking a DNS block list about an address (RFC 5782). A name server that says of everything that it is not there would make
// each list a good one: who is not listed is clean only where the list answers for its test entry too.
import type { BlockListState } from '#lib/numbers/block-list.ts';
import { resolveIpv4, reverseLabels } from './resolver.ts';

type Listing = Pick<BlockListState, 'state' | 'answer'>;

/** RFC 5782 §5: every list has an entry for 127.0.0.2. */
const testLabels = '2.0.0.127';

/** `address` is an IP address. */
export async function askBlockList(address: string, zone: string): Promise<Listing> {
  const listing = await ask(`${reverseLabels(address)}.${zone}`);
  if (listing.state !== 'clean') return listing;
  const test = await ask(`${testLabels}.${zone}`);
  if (test.state === 'listed') return listing;
  return { state: 'failed', answer: test.answer || 'It does not know its own test entry.' };
}

async function ask(name: string): Promise<Listing> {
  const answer = await resolveIpv4(name);
  if (answer.status === 'none') return { state: 'clean', answer: '' };
  if (answer.status === 'failed') return { state: 'failed', answer: answer.text };
  // RFC 5782 §2.1: answers lie in 127/8; 127.255.255.* says that the question was not allowed.
  const found = answer.records.find((one) => /^127\.(?!255\.255\.)/.test(one));
  return { state: found ? 'listed' : 'failed', answer: found ?? answer.records[0] ?? '' };
}
