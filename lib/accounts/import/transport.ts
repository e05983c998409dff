// transport(5): "pattern transport:nexthop", as relay rules by recipient; "*" is the rule for all other mail. Pure.
import { collect, type Parsed, Reason, readPairs } from './lines.ts';

export type TransportEntry = {
  match: 'recipient' | 'default';
  pattern: string;
  /** Empty = through MX */
  host: string;
  port: number;
  tlsMode: 'opportunistic' | 'implicit';
};

/** What is no SMTP to another server is a problem. */
export function parseTransport(text: string): Parsed<TransportEntry> {
  const { pairs, problems } = readPairs(text);
  return collect<TransportEntry>(pairs, problems, ({ key, value }) => {
    const way = readWay(value);
    if (way instanceof Reason) return way;
    if (key === '*') return { match: 'default', pattern: '', ...way };
    const pattern = key.toLowerCase();
    if (!/^[^\s@]+@[^\s@]+$|^\.?[^\s@]+\.[^\s@]+$/.test(pattern)) {
      return new Reason(`${key.slice(0, 100)} is not an address or a domain.`);
    }
    return { match: 'recipient', pattern, ...way };
  });
}

type Way = Pick<TransportEntry, 'host' | 'port' | 'tlsMode'>;

function readWay(value: string): Way | Reason {
  const [, transport = '', nexthop = ''] = /^([a-z0-9_-]*):(.*)$/i.exec(value) ?? [];
  if (!value.includes(':')) return new Reason('This is not "transport:nexthop".');
  const direct: Way = { host: '', port: 25, tlsMode: 'opportunistic' };
  if (!['', 'smtp', 'relay', 'smtps'].includes(transport.toLowerCase())) {
    return new Reason(
      `The transport ${transport.slice(0, 40)} is not taken over, only smtp and relay.`,
    );
  }
  if (nexthop === '') return direct;
  const [, bracketed, plain, portText] =
    /^(?:\[([^\]]+)\]|([^[\]:]+))(?::(\w+))?$/.exec(nexthop) ?? [];
  const host = bracketed ?? plain;
  if (!host) return new Reason(`${nexthop.slice(0, 100)} is not a host.`);
  const port = readPort(portText ?? (transport === 'smtps' ? '465' : '25'));
  if (port === null) return new Reason(`${portText} is not a port.`);
  return { host, port, tlsMode: port === 465 ? 'implicit' : 'opportunistic' };
}

const named: Record<string, number> = { smtp: 25, submission: 587, smtps: 465, submissions: 465 };

function readPort(text: string): number | null {
  const port = named[text.toLowerCase()] ?? Number(text);
  return Number.isInteger(port) && port > 0 && port < 65536 ? port : null;
}
