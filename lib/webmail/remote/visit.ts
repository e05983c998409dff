// Requests to other servers because a message says so (a picture, leaving a list), or an administrator (webhooks). Each
// host is resolved once and the connection pinned to the address that was checked, again after every redirect; no cookies,
// no referrer, a name that says no more than "Drey"; bytes and time are bounded.
import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from '#lib/accounts/public-address.ts';
import { Refusal } from '../../errors.ts';

export type VisitRules = {
  method: 'GET' | 'POST';
  body?: string;
  /** Of the body; without, a form's */
  bodyType?: string;
  headers?: Record<string, string>;
  /** Of the answer; 0: it is not read */
  maxBytes: number;
  timeoutMs: number;
  maxRedirects: number;
  /** Of the answer; what is of another type is not read */
  accept: string;
  /** https alone, also after a redirect */
  isSecureOnly?: boolean;
  /** Stands in for DNS in tests */
  resolve?: (host: string) => Promise<LookupAddress[]>;
  /** Stands in for the public Internet in tests */
  mayVisit?: (address: string, port: number) => boolean;
};
export type Visit = { status: number; type: string; bytes: Buffer };

const ports = new Set([80, 443]);

/** Visits an address. Refusal 'forbidden' for one that may not be visited, 'unavailable', 'too-big'. */
export async function visit(address: string, rules: VisitRules): Promise<Visit> {
  const ending = AbortSignal.timeout(rules.timeoutMs);
  let url = checkUrl(address, rules);
  for (let redirects = 0; ; redirects++) {
    const answer = await ask(url, rules, ending);
    const status = answer.statusCode ?? 0;
    const { location } = answer.headers;
    if (![301, 302, 303, 307, 308].includes(status) || !location) {
      return readAnswer(answer, rules);
    }
    answer.destroy();
    // RFC 8058 §3.1: the answer to a POST is no way to another place.
    if (rules.method === 'POST') return { status, type: '', bytes: Buffer.alloc(0) };
    if (redirects >= rules.maxRedirects) throw new Refusal('unavailable', 'Too many redirects.');
    url = checkUrl(new URL(location, url).href, rules);
  }
}

/** A URL of a public place, without who one is. */
function checkUrl(text: string, { isSecureOnly, mayVisit }: VisitRules): URL {
  const url = URL.parse(text);
  const isWeb = url && (url.protocol === 'https:' || (url.protocol === 'http:' && !isSecureOnly));
  const port = Number(url?.port) || (url?.protocol === 'https:' ? 443 : 80);
  const isRefused =
    !isWeb || url.username !== '' || url.password !== '' || (!mayVisit && !ports.has(port));
  if (isRefused || text.length > 4000) throw new Refusal('forbidden', 'This may not be visited.');
  return url;
}

async function pin(url: URL, rules: VisitRules): Promise<LookupAddress> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const isNumber = isIP(host);
  const found = isNumber
    ? [{ address: host, family: isNumber }]
    : await (rules.resolve ?? resolveHost)(host).catch(() => []);
  const port = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  const isFine = rules.mayVisit ?? isPublicAddress;
  // One bad address among good ones is a trap, too.
  const [first] = found;
  if (!first) throw new Refusal('unavailable', 'This server was not found.');
  if (!found.every(({ address }) => isFine(address, port))) {
    throw new Refusal('forbidden', 'This may not be visited.');
  }
  return first;
}

function resolveHost(host: string): Promise<LookupAddress[]> {
  return lookup(host, { all: true });
}

async function ask(url: URL, rules: VisitRules, signal: AbortSignal): Promise<IncomingMessage> {
  const { address, family } = await pin(url, rules);
  const isSecure = url.protocol === 'https:';
  return new Promise((resolve, reject) => {
    const fail = () => reject(new Refusal('unavailable', 'This server does not answer.'));
    const begin = isSecure ? requestHttps : requestHttp;
    const outgoing = begin(
      url,
      {
        method: rules.method,
        agent: false,
        signal,
        maxHeaderSize: 16 * 1024,
        // Whatever the name says by now: this is the address that was looked at.
        lookup: (_host, options, callback) => {
          if (options.all) callback(null, [{ address, family }]);
          else callback(null, address, family);
        },
        headers: {
          accept: rules.accept,
          'accept-encoding': 'identity',
          'user-agent': 'Drey',
          ...rules.headers,
          ...(rules.body === undefined
            ? {}
            : {
                'content-type': rules.bodyType ?? 'application/x-www-form-urlencoded',
                'content-length': Buffer.byteLength(rules.body),
              }),
        },
      },
      resolve,
    );
    outgoing.once('error', fail);
    outgoing.end(rules.body);
  });
}

async function readAnswer(answer: IncomingMessage, rules: VisitRules): Promise<Visit> {
  const declared = Number(answer.headers['content-length'] ?? 0);
  const encoding = answer.headers['content-encoding'] ?? 'identity';
  try {
    if (rules.maxBytes === 0)
      return { status: answer.statusCode ?? 0, type: '', bytes: Buffer.alloc(0) };
    if (encoding !== 'identity') throw new Refusal('unavailable', 'This answer is packed.');
    if (declared > rules.maxBytes) throw new Refusal('too-big', 'This is too large.');
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      sizeBytes += chunk.length;
      if (sizeBytes > rules.maxBytes) throw new Refusal('too-big', 'This is too large.');
      chunks.push(chunk);
    }
    const type = answer.headers['content-type'] ?? '';
    return { status: answer.statusCode ?? 0, type, bytes: Buffer.concat(chunks) };
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal('unavailable', 'This server does not answer.');
  } finally {
    answer.destroy();
  }
}
