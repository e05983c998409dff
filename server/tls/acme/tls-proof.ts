// Answers TLS-ALPN-01 (RFC 8737): who connects with the protocol "acme-tls/1" alone gets a certificate with the proof, and
// nothing else. Found out before the handshake, so other clients of the same port never see that certificate.
import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { findAlpnAnswer } from '#lib/certificates/challenge.ts';
import { logOf } from '#lib/log.ts';
import { type ClientHello, helloLength, readClientHello } from './client-hello.ts';
import { makeProof } from './request.ts';

export const proofProtocol = 'acme-tls/1';
const log = logOf('acme');
const helloWithinMs = 10_000;
const proofWithinMs = 10_000;

/**
 * Takes the connection where it asks for a proof; false = it does not, and nothing of it has been read for good: hand it
 * to whom it is for. Never throws.
 */
export async function takeProof(socket: Socket): Promise<boolean> {
  const hello = await peekHello(socket);
  if (!hello?.protocols.includes(proofProtocol)) return false;
  answerProof(socket, hello.host).catch((error: unknown) => {
    log.info({ host: hello.host, err: error }, 'a proof by TLS could not be given');
    socket.destroy();
  });
  return true;
}

/** Reads the first record and puts it back. */
function peekHello(socket: Socket): Promise<ClientHello | null> {
  return new Promise((resolve) => {
    let bytes = Buffer.alloc(0);
    const settle = (hello: ClientHello | null) => {
      clearTimeout(timer);
      socket.off('readable', look).off('close', end).off('end', end);
      if (bytes.length > 0 && !socket.destroyed) socket.unshift(bytes);
      resolve(hello);
    };
    const end = () => settle(null);
    const look = () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
        bytes = Buffer.concat([bytes, chunk]);
      }
      const length = helloLength(bytes);
      if (length === null) settle(null);
      else if (bytes.length >= length && length > 5)
        settle(readClientHello(bytes.subarray(0, length)));
    };
    const timer = setTimeout(end, helloWithinMs);
    socket.on('readable', look).once('close', end).once('end', end);
  });
}

async function answerProof(socket: Socket, host: string): Promise<void> {
  const answer = await findAlpnAnswer(host);
  if (answer === null) return void socket.destroy();
  const { key, cert } = await makeProof(host, answer);
  const secured = new TLSSocket(socket, {
    isServer: true,
    secureContext: createSecureContext({ key, cert, minVersion: 'TLSv1.2' }),
    ALPNProtocols: [proofProtocol],
  });
  const timer = setTimeout(() => secured.destroy(), proofWithinMs);
  secured.on('error', () => {});
  secured.once('close', () => clearTimeout(timer));
  // RFC 8737 §3: once the handshake is done the connection ends.
  secured.once('secure', () => secured.end());
  log.info({ host }, 'proof by TLS given');
}
