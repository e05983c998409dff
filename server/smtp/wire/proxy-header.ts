// The PROXY protocol's header, versions 1 and 2 (HAProxy's proxy-protocol.txt): whom a load balancer speaks for.
import { isIPv4, isIPv6 } from 'node:net';

/** Null where the balancer speaks for itself, or does not say for whom. */
export type Origin = { address: string; port: number } | null;

export type ProxyHeader =
  | { status: 'more' }
  | { status: 'bad' }
  | { status: 'ok'; lengthBytes: number; origin: Origin };

const signature = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');
const word = Buffer.from('PROXY ');
/** §2.1: the longest line of version 1, CRLF included. */
const maxLineBytes = 107;
/** Addresses and what may stand behind them (TLS details and the like). */
const maxBlockBytes = 4096;
/** More is never needed to read a header, or to know that it is none. */
export const maxHeaderBytes = 16 + maxBlockBytes;

const more: ProxyHeader = { status: 'more' };
const bad: ProxyHeader = { status: 'bad' };

/** Reads the header that `bytes` begin with. */
export function readProxyHeader(bytes: Buffer): ProxyHeader {
  if (beginsWith(bytes, signature)) return readBlock(bytes);
  if (beginsWith(bytes, word)) return readLine(bytes);
  return bad;
}

/** True also for fewer bytes that are a beginning of it. */
function beginsWith(bytes: Buffer, wanted: Buffer): boolean {
  const length = Math.min(bytes.length, wanted.length);
  return bytes.subarray(0, length).equals(wanted.subarray(0, length));
}

/** §2.1: "PROXY TCP4 192.0.2.1 198.51.100.1 56324 25" CRLF */
function readLine(bytes: Buffer): ProxyHeader {
  const end = bytes.subarray(0, maxLineBytes).indexOf('\r\n');
  if (end < 0) return bytes.length < maxLineBytes ? more : bad;
  const lengthBytes = end + 2;
  const [, family = '', ...words] = bytes.toString('latin1', 0, end).split(' ');
  if (family === 'UNKNOWN') return { status: 'ok', lengthBytes, origin: null };
  const isAddress = family === 'TCP4' ? isIPv4 : family === 'TCP6' ? isIPv6 : null;
  const [from = '', to = '', fromPort = '', toPort = '', ...rest] = words;
  const isGood =
    isAddress?.(from) && isAddress(to) && isPort(fromPort) && isPort(toPort) && rest.length === 0;
  if (!isGood) return bad;
  const origin = { address: from.toLowerCase(), port: Number(fromPort) };
  return { status: 'ok', lengthBytes, origin };
}

function isPort(text: string): boolean {
  return /^(0|[1-9]\d{0,4})$/.test(text) && Number(text) < 65_536;
}

/** §2.2: version and command, family and transport, length, addresses, what else there is. */
function readBlock(bytes: Buffer): ProxyHeader {
  if (bytes.length < 16) return more;
  const [command, family] = [bytes[12], bytes[13]];
  const blockBytes = bytes.readUInt16BE(14);
  if (blockBytes > maxBlockBytes || (command !== 0x20 && command !== 0x21)) return bad;
  const lengthBytes = 16 + blockBytes;
  if (bytes.length < lengthBytes) return more;
  // LOCAL, or a family that is none of ours: the balancer's own address counts.
  if (command === 0x20) return { status: 'ok', lengthBytes, origin: null };
  const block = bytes.subarray(16, lengthBytes);
  if (family === 0x11) {
    if (blockBytes < 12) return bad;
    const address = [...block.subarray(0, 4)].join('.');
    return { status: 'ok', lengthBytes, origin: { address, port: block.readUInt16BE(8) } };
  }
  if (family === 0x21) {
    if (blockBytes < 36) return bad;
    const groups = Array.from({ length: 8 }, (_, at) => block.readUInt16BE(at * 2).toString(16));
    const port = block.readUInt16BE(32);
    return { status: 'ok', lengthBytes, origin: { address: groups.join(':'), port } };
  }
  return family === 0x00 ? { status: 'ok', lengthBytes, origin: null } : bad;
}
