// Who asks, of a request that comes from this machine. A proxy here says for whom in X-Forwarded-For; one that does not makes
// everybody look like this machine, which is trusted with more than strangers are (`web.adminNetworks`, /api/health, tokens and app
// passwords without https). Where a request shows that somebody else is behind it, its sender counts as unknown: not as a trusted one.
import type { IncomingHttpHeaders } from 'node:http';
import { isLoopback } from '#lib/accounts/network.ts';

export type Peer = {
  /** For X-Forwarded-For: addresses, or "unknown" (RFC 7239 §6.2) */
  forwardedFor: string;
  /** The name that a proxy was asked for which does not say whom it asks for; null where there is none */
  hiddenBehind: string | null;
};

/** Only a proxy sends these. */
const proxyHeaders = [
  'via',
  'forwarded',
  'x-real-ip',
  'x-forwarded-host',
  'x-forwarded-proto',
  'x-forwarded-port',
  'x-forwarded-server',
  'x-client-ip',
  'true-client-ip',
  'cf-connecting-ip',
];
const namePattern = /^[A-Za-z0-9.-]{1,253}$/;

/** `remote`: the address of the socket, plain. */
export function findPeer(remote: string, headers: IncomingHttpHeaders): Peer {
  const told = headers['x-forwarded-for'];
  if (!isLoopback(remote)) return { forwardedFor: remote, hiddenBehind: null };
  if (told) return { forwardedFor: String(told), hiddenBehind: null };
  const names = [headers['x-forwarded-host'], headers.host, headers.origin].map(readName);
  const foreign = names.find((name) => name !== null && !isOfThisMachine(name));
  const isPassedOn = foreign !== undefined || proxyHeaders.some((name) => headers[name]);
  if (!isPassedOn) return { forwardedFor: remote, hiddenBehind: null };
  const name = foreign ?? '';
  return { forwardedFor: 'unknown', hiddenBehind: namePattern.test(name) ? name : 'this server' };
}

/** The host of "name:port" or "https://name"; null where none is said, as in "Origin: null". */
function readName(value: string | string[] | undefined): string | null {
  const text = String(value ?? '');
  if (text === '' || text === 'null') return null;
  return URL.parse(text.includes('://') ? text : `http://${text}`)?.hostname ?? text;
}

function isOfThisMachine(name: string): boolean {
  return /^(?:.+\.)?localhost\.?$/i.test(name) || isLoopback(name.replace(/^\[|\]$/g, ''));
}
