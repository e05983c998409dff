// What ties a login to the TLS connection it comes over (RFC 5056), so that somebody in between with a
// certificate of his own cannot hand it on: tls-server-end-point (RFC 5929 §4) and tls-exporter (RFC 9266).
import { createHash, type X509Certificate } from 'node:crypto';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export type ChannelBinding = {
  /** The data of that type as RFC 5802 §6 wants it, or null for a type that this connection has not. */
  read(type: string): Buffer | null;
};

/** Of a connection in TLS; null in clear. */
export function bindingOf(socket: Socket): ChannelBinding | null {
  if (!(socket instanceof TLSSocket)) return null;
  return {
    read(type) {
      if (type === 'tls-server-end-point') return hashCertificate(socket);
      if (type === 'tls-exporter') return exportKey(socket);
      return null;
    },
  };
}

// RFC 9266 §4.2: before TLS 1.3 only with an extended master secret, of which Node tells nothing.
function exportKey(socket: TLSSocket): Buffer | null {
  if (socket.getProtocol() !== 'TLSv1.3') return null;
  return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
}

function hashCertificate(socket: TLSSocket): Buffer | null {
  const certificate = socket.getX509Certificate();
  if (!certificate) return null;
  const name = hashOf(certificate);
  return name ? createHash(name).update(certificate.raw).digest() : null;
}

/** RFC 5929 §4.1: that of the signature, SHA-256 in the place of weak ones; null where there is none or several. */
function hashOf(certificate: X509Certificate): string | null {
  const name = certificate.signatureAlgorithm ?? '';
  if (/md5|sha1/i.test(name)) return 'sha256';
  return /sha(?:224|256|384|512)/i.exec(name)?.[0].toLowerCase() ?? null;
}
