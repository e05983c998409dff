// Looking at the daemon from the web process: what it says of its listeners, and over its ports as any client would.
import { connect } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { askDaemon } from '#lib/control.ts';
import type { Endpoint, ListenerName } from '#lib/env.ts';
import type { ListenerState } from '#lib/listener-state.ts';

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

export type Service = {
  name: string;
  purpose: string;
  /** 0 where it is off */
  port: number;
  isUp: boolean;
};

const services: { name: string; purpose: string; listener: ListenerName }[] = [
  { name: 'SMTP', purpose: 'mail from other servers', listener: 'smtp' },
  { name: 'Submission', purpose: 'mail from users, STARTTLS', listener: 'submission' },
  { name: 'Submissions', purpose: 'mail from users, TLS', listener: 'submissions' },
  { name: 'IMAP', purpose: 'mailboxes, STARTTLS', listener: 'imap' },
  { name: 'IMAPS', purpose: 'mailboxes, TLS', listener: 'imaps' },
  { name: 'POP3', purpose: 'fetching, STLS', listener: 'pop3' },
  { name: 'POP3S', purpose: 'fetching, TLS', listener: 'pop3s' },
];

/** The listeners as the daemon has them now; none where it does not answer. */
export async function readListeners(): Promise<ListenerState[]> {
  return askDaemon<ListenerState[]>('listeners').catch(() => []);
}

/** Every port for mail and whether it is open. */
export async function lookAtServices(): Promise<Service[]> {
  const states = await readListeners();
  return services.map(({ name, purpose, listener }) => {
    const state = states.find((one) => one.name === listener);
    const port = state?.sockets[0]?.port ?? 0;
    const isUp = state !== undefined && state.failures.length === 0;
    return { name, purpose, port, isUp };
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
