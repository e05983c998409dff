// The certificate of a server that has none yet: self-signed, ECDSA P-256, 825 days (the longest that Apple's
// mail programs accept), for the host name and for this machine.
import { randomBytes, X509Certificate } from 'node:crypto';
import { isIP } from 'node:net';
import type { Pems } from '#lib/certificates/pem.ts';
import { now } from '#lib/clock.ts';
import { loadX509 } from './x509.ts';

export const lifetimeDays = 825;
const dayMs = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** A new key and certificate for `hostname` and others, valid from an hour ago (clocks of clients run late). */
export async function makeSelfSigned(hostname: string, others: string[] = []): Promise<Pems> {
  const x509 = await loadX509();
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const start = now().getTime() - 3_600_000;
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: `01${randomBytes(15).toString('hex')}`,
    // An attribute value, not text to be parsed: and at most 64 characters (X.520 ub-common-name).
    name: [{ CN: [hostname.length <= 64 ? hostname : 'Drey'] }],
    notBefore: new Date(start),
    notAfter: new Date(start + lifetimeDays * dayMs),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
      new x509.SubjectAlternativeNameExtension(namesFor(hostname, others)),
    ],
  });
  return {
    key: await exportKey(keys.privateKey),
    cert: certificate.toString('pem').trimEnd().concat('\n'),
  };
}

/** True while the certificate names `hostname` and has more than `spareDays` to live. */
export function isGoodFor(cert: string, hostname: string, spareDays: number): boolean {
  const parsed = new X509Certificate(cert);
  const names = isIP(hostname) > 0 ? parsed.checkIP(hostname) : parsed.checkHost(hostname);
  return names !== undefined && parsed.validToDate.getTime() - now().getTime() > spareDays * dayMs;
}

type Name = { type: 'dns' | 'ip'; value: string };

function namesFor(hostname: string, others: string[]): Name[] {
  const own: Name = { type: isIP(hostname) > 0 ? 'ip' : 'dns', value: hostname };
  const more = others.map((value): Name => ({ type: 'dns', value }));
  const local = [
    { type: 'dns' as const, value: 'localhost' },
    { type: 'ip' as const, value: '127.0.0.1' },
    { type: 'ip' as const, value: '::1' },
  ];
  return [own, ...more, ...local.filter(({ value }) => value !== hostname)];
}

async function exportKey(key: CryptoKey): Promise<string> {
  const der = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64');
  return `-----BEGIN PRIVATE KEY-----\n${der.replace(/.{64}(?=.)/g, '$&\n')}\n-----END PRIVATE KEY-----\n`;
}
