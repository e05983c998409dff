// Whoever comes by http is sent to https, where the setting wants it and the server listens for it.
import type { IncomingMessage } from 'node:http';
import { readSetting } from '#lib/settings/index.ts';
import { listSecurePorts } from './sockets.ts';

/** Authorities ask by http for proofs (RFC 8555 §8.3), and who watches the server asks for its health. */
const plainPaths = /^\/(?:\.well-known\/acme-challenge\/|api\/health(?:$|\?))/;
const hostPattern = /^(?<name>[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::\d+)?$/;

/** Where the request should go instead, or null. `isPrivate`: nobody can listen in on it already. */
export async function findSecureUrl(
  { url = '/', headers }: IncomingMessage,
  isPrivate: boolean,
): Promise<string | null> {
  if (isPrivate || plainPaths.test(url)) return null;
  const ports = listSecurePorts();
  const name = hostPattern.exec(headers.host ?? '')?.groups?.name;
  if (ports.length === 0 || !name || !url.startsWith('/')) return null;
  if (!(await readSetting('listeners.redirectsToHttps'))) return null;
  const port = ports.includes(443) ? '' : `:${ports[0]}`;
  return `https://${name}${port}${url}`;
}
