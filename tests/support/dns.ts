// A name server of a test's own, on UDP port 0: answers from a zone object, NXDOMAIN for everything else.
import type { AddressInfo } from 'node:net';
import dns2 from 'dns2';
import { writeSetting } from '#lib/settings/index.ts';

export type ZoneEntry = {
  /** "10 mx1.example.test"; "0 ." is a null MX */
  MX?: string[];
  A?: string[];
  AAAA?: string[];
  TXT?: string[];
  PTR?: string[];
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
const typeNames = new Map<number, string>(
  Object.entries(Packet.TYPE).map(([name, type]) => [type as number, name]),
);

/** Starts the server. */
export async function startDns(zone: Zone = {}): Promise<FakeDns> {
  const questions: string[] = [];
  const server = dns2.createServer({
    udp: true,
    handle: (request, send) => {
      const response = Packet.createResponseFromRequest(request);
      const question = request.questions[0];
      const name = String(question?.name ?? '').toLowerCase();
      const type = typeNames.get(question?.type as number) ?? '';
      questions.push(`${type} ${name}`);
      const entry = dns.zone[name];
      if (entry === 'TIMEOUT') return;
      if (entry === undefined) response.header.rcode = 3;
      else if (entry === 'SERVFAIL') response.header.rcode = 2;
      else if (entry === 'REFUSED') response.header.rcode = 5;
      else response.answers.push(...(toAnswers(name, type, entry) as never[]));
      void send(response);
    },
  });
  await server.listen({ udp: { port: 0, address: '127.0.0.1' } as never });
  const { port } = (server.addresses() as { udp: AddressInfo }).udp;
  const dns: FakeDns = {
    server: `127.0.0.1:${port}`,
    zone,
    questions,
    use: () => writeSetting('delivery.dnsServers', [`127.0.0.1:${port}`], 'test'),
    close: async () => {
      await server.close();
    },
  };
  return dns;
}

function toAnswers(name: string, type: string, entry: ZoneEntry): Resource[] {
  const base = { name, class: Packet.CLASS.IN, ttl: 60 };
  const values = entry[type as keyof ZoneEntry] ?? [];
  return values.map((value) => {
    const resource = { ...base, type: Packet.TYPE[type as 'A'] as number };
    if (type === 'MX') {
      const [priority, exchange = ''] = value.split(' ');
      return { ...resource, priority: Number(priority), exchange: exchange.replace(/\.$/, '') };
    }
    if (type === 'TXT') return { ...resource, data: value };
    if (type === 'PTR') return { ...resource, domain: value };
    return { ...resource, address: value };
  });
}
