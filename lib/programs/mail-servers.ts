// The servers of mail programs, in the order in which they should prefer them, and for whom they are told.
import { isLocalDomain } from '../accounts/route.ts';
import type { ListenerName } from '../env.ts';
import { readSetting, serverHostname } from '../settings/index.ts';
import { listPorts } from '../settings/wanted.ts';

export type MailServer = {
  type: 'imap' | 'pop3' | 'smtp';
  port: number;
  /** TLS from the first byte, or after STARTTLS */
  socket: 'SSL' | 'STARTTLS';
};

const listeners: [ListenerName, MailServer['type'], MailServer['socket']][] = [
  ['imaps', 'imap', 'SSL'],
  ['imap', 'imap', 'STARTTLS'],
  ['pop3s', 'pop3', 'SSL'],
  ['pop3', 'pop3', 'STARTTLS'],
  ['submissions', 'smtp', 'SSL'],
  ['submission', 'smtp', 'STARTTLS'],
];

/** Those that are on. */
export async function listMailServers(): Promise<MailServer[]> {
  const found = await Promise.all(
    listeners.map(async ([name, type, socket]) => {
      const [port] = await listPorts(name);
      return port === undefined ? [] : [{ type, port, socket }];
    }),
  );
  return found.flat();
}

/** What a program is told. */
export type Programs = {
  /** Lower case; empty where only the domain was asked for */
  address: string;
  domain: string;
  /** Of this server */
  hostname: string;
  /** Of the service */
  title: string;
  servers: MailServer[];
};

/** Longer is no address (RFC 5321 §4.5.3.1). */
const maxLength = 320;
const addressPattern =
  /^[^\s@<>"(),:;\\[\]\p{Cc}]{1,64}@([a-z0-9.-]{1,253}|\p{L}[\p{L}\p{N}.-]{0,252})$/u;

/**
 * What to tell for an address, or for a domain alone; null where it is no address, or of a domain that is not here. The
 * same for every local part: it says of no account whether it exists.
 */
export async function readPrograms(asked: {
  address: string;
  domain?: string;
}): Promise<Programs | null> {
  const address = asked.address.trim().toLowerCase();
  const domain = address === '' ? (asked.domain ?? '') : address.slice(address.indexOf('@') + 1);
  if (address.length > maxLength || (address !== '' && !addressPattern.test(address))) return null;
  if (domain === '' || domain.length > 253 || !(await isLocalDomain(domain))) return null;
  const [hostname, title, servers] = await Promise.all([
    serverHostname(),
    readSetting('web.title'),
    listMailServers(),
  ]);
  return { address, domain, hostname, title, servers };
}

/** Text between tags or in an attribute. */
export function escapeXml(text: string): string {
  return text.replace(/[<>&"'\p{Cc}]/gu, (character) => {
    const code = character.charCodeAt(0);
    // XML 1.0 has no characters below a space.
    return code < 32 || (code > 126 && code < 160) ? ' ' : `&#${code};`;
  });
}
