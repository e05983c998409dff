// Is an address of this server on a DNS block list (RFC 5782)?
import type { Judged } from '#lib/doctor/report.ts';
import { readSetting } from '#lib/settings/index.ts';
import { askBlockList } from '../dns/block-list.ts';
import { type DoctorCheck, listSome, ok, problem, unknown } from './check.ts';
import { listPublicAddresses } from './own-machine.ts';

export type Listing = { address: string; zone: string; state: 'listed' | 'free' | 'silent' };

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
  const silent = [
    ...new Set(listings.filter(({ state }) => state === 'silent').map(({ zone }) => zone)),
  ];
  const free = [
    ...new Set(listings.filter(({ state }) => state === 'free').map(({ zone }) => zone)),
  ];
  const advice =
    'Lists answer only name servers of your own: install one on this machine ("apt install unbound").';
  if (free.length === 0) return unknown(`No answer from ${listSome(silent)}.`, advice);
  const rest = silent.length > 0 ? ` No answer from ${listSome(silent)}.` : '';
  return ok(`On none of ${listSome(free)}.${rest}`, rest ? advice : '');
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
      addresses.map(async (address) => {
        const { state } = await askBlockList(address, zone);
        return { address, zone, state };
      }),
    );
    return judgeListings(await Promise.all(asked), zones.length > 0);
  },
};
