// Does the certificate that mail programs see fit the name of this server, and for how long?
import { X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { now } from '#lib/clock.ts';
import type { Judged } from '#lib/doctor/report.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { findListenPlace, localHost } from '../net/bind.ts';
import { type DoctorCheck, listSome, ok, problem, unknown, warning } from './check.ts';

const waitMs = 5000;
const dayMs = 86_400_000;

export type SeenCertificate = {
  /** Names it is good for */
  names: string[];
  isForHost: boolean;
  isSelfSigned: boolean;
  validTo: Date;
};

export function judgeCertificate(seen: SeenCertificate | null, hostname: string): Judged {
  if (!seen) return unknown('No port with TLS answers, so there is none to look at.');
  const get =
    'Admin → Certificates gets one for nothing (Let’s Encrypt) or takes the files of yours; it is in use at once.';
  const days = Math.floor((seen.validTo.getTime() - now().getTime()) / dayMs);
  if (days < 0) return problem(`It ran out ${-days} days ago.`, get);
  if (!seen.isForHost) {
    return problem(
      `It is for ${listSome(seen.names) || 'no name'}, not for ${hostname}: mail programs warn or refuse.`,
      get,
    );
  }
  if (seen.isSelfSigned) {
    return warning('It is self-signed: mail programs ask their users whether to trust it.', get);
  }
  const text = `It is for ${hostname} and good for ${days} more days.`;
  const renew = 'See that whatever renews it runs: Admin → Certificates.';
  if (days < 7) return problem(text, renew);
  return days < 21 ? warning(text, renew) : ok(text);
}

export const certificate: DoctorCheck = {
  id: 'certificate',
  title: 'Certificate',
  looksAt: 'Mail programs talk only to a server whose certificate fits its name.',
  async run() {
    const hostname = await serverHostname();
    const place = (await findListenPlace('imaps')) ?? (await findListenPlace('submissions'));
    return judgeCertificate(place && (await readPeer(hostname, place)), hostname);
  },
};

async function readPeer(
  hostname: string,
  { host: bound, port }: { host: string; port: number },
): Promise<SeenCertificate | null> {
  const host = localHost(bound);
  const servername = isIP(hostname) ? undefined : hostname;
  return new Promise((resolve) => {
    // Any certificate will do: it is looked at, not trusted.
    const options = { host, port, servername, rejectUnauthorized: false, timeout: waitMs };
    const socket = connect(options);
    const settle = (seen: SeenCertificate | null) => {
      socket.destroy();
      resolve(seen);
    };
    socket.once('secureConnect', () => {
      const { raw } = socket.getPeerCertificate();
      settle(raw ? describe(new X509Certificate(raw), hostname) : null);
    });
    socket.once('timeout', () => settle(null));
    socket.once('error', () => settle(null));
  });
}

function describe(seen: X509Certificate, hostname: string): SeenCertificate {
  const names = (seen.subjectAltName ?? '').split(', ').filter((name) => name.startsWith('DNS:'));
  return {
    names: names.map((name) => name.slice(4)),
    isForHost: seen.checkHost(hostname) !== undefined,
    // checkIssued() wants the right to sign others, which one that signs for itself need not have.
    isSelfSigned: seen.issuer === seen.subject,
    validTo: seen.validToDate,
  };
}
