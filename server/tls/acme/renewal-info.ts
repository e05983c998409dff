// When a certificate is to be renewed: a third of its life before its end, a little earlier or later so that not all
// come at once; or when its authority asks for it (ARI, RFC 9773), which may be soon after it had to revoke many.
import { X509Certificate } from 'node:crypto';
import type { ChainFacts } from '#lib/certificates/pem.ts';
import { now } from '#lib/clock.ts';
import { loadX509 } from '../x509.ts';
import { exchange } from './client.ts';

/** Of the lifetime, on both sides. */
const jitter = 0.02;
const soonestMs = 3_600_000;

/** `random` between 0 and 1 */
export function planRenewal({ validFrom, expiresAt }: ChainFacts, random = Math.random()): Date {
  const lifeMs = expiresAt.getTime() - validFrom.getTime();
  return new Date(expiresAt.getTime() - lifeMs * (1 / 3 + (random * 2 - 1) * jitter));
}

/**
 * When one that has just been made is to be renewed; `asked`: when its authority wants it. Whatever an authority says or
 * makes, one order does not follow the other at once.
 */
export function planNext(facts: ChainFacts, asked: Date | null): Date {
  const planned = planRenewal(facts);
  const wanted = asked && asked < planned ? asked : planned;
  return new Date(Math.max(wanted.getTime(), now().getTime() + soonestMs));
}

/** RFC 9773 §4.1: the key of its issuer and its number; empty where it does not name the first. */
export async function nameCertificate(chain: string): Promise<string> {
  const x509 = await loadX509();
  const leaf = new x509.X509Certificate(new X509Certificate(chain).raw);
  const keyId = leaf.getExtension(x509.AuthorityKeyIdentifierExtension)?.keyId;
  if (!keyId) return '';
  // DER: a positive number whose first bit is set has a zero before it.
  const number = Buffer.from(leaf.serialNumber, 'hex');
  const serial = (number[0] ?? 0) > 0x7f ? Buffer.concat([Buffer.from([0]), number]) : number;
  return `${Buffer.from(keyId, 'hex').toString('base64url')}.${serial.toString('base64url')}`;
}

/** A time in the window that the authority suggests, or null where it does not say. Never throws. */
export async function askRenewalTime(
  renewalInfo: string,
  chain: string,
  signal: AbortSignal,
  random = Math.random(),
): Promise<Date | null> {
  try {
    const name = await nameCertificate(chain);
    if (!renewalInfo || !name) return null;
    const url = `${renewalInfo.replace(/\/$/, '')}/${name}`;
    const { status, body } = await exchange(url, { method: 'GET' }, signal);
    return status === 200 ? chooseTime(body, random) : null;
  } catch {
    return null;
  }
}

/** RFC 9773 §4.2: any time of the window; one that is over means now. */
export function chooseTime(body: unknown, random: number): Date | null {
  const { suggestedWindow } = (body ?? {}) as {
    suggestedWindow?: { start?: string; end?: string };
  };
  const start = Date.parse(suggestedWindow?.start ?? '');
  const end = Date.parse(suggestedWindow?.end ?? '');
  if (!Number.isFinite(start) || !Number.isFinite(end) || end <= start) return null;
  return new Date(Math.max(start + (end - start) * random, now().getTime()));
}
