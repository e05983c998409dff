// May this machine connect to port 25 of others? Many providers close it. Then a smart host takes the mail.
import type { Judged } from '#lib/doctor/report.ts';
import { hasNoConditions, listRelayRules } from '#lib/queue/relay-rule.ts';
import { readSetting } from '#lib/settings/index.ts';
import { type DoctorCheck, listSome, ok, problem, unknown } from './check.ts';
import { findAddress, readPlace, tryPort } from './place.ts';

const waitMs = 8000;

export type Tried = { place: string; failure: string | null };

/** `smartHost`: where a relay rule sends all mail; empty where there is none. */
export function judgeOutbound(tried: Tried[], smartHost: string): Judged {
  const open = tried.filter(({ failure }) => failure === null);
  if (open.length > 0) {
    const shown = listSome(open.map(({ place }) => place));
    return ok(`Port 25 is open: ${shown} answered.`);
  }
  if (smartHost) return ok(`All mail leaves through ${smartHost}; port 25 is not needed for it.`);
  if (tried.length === 0) {
    return unknown('It was not tried.', 'Name servers in the setting doctor.mailServers.');
  }
  const shown = listSome(tried.map(({ place, failure }) => `${place}: ${failure}`));
  return problem(
    `Port 25 is closed outwards (${shown}).`,
    'Ask your provider to open it (look for “port 25” or “SMTP” in its help pages), or let mail leave through a smart host: the mail server of your provider or of a sending service, with the login that it gave you. Admin → First steps → How mail leaves.',
  );
}

export const outbound: DoctorCheck = {
  id: 'outbound',
  title: 'Port 25 outwards',
  looksAt: 'Mail leaves by connections to port 25 of other servers.',
  async run() {
    const [places, rules] = await Promise.all([
      readSetting('doctor.mailServers'),
      listRelayRules(),
    ]);
    const smart = rules.find((rule) => hasNoConditions(rule) && rule.target === 'hosts');
    const tried = await Promise.all(places.map(tryPlace));
    return judgeOutbound(tried, smart?.hosts ?? '');
  },
};

async function tryPlace(place: string): Promise<Tried> {
  const { host, port } = readPlace(place, 25);
  const address = await findAddress(host);
  if (!address) return { place, failure: 'not found in the DNS' };
  return { place, failure: await tryPort({ host: address, port }, waitMs) };
}
