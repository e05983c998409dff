// Whether an authority would find this server under a name: the same questions, asked from here. A router that does not
// lead back in says no where the authority would hear yes, so a no is advice and no verdict.
import { randomBytes } from 'node:crypto';
import { request } from 'node:http';
import { networkInterfaces } from 'node:os';
import { connect } from 'node:tls';
import { type ChallengeKind, putChallenge, removeChallenges } from '#lib/certificates/challenge.ts';
import { serverHostname } from '#lib/settings/index.ts';
import { resolveAddresses } from '#server/dns/resolver.ts';
import { hashAnswer } from './request.ts';
import { proofProtocol } from './tls-proof.ts';

const timeoutMs = 5000;
const mostBytes = 1024;

/** null = the proof was found; else what was found instead. */
export async function tryProof(kind: ChallengeKind, name: string): Promise<string | null> {
  const found = await resolveAddresses(name);
  if (found.status !== 'ok') return found.status === 'none' ? 'it has no address' : found.text;
  const address = found.records[0] ?? '';
  const token = `drey${randomBytes(24).toString('base64url')}`;
  const answer = `${token}.${randomBytes(32).toString('base64url')}`;
  await putChallenge({ token, kind, name, answer });
  try {
    if (kind === 'http-01') return await tryHttp(address, name, token, answer);
    return await tryTls(address, name, answer);
  } finally {
    await removeChallenges([token]);
  }
}

/** Authorities ask on 80 and 443 and nowhere else; tests cannot have those: DREY_TEST_ACME_PORTS="5002,5001". */
function portOf(kind: ChallengeKind): number {
  const [http = 80, tls = 443] = (process.env.DREY_TEST_ACME_PORTS ?? '80,443').split(',');
  return Number(kind === 'http-01' ? http : tls);
}

function tryHttp(
  address: string,
  name: string,
  token: string,
  answer: string,
): Promise<string | null> {
  return new Promise((resolve) => {
    const asked = request({
      host: address,
      port: portOf('http-01'),
      path: `/.well-known/acme-challenge/${token}`,
      agent: false,
      timeout: timeoutMs,
      maxHeaderSize: 8192,
      headers: { host: name },
    });
    const settle = (text: string | null) => {
      asked.destroy();
      resolve(text);
    };
    const where = `${address} port ${portOf('http-01')}`;
    asked.on('timeout', () => settle(`${where} does not answer`));
    asked.on('error', (error: NodeJS.ErrnoException) =>
      settle(`${where} cannot be reached (${error.code ?? error.message})`),
    );
    asked.on('response', (response) => {
      let text = '';
      response.setEncoding('latin1');
      response.on('data', (chunk: string) => {
        text += chunk;
        if (text.length > mostBytes) settle(`another web server answers at ${where}`);
      });
      response.on('error', () => settle(`${where} broke off`));
      response.on('end', () => {
        const isOurs = response.statusCode === 200 && text.trim() === answer;
        const status = response.statusCode ?? 0;
        settle(isOurs ? null : `another web server answers at ${where} (${status})`);
      });
    });
    asked.end();
  });
}

function tryTls(address: string, name: string, answer: string): Promise<string | null> {
  return new Promise((resolve) => {
    const where = `${address} port ${portOf('tls-alpn-01')}`;
    const socket = connect({
      host: address,
      port: portOf('tls-alpn-01'),
      servername: name,
      ALPNProtocols: [proofProtocol],
      // The certificate is the answer; nobody trusts it.
      rejectUnauthorized: false,
      timeout: timeoutMs,
    });
    const settle = (text: string | null) => {
      socket.destroy();
      resolve(text);
    };
    socket.once('secureConnect', () => {
      const raw = socket.getPeerCertificate().raw;
      const isOurs = raw?.includes(hashAnswer(answer)) && socket.alpnProtocol === proofProtocol;
      settle(isOurs ? null : `another server answers at ${where}`);
    });
    socket.once('timeout', () => settle(`${where} does not answer`));
    socket.once('error', (error: NodeJS.ErrnoException) =>
      settle(`${where} cannot be reached (${error.code ?? error.message})`),
    );
  });
}

export type Lead = { isHere: boolean; text: string };

/** Whether the DNS of a name leads to this server: to an address of it, or to where its own name leads. */
export async function checkLead(name: string): Promise<Lead> {
  const hostname = await serverHostname();
  const [found, own] = await Promise.all([resolveAddresses(name), resolveAddresses(hostname)]);
  const fix =
    name === hostname
      ? 'Make A and AAAA records with the addresses of this server.'
      : `Make a record ${name} CNAME ${hostname}, or A and AAAA records with the addresses of this server.`;
  if (found.status === 'failed') return { isHere: false, text: `Not known: ${found.text}.` };
  if (found.status === 'none') return { isHere: false, text: `It is not in the DNS. ${fix}` };
  const here = [...listOwnAddresses(), ...(own.status === 'ok' ? own.records : [])];
  const others = found.records.filter((address) => !here.includes(address));
  if (others.length === 0) return { isHere: true, text: '' };
  const leads = others.slice(0, 3).join(', ');
  return { isHere: false, text: `It leads to ${leads}, which is not this server. ${fix}` };
}

function listOwnAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((some) =>
    (some ?? []).map(({ address }) => address),
  );
}
