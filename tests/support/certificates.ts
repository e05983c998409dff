// An authority of a test's own and the certificates that it signs.
import { createHash, X509Certificate } from 'node:crypto';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
const dayMs = 86_400_000;
let serial = 1;

export type Authority = { cert: string; sign(name: string, change?: Change): Promise<Signed> };
export type Signed = { key: string; cert: string };
export type Change = {
  /** From now; negative = it has expired. */
  daysLeft?: number;
  /** Its authority comes after it. */
  isWithChain?: boolean;
};

/** Makes the authority. Its certificate is for setDefaultCACertificates or TLSA records. */
export async function makeAuthority(title = 'Test authority'): Promise<Authority> {
  const reflect = Reflect as unknown as Record<string, unknown>;
  reflect.getMetadata ??= () => undefined;
  reflect.getOwnMetadata ??= () => undefined;
  reflect.defineMetadata ??= () => undefined;
  const x509 = await import('@peculiar/x509');
  const caKeys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: '01',
    name: [{ CN: [title] }],
    notBefore: new Date(Date.now() - 400 * dayMs),
    notAfter: new Date(Date.now() + 400 * dayMs),
    signingAlgorithm: algorithm,
    keys: caKeys,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign, true),
    ],
  });
  const cert = `${ca.toString('pem').trimEnd()}\n`;
  return {
    cert,
    sign: async (name, { daysLeft = 100, isWithChain = false } = {}) => {
      const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
      serial++;
      const leaf = await x509.X509CertificateGenerator.create({
        serialNumber: serial.toString(16).padStart(4, '0'),
        subject: [{ CN: [name] }],
        issuer: ca.subjectName,
        notBefore: new Date(Date.now() - 300 * dayMs),
        notAfter: new Date(Date.now() + daysLeft * dayMs),
        signingAlgorithm: algorithm,
        publicKey: keys.publicKey,
        signingKey: caKeys.privateKey,
        extensions: [
          new x509.BasicConstraintsExtension(false, undefined, true),
          new x509.SubjectAlternativeNameExtension([{ type: 'dns', value: name }]),
        ],
      });
      const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', keys.privateKey));
      const lines = der.toString('base64').replace(/.{64}(?=.)/g, '$&\n');
      return {
        key: `-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`,
        cert: `${leaf.toString('pem').trimEnd()}\n${isWithChain ? cert : ''}`,
      };
    },
  };
}

/** The TLSA record of the first certificate: usage, selector, matching. */
export function tlsaOf(cert: string, usage = 3, selector = 1, matching = 1): string {
  const parsed = new X509Certificate(cert);
  const bytes =
    selector === 0 ? parsed.raw : parsed.publicKey.export({ type: 'spki', format: 'der' });
  const name = ['', 'sha256', 'sha512'][matching] ?? '';
  const data = name ? createHash(name).update(bytes).digest() : bytes;
  return `${usage} ${selector} ${matching} ${data.toString('hex')}`;
}
