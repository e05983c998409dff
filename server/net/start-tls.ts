// The server side of STARTTLS (RFC 9051 §6.2.1) and STLS (RFC 2595 §4).
//
// Invariant: nothing that arrived in clear before our go-ahead is ever read as a command inside TLS
// (the STARTTLS injection of CVE-2011-0411 and CVE-2021-33515). The caller must forget what its own line
// buffer and command queue hold, and every fact the session learnt before.
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { answerSni, secureContext } from '#server/tls/certificate.ts';

/** Milliseconds a client has for the TLS handshake. */
export const handshakeTimeoutMs = 30_000;

/**
 * Sends `reply` (the go-ahead line), drops plaintext that lies in the socket's buffer, and does the
 * handshake. Resolves with the secured socket, whose only listener is one for errors; rejects, with the
 * socket destroyed, when the handshake fails or takes longer than 30 s.
 */
export async function startTls(socket: Socket, reply: string | Buffer): Promise<TLSSocket> {
  for (const event of ['data', 'readable', 'end', 'timeout', 'drain']) {
    socket.removeAllListeners(event);
  }
  socket.setTimeout(0);
  socket.pause();
  while (socket.read() !== null);
  await new Promise<void>((resolve, reject) => {
    socket.write(reply, (error) => (error ? reject(error) : resolve()));
  });
  // What came since is the client's hello, or rubbish on which the handshake fails; the TLS layer reads it.
  return shakeHands(socket);
}

/** The handshake alone, on a fresh connection (implicit TLS) or after the go-ahead. */
export function shakeHands(socket: Socket): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext: secureContext(),
      SNICallback: answerSni,
    });
    // For the life of the socket: an error after the handshake is followed by "close", which sessions see.
    secured.on('error', () => {});
    const timer = setTimeout(() => fail(new Error('TLS handshake timed out')), handshakeTimeoutMs);
    const fail = (error: Error) => {
      clearTimeout(timer);
      secured.off('secure', succeed).off('_tlsError', fail).off('close', hangUp);
      secured.destroy();
      socket.destroy();
      reject(error);
    };
    const hangUp = () => fail(new Error('the connection closed during the TLS handshake'));
    const succeed = () => {
      clearTimeout(timer);
      secured.off('_tlsError', fail).off('close', hangUp);
      resolve(secured);
    };
    secured.once('secure', succeed).once('_tlsError', fail).once('close', hangUp);
  });
}
