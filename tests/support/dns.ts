// A name server of a test's own, on a free port, UDP and TCP: answers from a zone object, NXDOMAIN for everything else.
import type { AddressInfo } from 'node:net';
import dns2, { type DnsHandler, type DnsServer } from 'dns2';
import { writeSetting } from '#lib/settings/index.ts';

export type ZoneEntry = {
  /** "10 mx1.example.test"; "0 ." is a null MX */
  MX?: string[];
  A?: string[];
  AAAA?: string[];
  TXT?: string[];
  PTR?: string[];
  /** "993 imap.example.test" */
  SRV?: string[];
  /** "3 1 1 ABCD…" */
  TLSA?: string[];
  /** The name is an alias of this one. */
  CNAME?: string;
  /** Answers about the name have AD: it and, of what does not exist, what is below it. */
  isSecure?: boolean;
};
/** 'SERVFAIL' and 'REFUSED' are answered so; 'TIMEOUT' is never answered. Names in lower case. */
export type Zone = Record<string, ZoneEntry | 'SERVFAIL' | 'REFUSED' | 'TIMEOUT'>;

export type FakeDns = {
  /** For the setting delivery.dnsServers. */
  server: string;
  /** May be changed at any time; the resolver remembers answers (forgetAnswers). */
  zone: Zone;
  /** "MX example.test", each question in order */
  questions: string[];
  /** Points the setting delivery.dnsServers here. */
  use(): Promise<void>;
  close(): Promise<void>;
};

type Resource = { name: string; type: number; class: number; ttl: number } & object;

const { Packet } = dns2;
const tlsaType = 52;
const typeNames = new Map<number, string>([
  ...Object.entries(Packet.TYPE).map(([name, type]) => [type as number, name] as const),
  [tlsaType, 'TLSA'],
]);

type Writer = { write(value: number, bits: number): void };
type SrvRecord = { priority: number; weight: number; port: number; target: string };
// RFC 2782: the target is not compressed, which dns2 does and resolvers refuse.
(Packet as unknown as { Resource: { SRV: object } }).Resource.SRV = {
  encode: ({ priority, weight, port, target }: SrvRecord, writer: Writer) => {
    for (const number of [priority, weight, port]) writer.write(number, 16);
    for (const label of target.split('.')) {
      for (const byte of [label.length, ...Buffer.from(label)]) writer.write(byte, 8);
    }
    writer.write(0, 8);
  },
};

/** Starts the server. */
export async function startDns(zone: Zone = {}): Promise<FakeDns> {
  const questions: string[] = [];
  const handle: DnsHandler = (request, send) => {
    const response = Packet.createResponseFromRequest(request);
    const question = request.questions[0];
    const name = String(question?.name ?? '').toLowerCase();
    const type = typeNames.get(question?.type as number) ?? '';
    questions.push(`${type} ${name}`);
    const entry = dns.zone[name];
    if (entry === 'TIMEOUT') return;
    if (isSecure(dns.zone, name, type)) (response.header as { ad?: number }).ad = 1;
    if (entry === undefined) response.header.rcode = 3;
    else if (entry === 'SERVFAIL') response.header.rcode = 2;
    else if (entry === 'REFUSED') response.header.rcode = 5;
    else response.answers.push(...(toAnswers(dns.zone, name, type, entry) as never[]));
    void send(response);
  };
  const servers = await listen(handle);
  const { port } = servers[0].addresses().udp as AddressInfo;
  const dns: FakeDns = {
    server: `127.0.0.1:${port}`,
    zone,
    questions,
    use: () => writeSetting('delivery.dnsServers', [`127.0.0.1:${port}`], 'test'),
    close: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
  return dns;
}

/** UDP on a free port and TCP on the same: a long answer is cut short on UDP and asked for again. */
async function listen(handle: DnsHandler): Promise<[DnsServer, DnsServer]> {
  for (;;) {
    const udp = dns2.createServer({ udp: true, handle });
    await udp.listen({ udp: { port: 0, address: '127.0.0.1' } as never });
    const { port } = udp.addresses().udp as AddressInfo;
    const tcp = dns2.createServer({ tcp: true, handle });
    const isTaken = new Promise<boolean>((resolve) => tcp.once('error', () => resolve(true)));
    const isListening = tcp.listen({ tcp: { port, address: '127.0.0.1' } }).then(() => false);
    if (!(await Promise.race([isTaken, isListening]))) return [udp, tcp];
    await udp.close();
  }
}

/** Of an alias both names have to be secure, where more than the alias is asked for. */
function isSecure(zone: Zone, name: string, type: string): boolean {
  const entry = zone[name];
  if (entry === undefined) {
    const parent = name.slice(name.indexOf('.') + 1);
    return name.includes('.') && isSecure(zone, parent, '');
  }
  if (typeof entry === 'string' || !entry.isSecure) return false;
  return type === 'CNAME' || !entry.CNAME || isSecure(zone, entry.CNAME, type);
}

function toAnswers(zone: Zone, name: string, type: string, entry: ZoneEntry): Resource[] {
  const base = { name, class: Packet.CLASS.IN, ttl: 60 };
  if (entry.CNAME !== undefined) {
    const alias = { ...base, type: Packet.TYPE.CNAME as number, domain: entry.CNAME };
    const target = zone[entry.CNAME];
    if (type === 'CNAME' || target === undefined || typeof target === 'string') return [alias];
    return [alias, ...toAnswers(zone, entry.CNAME, type, target)];
  }
  const values = (entry[type as keyof ZoneEntry] ?? []) as string[];
  return values.map((value) => {
    if (type === 'TLSA') {
      const [usage, selector, matching, hex = ''] = value.split(' ');
      const numbers = [usage, selector, matching].map(Number);
      const data = Buffer.concat([Buffer.from(numbers), Buffer.from(hex, 'hex')]);
      return { ...base, type: tlsaType, data };
    }
    const resource = { ...base, type: Packet.TYPE[type as 'A'] as number };
    if (type === 'MX') {
      const [priority, exchange = ''] = value.split(' ');
      return { ...resource, priority: Number(priority), exchange: exchange.replace(/\.$/, '') };
    }
    // RFC 1035 §3.3.14: strings of at most 255 bytes.
    if (type === 'TXT') return { ...resource, data: value.match(/.{1,255}/gs) ?? [''] };
    if (type === 'PTR') return { ...resource, domain: value };
    if (type === 'SRV') {
      const [port, target = ''] = value.split(' ');
      return { ...resource, priority: 0, weight: 1, port: Number(port), target };
    }
    return { ...resource, address: value };
  });
}
