// Signs a profile with the certificate of this server (CMS SignedData, RFC 5652 §5), so that Apple's devices show whom it is
// from. Written as DER by hand: what is needed is one shape, with SHA-256 and keys of RSA or P-256.
import { createHash, createPrivateKey, type KeyObject, sign, X509Certificate } from 'node:crypto';
import { findOwnPems } from '../certificates/own.ts';
import type { Pems } from '../certificates/pem.ts';
import { now } from '../clock.ts';

const oids = {
  data: '1.2.840.113549.1.7.1',
  signedData: '1.2.840.113549.1.7.2',
  contentType: '1.2.840.113549.1.9.3',
  messageDigest: '1.2.840.113549.1.9.4',
  signingTime: '1.2.840.113549.1.9.5',
  sha256: '2.16.840.1.101.3.4.2.1',
  rsaWithSha256: '1.2.840.113549.1.1.11',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
};
const tags = { integer: 2, octets: 4, nothing: 5, oid: 6, utcTime: 23, sequence: 0x30, set: 0x31 };
/** [0], constructed */
const tag0 = 0xa0;

/** The profile signed, or as it is where this server has no certificate of an authority. */
export async function signProfile(profile: string): Promise<Buffer> {
  const content = Buffer.from(profile, 'utf8');
  const pems = await findOwnPems();
  return (pems && signContent(content, pems, now())) ?? content;
}

/** null for a key of another kind. */
export function signContent(content: Buffer, { cert, key }: Pems, at: Date): Buffer | null {
  const privateKey = createPrivateKey(key);
  const algorithm = nameAlgorithm(privateKey);
  if (!algorithm) return null;
  const chain = (cert.match(/-----BEGIN[^-]+-----[^-]+-----END[^-]+-----/g) ?? []).map(
    (block) => new X509Certificate(block).raw,
  );
  const leaf = chain[0];
  if (!leaf) return null;
  const sha256 = sequence(oid(oids.sha256));
  const attributes = listAttributes(content, at);
  const signature = sign('sha256', encode(tags.set, attributes), privateKey);
  const signer = sequence(
    integer(1),
    readIssuerAndSerial(leaf),
    sha256,
    // RFC 5652 §5.4: what is signed has the tag of a SET, what stands here [0].
    encode(tag0, attributes),
    algorithm,
    encode(tags.octets, signature),
  );
  const signed = sequence(
    integer(1),
    encode(tags.set, sha256),
    sequence(oid(oids.data), encode(tag0, encode(tags.octets, content))),
    encode(tag0, Buffer.concat(chain)),
    encode(tags.set, signer),
  );
  return sequence(oid(oids.signedData), encode(tag0, signed));
}

function nameAlgorithm(key: KeyObject): Buffer | null {
  if (key.asymmetricKeyType === 'rsa') {
    return sequence(oid(oids.rsaWithSha256), encode(tags.nothing, Buffer.alloc(0)));
  }
  return key.asymmetricKeyType === 'ec' ? sequence(oid(oids.ecdsaWithSha256)) : null;
}

function listAttributes(content: Buffer, at: Date): Buffer {
  const digest = createHash('sha256').update(content).digest();
  const time = `${at.toISOString().replace(/[-:T]/g, '').slice(2, 14)}Z`;
  const attribute = (name: string, value: Buffer) => sequence(oid(name), encode(tags.set, value));
  const all = [
    attribute(oids.contentType, oid(oids.data)),
    attribute(oids.signingTime, encode(tags.utcTime, Buffer.from(time, 'latin1'))),
    attribute(oids.messageDigest, encode(tags.octets, digest)),
  ];
  // DER: the members of a SET OF in the order of their bytes.
  return Buffer.concat(all.toSorted(Buffer.compare));
}

/** Out of a certificate (RFC 5280 §4.1): [0] version, number, algorithm, issuer, … */
function readIssuerAndSerial(certificate: Buffer): Buffer {
  const [body = Buffer.alloc(0)] = listMembers(certificate);
  const members = listMembers(body);
  const start = members[0]?.[0] === tag0 ? 1 : 0;
  const [serial, , issuer] = members.slice(start);
  return sequence(issuer ?? Buffer.alloc(0), serial ?? Buffer.alloc(0));
}

/** The encodings inside one that is constructed; of a certificate that Node has parsed. */
function listMembers(bytes: Buffer): Buffer[] {
  const { start } = readHeader(bytes, 0);
  const members: Buffer[] = [];
  for (let at = start; at < bytes.length; ) {
    const { end } = readHeader(bytes, at);
    members.push(bytes.subarray(at, end));
    at = end;
  }
  return members;
}

/** Where the content of the encoding at `at` starts and ends. */
function readHeader(bytes: Buffer, at: number): { start: number; end: number } {
  const first = bytes.readUInt8(at + 1);
  if (first < 128) return { start: at + 2, end: at + 2 + first };
  const size = first & 0x7f;
  const start = at + 2 + size;
  return { start, end: start + bytes.readUIntBE(at + 2, size) };
}

function encode(tag: number, body: Buffer): Buffer {
  const { length } = body;
  if (length < 128) return Buffer.concat([Buffer.from([tag, length]), body]);
  const size = Buffer.from(
    length.toString(16).padStart(length > 0xffff ? 6 : length > 0xff ? 4 : 2, '0'),
    'hex',
  );
  return Buffer.concat([Buffer.from([tag, 0x80 | size.length]), size, body]);
}

function sequence(...parts: Buffer[]): Buffer {
  return encode(tags.sequence, Buffer.concat(parts));
}

function integer(value: number): Buffer {
  return encode(tags.integer, Buffer.from([value]));
}

function oid(name: string): Buffer {
  const [first = 0, second = 0, ...rest] = name.split('.').map(Number);
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) groups.unshift((left & 0x7f) | 0x80);
    return groups;
  });
  return encode(tags.oid, Buffer.from(bytes));
}
