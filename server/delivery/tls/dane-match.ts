// Whether a server's certificate is one that its TLSA records name (RFC 7671, RFC 7672 §3). Pure but for the clock.
import { createHash, X509Certificate } from 'node:crypto';
import { now } from '#lib/clock.ts';

export type Tlsa = {
  /** 2: an authority of the chain, 3: the server's own (RFC 7672 §3.1). */
  usage: number;
  /** 0: the whole certificate, 1: its public key. */
  selector: number;
  /** 0: as it is, 1: SHA-256, 2: SHA-512. */
  matching: number;
  data: Buffer;
};

const digestBytes = [0, 32, 64];
const digestNames = ['', 'sha256', 'sha512'];
const maxDepth = 10;

/** The data of a TLSA record (RFC 6698 §2.1); null where it is too short. */
export function readTlsa(data: Buffer): Tlsa | null {
  if (data.length < 4) return null;
  return { usage: data[0]!, selector: data[1]!, matching: data[2]!, data: data.subarray(3) };
}

/** RFC 7672 §3.1.3: usages 0 and 1 are not for mail; unknown selectors and types neither. */
export function isUsable({ usage, selector, matching, data }: Tlsa): boolean {
  const size = digestBytes[matching];
  const isKnown = (usage === 2 || usage === 3) && selector <= 1 && size !== undefined;
  return isKnown && (matching === 0 || data.length === size);
}

/** "3 1 1 0B9F…", as in a zone file. */
export function formatTlsa({ usage, selector, matching, data }: Tlsa): string {
  return `${usage} ${selector} ${matching} ${data.toString('hex').toUpperCase()}`;
}

/**
 * Null where one of the usable records fits the chain that the server showed (its own certificate first), else
 * why none does. `names` are those that a certificate of usage 2 may have (RFC 7672 §3.2.2).
 */
export function matchDane(
  chain: X509Certificate[],
  records: Tlsa[],
  names: string[],
): string | null {
  const [leaf] = chain;
  if (!leaf) return 'the server showed no certificate';
  // RFC 7672 §3.1.1: of usage 3 neither names nor dates are looked at.
  if (records.some((record) => record.usage === 3 && fits(leaf, record))) return null;
  const authorities = records.filter(({ usage }) => usage === 2);
  if (authorities.length === 0) return 'its certificate is not the one that the TLSA records name';
  const depth = findAuthority(chain, authorities);
  if (depth < 0) return 'no authority of its certificate is one that the TLSA records name';
  if (!chain.slice(0, depth + 1).every(isInTime)) return 'a certificate has expired';
  if (!names.some((name) => leaf.checkHost(name) !== undefined)) {
    return `its certificate is for other names (${leaf.subjectAltName?.slice(0, 100) ?? 'none'})`;
  }
  return null;
}

/** How far up the chain the named authority is, each certificate signed by the next one; −1: it is not there. */
function findAuthority(chain: X509Certificate[], records: Tlsa[]): number {
  for (let depth = 1; depth < Math.min(chain.length, maxDepth); depth++) {
    const [below, above] = [chain[depth - 1]!, chain[depth]!];
    if (!isSignedBy(below, above)) return -1;
    if (records.some((record) => fits(above, record))) return depth;
  }
  // RFC 7671 §5.2: an authority that is published whole need not be sent.
  const top = chain.length - 1;
  const last = chain[top]!;
  const isBelowPublished = records.some((record) => {
    const whole =
      record.selector === 0 && record.matching === 0 ? toCertificate(record.data) : null;
    return whole !== null && isInTime(whole) && isSignedBy(last, whole);
  });
  return isBelowPublished ? top : -1;
}

function isSignedBy(below: X509Certificate, above: X509Certificate): boolean {
  return above.ca && below.checkIssued(above) && below.verify(above.publicKey);
}

function isInTime(certificate: X509Certificate): boolean {
  const at = now();
  return certificate.validFromDate <= at && at <= certificate.validToDate;
}

function fits(certificate: X509Certificate, { selector, matching, data }: Tlsa): boolean {
  const bytes =
    selector === 0
      ? certificate.raw
      : certificate.publicKey.export({ type: 'spki', format: 'der' });
  const found =
    matching === 0
      ? bytes
      : createHash(digestNames[matching] as string)
          .update(bytes)
          .digest();
  return found.equals(data);
}

function toCertificate(bytes: Buffer): X509Certificate | null {
  try {
    return new X509Certificate(bytes);
  } catch {
    return null;
  }
}
