// Looking at the daemon from the web process: over its ports, as any client would.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Endpoint, ListenerName } from '#lib/env.ts';
import { internalImap, portOf } from '#lib/env.ts';

const timeoutMs = 1000;

/** Whether something accepts connections there within a second. */
export function isPortOpen({ host, port }: Endpoint): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (isOpen: boolean) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket.once('connect', () => settle(true));
    socket.once('timeout', () => settle(false));
    socket.once('error', () => settle(false));
  });
}

export type Service = { name: string; purpose: string; port: number; isUp: boolean };

const services: { name: string; purpose: string; listener: ListenerName }[] = [
  { name: 'SMTP', purpose: 'mail from other servers', listener: 'smtp' },
  { name: 'Submission', purpose: 'mail from users, STARTTLS', listener: 'submission' },
  { name: 'Submissions', purpose: 'mail from users, TLS', listener: 'submissions' },
  { name: 'IMAP', purpose: 'mailboxes, STARTTLS', listener: 'imap' },
  { name: 'IMAPS', purpose: 'mailboxes, TLS', listener: 'imaps' },
  { name: 'POP3', purpose: 'fetching, STLS', listener: 'pop3' },
  { name: 'POP3S', purpose: 'fetching, TLS', listener: 'pop3s' },
];

/** Every port for mail and whether it answers. */
export async function lookAtServices(): Promise<Service[]> {
  const { host } = internalImap();
  return Promise.all(
    services.map(async ({ name, purpose, listener }) => {
      const port = listener === 'imap' ? internalImap().port : portOf(listener);
      const isUp = port > 0 && (await isPortOpen({ host, port }));
      return { name, purpose, port, isUp };
    }),
  );
}

export type Certificate = {
  subject: string;
  issuer: string;
  validTo: Date;
  isSelfSigned: boolean;
};

/** The certificate clients see now, or null where the IMAPS port does not answer. */
export function readCertificate(): Promise<Certificate | null> {
  const { host } = internalImap();
  const port = portOf('imaps');
  if (port === 0) return Promise.resolve(null);
  return new Promise((resolve) => {
    // Any certificate will do: it is looked at, not trusted.
    const socket = connectTls({ host, port, rejectUnauthorized: false, timeout: timeoutMs });
    const settle = (certificate: Certificate | null) => {
      socket.destroy();
      resolve(certificate);
    };
    socket.once('secureConnect', () => {
      const peer = socket.getPeerCertificate();
      const subject = String(peer.subject?.CN ?? '');
      const issuer = String(peer.issuer?.O ?? peer.issuer?.CN ?? '');
      const isSelfSigned = JSON.stringify(peer.subject) === JSON.stringify(peer.issuer);
      settle({ subject, issuer, validTo: new Date(peer.valid_to), isSelfSigned });
    });
    socket.once('timeout', () => settle(null));
    socket.once('error', () => settle(null));
  });
}
