// XCLIENT (Postfix's XCLIENT_README): a proxy in front of this server says for whom it speaks. Who may is in
// the setting smtp.xclientHosts. LOGIN is not among the attributes: nobody signs in for another here.
import { isIPv4, isIPv6 } from 'node:net';
import { decodeXtext } from './xtext.ts';

export type Introduced = {
  address?: string;
  /** Its confirmed name; null = it has none */
  name?: string | null;
  helo?: string;
  isExtended?: boolean;
};

const hostName = /^[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?(\.[a-z0-9_]([a-z0-9_-]*[a-z0-9_])?)*$/i;
const missing = new Set(['[UNAVAILABLE]', '[TEMPUNAVAIL]']);

type Read = (value: string | null) => Introduced | null;

const attributes: Record<string, Read> = {
  NAME(value) {
    if (value === null) return { name: null };
    return value.length <= 255 && hostName.test(value) ? { name: value.toLowerCase() } : null;
  },
  ADDR(value) {
    const address = value?.replace(/^IPV6:/i, '') ?? '';
    // Without an address no check could be made, so "unavailable" is no answer here.
    return isIPv4(address) || isIPv6(address) ? { address: address.toLowerCase() } : null;
  },
  HELO(value) {
    if (value === null) return {};
    return value.length <= 255 && /^[^\p{Cc}\p{Cf}\s]+$/u.test(value)
      ? { helo: value.toLowerCase() }
      : null;
  },
  PROTO: (value) =>
    value === null || /^E?SMTP$/i.test(value)
      ? { isExtended: value?.toUpperCase() !== 'SMTP' }
      : null,
  PORT: readPort,
  DESTPORT: readPort,
  DESTADDR: (value) => (value === null || /^(IPV6:)?[0-9a-f.:]{2,45}$/i.test(value) ? {} : null),
};

function readPort(value: string | null): Introduced | null {
  return value === null || (/^\d{1,5}$/.test(value) && Number(value) < 65_536) ? {} : null;
}

/** What "XCLIENT ADDR=192.0.2.1 NAME=…" says; null where any of it is wrong, then none of it counts. */
export function readIntroduction(line: string): Introduced | null {
  const words = line.trim().split(/\s+/).slice(1);
  if (words.length === 0 || words.length > 10) return null;
  const said: Introduced = {};
  for (const word of words) {
    const [, name = '', encoded = ''] = /^([a-z]+)=(.*)$/i.exec(word) ?? [];
    const key = name.toUpperCase();
    const read = Object.hasOwn(attributes, key) ? attributes[key] : undefined;
    const value = decodeXtext(encoded);
    if (!read || !value) return null;
    const part = read(missing.has(value.toUpperCase()) ? null : value);
    if (!part) return null;
    Object.assign(said, part);
  }
  return said;
}
