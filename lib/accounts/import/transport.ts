// transport(5): "pattern transport:nexthop", and its relatives relayhost, sender_dependent_relayhost_maps,
// smtp_sasl_password_maps and smtp_tls_policy_maps, as fields of relay rules. Pure.
import { isIP } from 'node:net';
import { collect, type Parsed, Reason, readLines, readPairs } from './lines.ts';

/** Fields of a relay rule; what is not named keeps its default. */
export type RouteEntry = {
  recipient?: string;
  sender?: string;
  target: 'mx' | 'hosts' | 'lmtp' | 'discard' | 'return';
  hosts?: string;
  tlsMode?: 'opportunistic' | 'implicit';
  text?: string;
};

type Way = Omit<RouteEntry, 'recipient' | 'sender'>;

/** "*" is the rule for all other mail. */
export function parseTransport(text: string): Parsed<RouteEntry> {
  const { pairs, problems } = readPairs(text);
  return collect<RouteEntry>(pairs, problems, ({ key, value }) => {
    const way = readWay(value);
    if (way instanceof Reason) return way;
    if (key === '*') return way;
    const pattern = key.toLowerCase();
    if (!/^[^\s@]+@[^\s@]+$|^\.?[^\s@]+\.[^\s@]+$/.test(pattern)) {
      return new Reason(`${key.slice(0, 100)} is not an address or a domain.`);
    }
    // There ".domain" is what is below it, without the domain itself.
    return { recipient: pattern.replace(/^\./, '*.'), ...way };
  });
}

/** "sender nexthop" */
export function parseSenderRelays(text: string): Parsed<RouteEntry> {
  const { pairs, problems } = readPairs(text);
  return collect<RouteEntry>(pairs, problems, ({ key, value }) => {
    if (!/^[^\s@]*@[^\s@]+$/.test(key)) {
      return new Reason(`${key.slice(0, 100)} is not an address or "@domain".`);
    }
    if (/^dunno$/i.test(value)) return new Reason('DUNNO changes nothing.');
    const way = readNexthop(value, 25);
    return way instanceof Reason ? way : { sender: key.toLowerCase(), ...way };
  });
}

/** "[smart.example.net]:587", as it stands in main.cf or alone. */
export function parseRelayhost(text: string): Parsed<RouteEntry> {
  const pairs = readLines(text).map(({ line, text: row }) => {
    return { line, key: 'relayhost', value: row.replace(/^relayhost\s*=\s*/i, '') };
  });
  return collect<RouteEntry>(pairs.slice(0, 1), [], ({ value }) => readNexthop(value, 25));
}

export type LoginEntry = { key: string; username: string; password: string };

/** "nexthop-or-sender user:password" */
export function parseLogins(text: string): Parsed<LoginEntry> {
  const { pairs, problems } = readPairs(text);
  return collect<LoginEntry>(pairs, problems, ({ key, value }) => {
    const [, username = '', password = ''] = /^([^:]+):(.+)$/.exec(value) ?? [];
    if (!username) return new Reason('This is not "user:password".');
    return { key: key.toLowerCase(), username, password };
  });
}

export type TlsEntry = {
  key: string;
  tlsMode: 'none' | 'opportunistic' | 'required' | 'verified' | 'dane';
};

/** Drey obeys DANE wherever it is there, so "dane" is what it does anyway. */
const levels: Record<string, TlsEntry['tlsMode']> = {
  none: 'none',
  may: 'opportunistic',
  dane: 'opportunistic',
  encrypt: 'required',
  verify: 'verified',
  secure: 'verified',
  'dane-only': 'dane',
};

/** "nexthop-or-domain level attributes"; the attributes have no counterpart. */
export function parseTlsPolicies(text: string): Parsed<TlsEntry> {
  const { pairs, problems } = readPairs(text);
  return collect<TlsEntry>(pairs, problems, ({ key, value }) => {
    const level = value.split(/\s+/)[0]?.toLowerCase() ?? '';
    const tlsMode = Object.hasOwn(levels, level) ? levels[level] : undefined;
    if (!tlsMode) return new Reason(`The level ${level.slice(0, 40)} is not taken over.`);
    return { key: key.toLowerCase(), tlsMode };
  });
}

function readWay(value: string): Way | Reason {
  const [, name, nexthop = ''] = /^([a-z0-9_-]*):(.*)$/i.exec(value) ?? [];
  if (name === undefined) return new Reason('This is not "transport:nexthop".');
  const transport = name.toLowerCase();
  if (transport === 'discard') return { target: 'discard' };
  if (transport === 'error') return { target: 'return', text: nexthop.trim() };
  if (transport === 'lmtp') return readLmtp(nexthop);
  if (!['', 'smtp', 'relay', 'smtps'].includes(transport)) {
    const list = 'smtp, relay, lmtp, discard and error';
    return new Reason(`The transport ${transport.slice(0, 40)} is not taken over, only ${list}.`);
  }
  if (nexthop === '') return { target: 'mx' };
  return readNexthop(nexthop, transport === 'smtps' ? 465 : 25);
}

/** "unix:private/lmtp", "inet:host:port", "[host]:port" */
function readLmtp(nexthop: string): Way | Reason {
  const path = /^unix:(.+)$/.exec(nexthop)?.[1];
  if (path) {
    // Names without a slash before them are below the queue directory.
    const whole = path.startsWith('/') ? path : `/var/spool/postfix/${path}`;
    return { target: 'lmtp', hosts: `unix:${whole}` };
  }
  const plain = nexthop.replace(/^inet:/, '');
  const way = readNexthop(plain.startsWith('[') ? plain : plain.replace(/^([^:]+)/, '[$1]'), 24);
  return way instanceof Reason ? way : { target: 'lmtp', hosts: way.hosts };
}

/** "[host]:port" is the host itself, "host:port" where its MX points (Postfix: relayhost). */
export function readNexthop(text: string, usualPort: number): Way | Reason {
  const [, bracketed, plain, portText] =
    /^(?:\[([^\]]+)\]|([^[\]:]+))(?::(\w+))?$/.exec(text.trim()) ?? [];
  const host = (bracketed ?? plain)?.toLowerCase().replace(/^ipv6:/, '');
  if (!host) return new Reason(`${text.slice(0, 100)} is not a host.`);
  const port = readPort(portText ?? String(usualPort));
  if (port === null) return new Reason(`${portText} is not a port.`);
  const name = isIP(host) === 6 ? `[${host}]` : host;
  const isItself = bracketed !== undefined || isIP(host) > 0;
  return {
    target: 'hosts',
    hosts: `${isItself ? '' : 'mx:'}${name}:${port}`,
    tlsMode: port === 465 && isItself ? 'implicit' : 'opportunistic',
  };
}

const named: Record<string, number> = {
  smtp: 25,
  lmtp: 24,
  submission: 587,
  smtps: 465,
  submissions: 465,
};

function readPort(text: string): number | null {
  const port = named[text.toLowerCase()] ?? Number(text);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : null;
}
