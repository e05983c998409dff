// Is an address of this server on a DNS block list (RFC 5782)?
import type { Judged } from '#lib/doctor/report.ts';
import type { BlockListState } from '#lib/numbers/block-list.ts';
import { readSetting } from '#lib/settings/index.ts';
import { listPublicAddresses } from '#server/dns/own-addresses.ts';
import { askBlockList } from '../dns/block-list.ts';
import { type DoctorCheck, listSome, ok, problem, unknown } from './check.ts';

type Listing = Pick<BlockListState, 'address' | 'zone' | 'state'>;

export function judgeListings(listings: Listing[], isAsked = true): Judged {
  if (!isAsked)
    return unknown('No list was asked.', 'Name lists in the setting doctor.blockLists.');
  if (listings.length === 0) return unknown('There is no public address to ask about.');
  const listed = listings.filter(({ state }) => state === 'listed');
  if (listed.length > 0) {
    const [first] = listed;
    return problem(
      `Listed: ${listSome(listed.map(({ address, zone }) => `${address} by ${zone}`))}.`,
      `Others refuse your mail because of it. Look at the web page of the list (${first?.zone}) for the reason and how to be removed; first make sure that no user's password is stolen (Admin → Queue, Admin → Events) and that the relay test is good. A new server often inherits its address from somebody who sent spam.`,
    );
  }
  const failed = [
    ...new Set(listings.filter(({ state }) => state === 'failed').map(({ zone }) => zone)),
  ];
  const clean = [
    ...new Set(listings.filter(({ state }) => state === 'clean').map(({ zone }) => zone)),
  ];
  const advice =
    'Lists answer only name servers of your own: install one on this machine ("apt install unbound").';
  if (clean.length === 0) return unknown(`No answer from ${listSome(failed)}.`, advice);
  const rest = failed.length > 0 ? ` No answer from ${listSome(failed)}.` : '';
  return ok(`On none of ${listSome(clean)}.${rest}`, rest ? advice : '');
}

export const blockLists: DoctorCheck = {
  id: 'block-lists',
  title: 'Block lists',
  looksAt: 'Servers that ask these lists refuse mail from addresses on them.',
  async run() {
    const [zones, addresses] = await Promise.all([
      readSetting('doctor.blockLists'),
      listPublicAddresses(),
    ]);
    const asked = zones.flatMap((zone) =>
      addresses.map(async (address) => ({ address, zone, ...(await askBlockList(address, zone)) })),
    );
    return judgeListings(await Promise.all(asked), zones.length > 0);
  },
};
