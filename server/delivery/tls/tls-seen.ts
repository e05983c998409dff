// What a finished handshake tells about the other side.
import { X509Certificate } from 'node:crypto';
import type { DetailedPeerCertificate, TLSSocket } from 'node:tls';
import type { SeenTls } from './tls-policy.ts';

const maxDepth = 10;

/** Of a socket whose handshake is done; the chain is read when it is asked for. */
export function readTls(socket: TLSSocket): SeenTls {
  // Node puts a code here where the types promise an Error.
  const error = socket.authorizationError as unknown as string | Error | null;
  const code = typeof error === 'string' ? error : (error?.message ?? '');
  return {
    protocol: socket.getProtocol() ?? 'TLS',
    webPkiError: socket.authorized ? '' : code || 'unknown',
    chain: () => readChain(socket.getPeerCertificate(true)),
  };
}

function readChain(first: DetailedPeerCertificate | undefined): X509Certificate[] {
  const chain: X509Certificate[] = [];
  const seen = new Set<string>();
  for (let one = first; one?.raw && chain.length < maxDepth; one = one.issuerCertificate) {
    // The last one is its own issuer.
    if (seen.has(one.fingerprint256)) break;
    seen.add(one.fingerprint256);
    chain.push(new X509Certificate(one.raw));
  }
  return chain;
}
