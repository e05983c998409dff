// "host", "host:port", "[::1]:port" of a setting, and whether something answers there.
import { connect, isIP } from 'node:net';
import { resolveAddresses } from '../dns/resolver.ts';

export type Place = { host: string; port: number };

export function readPlace(text: string, port: number): Place {
  const [, bracketed, plain, given] =
    /^(?:\[([^\]]+)\]|([^:]+))(?::(\d{1,5}))?$/.exec(text.trim()) ?? [];
  return { host: bracketed ?? plain ?? text, port: Number(given ?? port) };
}

/** An address of the host, IPv4 first; null where the DNS gives none. */
export async function findAddress(host: string): Promise<string | null> {
  if (isIP(host)) return host;
  const answer = await resolveAddresses(host);
  return answer.status === 'ok' ? (answer.records[0] ?? null) : null;
}

/** Null where a connection was taken within the time, else why not. */
export function tryPort({ host, port }: Place, timeoutMs: number): Promise<string | null> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: timeoutMs });
    const settle = (failure: string | null) => {
      socket.destroy();
      resolve(failure);
    };
    socket.once('connect', () => settle(null));
    socket.once('timeout', () => settle('no answer'));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      settle(error.code === 'ECONNREFUSED' ? 'refused' : (error.code ?? error.message)),
    );
  });
}
