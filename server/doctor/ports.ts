// Are the ports open that should be, on which addresses, and are they the ones that others expect?
import type { Judged } from '#lib/doctor/report.ts';
import type { ListenerName } from '#lib/env.ts';
import { findListenPlace, localHost } from '../net/bind.ts';
import { type DoctorCheck, listSome, ok, problem, unknown, warning } from './check.ts';
import { tryPort } from './place.ts';

const waitMs = 2000;

const expected = {
  smtp: 25,
  submissions: 465,
  submission: 587,
  imaps: 993,
  imap: 143,
  pop3s: 995,
  pop3: 110,
} satisfies Partial<Record<ListenerName, number>>;
type Name = keyof typeof expected;
const names = Object.keys(expected) as Name[];

export type SeenPort = { name: Name; port: number; isOpen: boolean };

/** `host`: what they listen on. */
export function judgePorts(seen: SeenPort[], host: string): Judged {
  const on = seen.filter(({ port }) => port > 0);
  if (on.length === 0) return unknown('It is not known which ports are in use.');
  const closed = on.filter(({ isOpen }) => !isOpen).map(({ name, port }) => `${name} ${port}`);
  if (closed.length === on.length) {
    return problem(
      'No port answers: the mail daemon does not run.',
      'Start it ("npm start" or "systemctl start drey") and look at its log.',
    );
  }
  const where = 'Admin → Listeners, or the environment (README, “For scripts”).';
  if (closed.length > 0) {
    return problem(
      `No answer: ${listSome(closed)}.`,
      `Another program may hold the port, or the right to open ports below 1024 is missing; the log of the daemon says which. ${where}`,
    );
  }
  if (host === '127.0.0.1' || host === '::1') {
    return warning(
      'All answer, but only programs of this machine reach them.',
      `To receive mail from others, listen on all addresses: the setting server.bind = all. ${where}`,
    );
  }
  const smtp = on.find(({ name }) => name === 'smtp');
  if (!smtp) return warning('SMTP is switched off: no mail comes in.', `Switch it on: ${where}`);
  if (smtp.port !== expected.smtp) {
    return warning(
      `SMTP listens on port ${smtp.port}; other servers know only port 25.`,
      `Give it port 25, or let a router or firewall lead port 25 to ${smtp.port}. ${where}`,
    );
  }
  const odd = on.filter(({ name, port }) => port !== expected[name]);
  const shown = odd.map(({ name, port }) => `${name} ${port} instead of ${expected[name]}`);
  if (odd.length > 0) {
    return warning(
      `Mail programs look elsewhere: ${listSome(shown)}.`,
      `Give them the usual ports. ${where}`,
    );
  }
  return ok(
    `${listSome(
      on.map(({ name, port }) => `${name} ${port}`),
      7,
    )} answer.`,
  );
}

export const ports: DoctorCheck = {
  id: 'ports',
  title: 'Ports',
  looksAt: 'Servers and mail programs come in by these.',
  async run() {
    const look = async (name: Name): Promise<SeenPort> => {
      const place = await findListenPlace(name);
      if (!place) return { name, port: 0, isOpen: false };
      const { port } = place;
      const isOpen = (await tryPort({ host: localHost(place.host), port }, waitMs)) === null;
      return { name, port, isOpen };
    };
    const place = (await findListenPlace('smtp')) ?? (await findListenPlace('imaps'));
    return judgePorts(await Promise.all(names.map(look)), place?.host ?? '');
  },
};
