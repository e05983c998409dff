// The hosts of a relay rule, in the order they are tried: "name:port" is that host itself, "mx:domain:port" the mail
// servers that the domain names by MX, "unix:/path" a socket of this machine. Pure.
import { isIP } from 'node:net';
import { Refusal } from '#lib/errors.ts';
import { toAsciiDomain } from '#lib/mail/address.ts';

export type RelayHost =
  | { kind: 'host' | 'mx'; name: string; port: number }
  | { kind: 'socket'; path: string };

const maxHosts = 20;

/** The stored form of what somebody wrote, with the port that is meant. Refusal 'invalid' with the field. */
export function checkHosts(text: string, usualPort: number, field: string): string {
  const words = text.split(/[\s,]+/).filter((word) => word !== '');
  if (words.length > maxHosts) {
    throw new Refusal('invalid', `Give at most ${maxHosts} hosts.`, field);
  }
  const hosts = words.map((word) => {
    const host = readHost(word, usualPort);
    if (typeof host === 'string') throw new Refusal('invalid', host, field);
    return formatHost(host);
  });
  return [...new Set(hosts)].join(' ');
}

/** Hosts as they are stored. */
export function parseHosts(stored: string): RelayHost[] {
  return stored
    .split(' ')
    .filter((word) => word !== '')
    .flatMap((word) => {
      const host = readHost(word, 25);
      return typeof host === 'string' ? [] : [host];
    });
}

export function formatHost(host: RelayHost): string {
  if (host.kind === 'socket') return `unix:${host.path}`;
  const name = host.name.includes(':') ? `[${host.name}]` : host.name;
  return `${host.kind === 'mx' ? 'mx:' : ''}${name}:${host.port}`;
}

/** A host, or what is wrong with it. */
function readHost(word: string, usualPort: number): RelayHost | string {
  if (/^(unix:)?\//.test(word)) {
    const path = word.replace(/^unix:/, '');
    // What the system takes (unix(7)).
    return /^[!-~]{2,100}$/.test(path)
      ? { kind: 'socket', path }
      : 'The path of a socket has at most 100 letters.';
  }
  const isMx = /^mx:/i.test(word);
  const rest = isMx ? word.slice(3) : word;
  if (isIP(rest) === 6) return { kind: 'host', name: rest.toLowerCase(), port: usualPort };
  const [, bracketed, plain, portText] =
    /^(?:\[([^[\]]+)\]|([^[\]:]+))(?::(\d{1,5}))?$/.exec(rest) ?? [];
  const name = checkName(bracketed ?? plain ?? '');
  if (!name || (isMx && isIP(name))) {
    return `${word.slice(0, 100)} is no host: give a name or an IP address, with ":port" where it is not ${usualPort}.`;
  }
  const port = portText === undefined ? usualPort : Number(portText);
  if (port < 1 || port > 65_535) return 'The port is a number from 1 to 65535.';
  return { kind: isMx ? 'mx' : 'host', name, port };
}

function checkName(text: string): string | null {
  const name = text.replace(/\.$/, '').toLowerCase();
  if (isIP(name)) return name;
  const ascii = toAsciiDomain(name);
  // "0x7f.1" and "127.1" are names to us and addresses to some resolvers.
  return !ascii || /(^|\.)(0x[0-9a-f]*|\d+)$/.test(ascii) ? null : ascii;
}
