// Reads the PROXY header from a socket, before TLS and before any SMTP, and leaves what follows it unread.
import type { Socket } from 'node:net';
import { maxHeaderBytes, type Origin, readProxyHeader } from './proxy-header.ts';

/** A load balancer sends its header with the first packet. */
const deadlineMs = 5000;

/** Whom the connection is for. Rejects when no good header comes in time; the caller ends the socket. */
export function readOrigin(socket: Socket): Promise<Origin> {
  return new Promise((resolve, reject) => {
    let bytes: Buffer = Buffer.alloc(0);
    const timer = setTimeout(() => end(new Error('no PROXY header in time')), deadlineMs);
    const end = (outcome: Error | Origin) => {
      clearTimeout(timer);
      socket.off('readable', read).off('end', hangUp).off('close', hangUp);
      if (outcome instanceof Error) reject(outcome);
      else resolve(outcome);
    };
    const hangUp = () => end(new Error('closed before its PROXY header'));
    const read = () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
        bytes = Buffer.concat([bytes, chunk as Buffer]);
        const header = readProxyHeader(bytes);
        if (header.status === 'ok') {
          const rest = bytes.subarray(header.lengthBytes);
          if (rest.length > 0) socket.unshift(rest);
          return end(header.origin);
        }
        if (header.status === 'bad' || bytes.length > maxHeaderBytes) {
          return end(new Error('no PROXY header'));
        }
      }
    };
    socket.on('readable', read).on('end', hangUp).on('close', hangUp);
    read();
  });
}
