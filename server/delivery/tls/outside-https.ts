// HTTPS to hosts that strangers name: policy files and report addresses. One exchange a connection, certificate
// checked, redirects are not followed, little is read, and private addresses are out of reach (as for MX hosts).
import { request } from 'node:https';
import { isIP } from 'node:net';
import { isPublicAddress } from '#lib/accounts/public-address.ts';
import { readSettings } from '#lib/settings/index.ts';
import { resolveAddresses } from '#server/dns/resolver.ts';

export type HttpsAnswer = { status: number; contentType: string; body: Buffer };

export type HttpsProblem = {
  text: string;
  /** The certificate does not prove the name. */
  isCertificate: boolean;
};

const limitMs = 30_000;
/** RFC 8461 §3.3 suggests 64 KB. */
const maxBytes = 64 * 1024;
const maxHeaderBytes = 16 * 1024;

/** GET of `path`, or POST of `body`. Never throws. */
export async function askHttps(
  host: string,
  path: string,
  body?: { type: string; bytes: Buffer },
): Promise<HttpsAnswer | HttpsProblem> {
  if (isIP(host) || host.includes(':')) return toProblem(`${host} is no host name`);
  const found = await resolveAddresses(host);
  if (found.status !== 'ok') {
    return toProblem(`${host}: ${found.status === 'none' ? 'it has no address' : found.text}`);
  }
  const settings = await readSettings();
  const address = found.records.find(
    (one) => settings['delivery.allowPrivateAddresses'] || isPublicAddress(one),
  );
  if (!address) return toProblem(`${host} has only private addresses`);
  return exchange({ host, path, address, port: settings['delivery.httpsPort'], body });
}

type Exchange = {
  host: string;
  path: string;
  address: string;
  port: number;
  body: { type: string; bytes: Buffer } | undefined;
};

function exchange({
  host,
  path,
  address,
  port,
  body,
}: Exchange): Promise<HttpsAnswer | HttpsProblem> {
  return new Promise((resolve) => {
    const asked = request({
      host: address,
      servername: host,
      port,
      path,
      method: body ? 'POST' : 'GET',
      // A connection of its own: nothing of another host is used again.
      agent: false,
      minVersion: 'TLSv1.2',
      maxHeaderSize: maxHeaderBytes,
      headers: {
        Host: host,
        ...(body ? { 'Content-Type': body.type, 'Content-Length': body.bytes.length } : {}),
      },
    });
    const settle = (result: HttpsAnswer | HttpsProblem) => {
      clearTimeout(timer);
      asked.on('error', () => undefined);
      asked.destroy();
      resolve(result);
    };
    const timer = setTimeout(() => settle(toProblem(`${host} did not answer in time`)), limitMs);
    asked.on('error', (error: NodeJS.ErrnoException) => {
      settle({ text: `${host}: ${error.message}`, isCertificate: isCertificate(error.code ?? '') });
    });
    asked.on('response', (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('error', (error) => settle(toProblem(`${host}: ${error.message}`)));
      response.on('data', (chunk: Buffer) => {
        chunks.push(chunk);
        size += chunk.length;
        if (size > maxBytes) settle(toProblem(`${host} sends more than ${maxBytes} bytes`));
      });
      response.on('end', () => {
        const contentType = response.headers['content-type'] ?? '';
        const isWhole = response.complete;
        if (!isWhole) settle(toProblem(`${host} broke off`));
        else settle({ status: response.statusCode ?? 0, contentType, body: Buffer.concat(chunks) });
      });
    });
    asked.end(body?.bytes);
  });
}

function toProblem(text: string): HttpsProblem {
  return { text, isCertificate: false };
}

/** Codes of OpenSSL for a chain that does not hold, and Node's for a name that does not fit. */
function isCertificate(code: string): boolean {
  return /^CERT_|SELF_SIGNED|UNABLE_TO_(GET|VERIFY)|^ERR_TLS_CERT|INVALID_(CA|PURPOSE)|HOSTNAME_/.test(
    code,
  );
}
