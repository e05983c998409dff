// Questions whose answers are only worth something when DNSSEC proves them (RFC 7672 §2.1): MX, addresses and TLSA
// for DANE. node:dns does not show whether the resolver validated (AD), so this is a client of our own: UDP, then TCP
// for what was cut. AD is believed of a name server on loopback, or where the setting delivery.trustsResolver
// says so; no other name server is asked. SERVFAIL (a bogus answer is one), timeouts and nonsense are 'failed'.
import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { getServers } from 'node:dns';
import { connect, isIP } from 'node:net';
import { isLoopback } from '#lib/accounts/network.ts';
import { readSettings } from '#lib/settings/index.ts';
import { onForget } from './forget.ts';
import { toQuestion } from './resolver.ts';
import {
  decodeAnswer,
  encodeQuestion,
  type RecordType,
  readName,
  recordTypes,
  type WireAnswer,
  type WireRecord,
} from './wire.ts';

/** `data` is the record's own; `exchange` and `preference` of MX records. */
export type SecureRecord = { data: Buffer; exchange?: string; preference?: number };

export type SecureAnswer =
  | {
      status: 'ok';
      records: SecureRecord[];
      isSecure: boolean;
      /** The name that has the records, behind aliases. */
      canonical: string;
    }
  | { status: 'none'; isSecure: boolean }
  | { status: 'failed'; text: string };

type Server = { host: string; port: number };

const timeoutMs = 4000;
const tries = 2;
const maxAliases = 8;
const maxRecords = 100;
const cacheMs = 60_000;
const failedCacheMs = 2000;
const maxCached = 4000;

const cache = new Map<string, { answer: Promise<SecureAnswer>; until: number }>();
onForget(() => cache.clear());

/** Name servers whose AD is believed; empty where there is none, then DANE is not possible. */
export async function listTrustedServers(): Promise<Server[]> {
  const settings = await readSettings();
  const given = settings['delivery.dnsServers'];
  const servers = (given.length > 0 ? given : getServers()).flatMap((text) => toServer(text) ?? []);
  return settings['delivery.trustsResolver']
    ? servers
    : servers.filter(({ host }) => isLoopback(host));
}

function toServer(text: string): Server | null {
  const [, bracketed, bracketedPort] = /^\[([^\]]+)\](?::(\d{1,5}))?$/.exec(text) ?? [];
  if (bracketed) return { host: bracketed, port: Number(bracketedPort ?? 53) };
  if (isIP(text)) return { host: text, port: 53 };
  const [, host = '', port] = /^([\d.]+):(\d{1,5})$/.exec(text) ?? [];
  return isIP(host) ? { host, port: Number(port) } : null;
}

/** Asks a trusted name server. 'failed' also where there is none. */
export async function askSecure(type: RecordType, text: string): Promise<SecureAnswer> {
  const name = toQuestion(text);
  if (!name) return { status: 'none', isSecure: false };
  const servers = await listTrustedServers();
  const key = `${type} ${name} ${servers.map(({ host, port }) => `${host} ${port}`)}`;
  const known = cache.get(key);
  if (known && known.until > performance.now()) return known.answer;
  const entry = { answer: ask(servers, type, name), until: performance.now() + cacheMs };
  if (cache.size >= maxCached) cache.delete(cache.keys().next().value as string);
  cache.set(key, entry);
  const answer = await entry.answer;
  if (answer.status === 'failed') entry.until = performance.now() + failedCacheMs;
  return answer;
}

async function ask(servers: Server[], type: RecordType, name: string): Promise<SecureAnswer> {
  let text = 'no name server is trusted to validate';
  for (let turn = 0; turn < tries; turn++) {
    for (const server of servers) {
      const heard = await exchange(server, type, name);
      if (typeof heard === 'string') text = heard;
      // No other server is asked after SERVFAIL: one that does not validate would hide the fault.
      else return toAnswer(heard.answer, heard.bytes, type, name);
    }
  }
  return { status: 'failed', text };
}

type Heard = { answer: WireAnswer; bytes: Buffer };

async function exchange(server: Server, type: RecordType, name: string): Promise<Heard | string> {
  const id = randomInt(0x10000);
  const question = encodeQuestion(id, name, type);
  const read = (bytes: Buffer): Heard | null => {
    const answer = decodeAnswer(bytes);
    const isOurs =
      answer?.id === id &&
      answer.question.name === name &&
      answer.question.type === recordTypes[type];
    return isOurs ? { answer, bytes } : null;
  };
  const heard = await askByUdp(server, question, read);
  if (typeof heard === 'string' || !heard.answer.isTruncated) return heard;
  return askByTcp(server, question, read);
}

type Read = (bytes: Buffer) => Heard | null;

/** A socket and so a port of its own for each question: answers are hard to guess (RFC 5452 §4.5). */
function askByUdp(server: Server, question: Buffer, read: Read): Promise<Heard | string> {
  return new Promise((resolve) => {
    const socket = createSocket(isIP(server.host) === 6 ? 'udp6' : 'udp4');
    const settle = (result: Heard | string) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.close();
      resolve(result);
    };
    const timer = setTimeout(() => settle('the name server did not answer in time'), timeoutMs);
    socket.on('error', () => settle('no name server can be reached'));
    socket.on('message', (bytes) => {
      const heard = read(bytes);
      // What is not the answer to this question may be somebody's guess: the right one may still come.
      if (heard) settle(heard);
    });
    // Connected: the kernel drops what others send.
    socket.connect(server.port, server.host, () => {
      socket.send(question, (error) => {
        if (error) settle('no name server can be reached');
      });
    });
  });
}

/** RFC 7766 §8: two bytes of length before the message. */
function askByTcp(server: Server, question: Buffer, read: Read): Promise<Heard | string> {
  return new Promise((resolve) => {
    const socket = connect(server.port, server.host);
    let bytes = Buffer.alloc(0);
    const settle = (result: Heard | string) => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => undefined);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => settle('the name server did not answer in time'), timeoutMs);
    socket.on('error', () => settle('no name server can be reached'));
    socket.on('close', () => settle('the name server closed the connection'));
    socket.on('connect', () => {
      const size = Buffer.alloc(2);
      size.writeUInt16BE(question.length);
      socket.write(Buffer.concat([size, question]));
    });
    socket.on('data', (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes.length < 2 || bytes.length < 2 + bytes.readUInt16BE(0)) return;
      const heard = read(bytes.subarray(2, 2 + bytes.readUInt16BE(0)));
      settle(heard ?? 'the name server talks nonsense');
    });
  });
}

function toAnswer(answer: WireAnswer, bytes: Buffer, type: RecordType, name: string): SecureAnswer {
  const isSecure = answer.isAuthentic;
  if (answer.isTruncated) return { status: 'failed', text: 'the answer was cut short' };
  if (answer.rcode === 3) return { status: 'none', isSecure };
  if (answer.rcode !== 0) {
    const code = answer.rcode === 2 ? 'SERVFAIL, or DNSSEC says it is forged' : answer.rcode;
    return { status: 'failed', text: `the name server failed (${code})` };
  }
  let canonical = name;
  // RFC 1034 §3.6.2: the aliases of a chain come along; the records belong to its end.
  for (let hop = 0; hop < maxAliases && type !== 'CNAME'; hop++) {
    const alias = answer.answers.find(
      (record) => record.type === recordTypes.CNAME && record.name === canonical,
    );
    if (!alias) break;
    canonical = nameIn(bytes, alias, 0) ?? canonical;
  }
  const records = answer.answers
    .filter((record) => record.type === recordTypes[type] && record.name === canonical)
    .slice(0, maxRecords)
    .flatMap((record) => toRecord(bytes, record) ?? []);
  if (records.length === 0) return { status: 'none', isSecure };
  return { status: 'ok', records, isSecure, canonical };
}

function toRecord(bytes: Buffer, record: WireRecord): SecureRecord | null {
  const { type, data } = record;
  if (type !== recordTypes.MX) return { data };
  if (data.length < 3) return null;
  const exchange = nameIn(bytes, record, 2);
  return exchange === null ? null : { data, exchange, preference: data.readUInt16BE(0) };
}

function nameIn(bytes: Buffer, { start }: WireRecord, skip: number): string | null {
  try {
    return readName(bytes, start + skip).name;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}
