// Looking at the daemon from the web process: what it says of its listeners, and over its ports as any client would.
import { connect as connectTls } from 'node:tls';
import { askDaemon } from '#lib/control.ts';
import type { ListenerName } from '#lib/env.ts';
import type { ListenerState } from '#lib/listener-state.ts';

const timeoutMs = 1000;

export type Service = {
  name: string;
  /** Nobody wants it to listen */
  isOff: boolean;
  /** It has all that it should have */
  isUp: boolean;
};

const services: { name: string; listener: ListenerName }[] = [
  { name: 'SMTP', listener: 'smtp' },
  { name: 'Submission', listener: 'submission' },
  { name: 'Submissions', listener: 'submissions' },
  { name: 'IMAP', listener: 'imap' },
  { name: 'IMAPS', listener: 'imaps' },
  { name: 'POP3', listener: 'pop3' },
  { name: 'POP3S', listener: 'pop3s' },
];

/** The listeners as the daemon has them now; none where it does not answer. */
export async function readListeners(): Promise<ListenerState[]> {
  return askDaemon<ListenerState[]>('listeners').catch(() => []);
}

/** Every port for mail and whether it is open. */
export async function lookAtServices(): Promise<Service[]> {
  const states = await readListeners();
  return services.map(({ name, listener }) => {
    const state = states.find((one) => one.name === listener);
    const isUp = state !== undefined && state.failures.length === 0;
    return { name, isUp, isOff: isUp && state.sockets.length === 0 };
  });
}

export type Certificate = {
  subject: string;
  issuer: string;
  validTo: Date;
  isSelfSigned: boolean;
};

const tlsListeners: ListenerName[] = ['imaps', 'submissions', 'pop3s', 'https'];

/** The certificate clients see now, or null where no port has TLS from the first byte. */
export async function readCertificate(): Promise<Certificate | null> {
  const states = await readListeners();
  const open = tlsListeners.flatMap(
    (name) => states.find((one) => one.name === name)?.sockets[0] ?? [],
  );
  const [first] = open;
  if (!first) return null;
  const host = /^(?:0\.0\.0\.0|::)$/.test(first.host) ? '127.0.0.1' : first.host;
  const { port } = first;
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
