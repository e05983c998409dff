// The messages of ACME (RFC 8555): signed requests to an authority, one after the other. Not npm acme-client: it keeps of
// an error only the sentence (no type, no subproblems, no Retry-After), waits inside a request for as long as a limit of
// the authority says, reads answers of any length, and knows no renewal information (RFC 9773).
//
// Invariants: https alone, certificates checked; little is read; no secret in an error or a log line.
import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { now } from '#lib/clock.ts';
import { AcmeProblem, readRetryAfter, toProblem } from './problem.ts';

export type Directory = {
  newNonce: string;
  newAccount: string;
  newOrder: string;
  keyChange: string;
  renewalInfo: string;
  terms: string;
};

export type Answer = { status: number; body: unknown; text: string; headers: Headers };

/** A conversation with one authority in the name of one account. */
export type AcmeClient = {
  directory: Directory;
  /** As the authority calls the account; empty = not yet registered */
  accountUrl: string;
  key: KeyObject;
  nonce: string | null;
  signal: AbortSignal;
};

const timeoutMs = 30_000;
const maxBytes = 512 * 1024;
const maxNonceTries = 8;
const maxUrl = 2000;
const jsonTypes = /^application\/(problem\+)?json/;

/** Reads the directory. AcmeProblem where the authority does not answer. */
export async function readDirectory(url: string, signal: AbortSignal): Promise<Directory> {
  const { body, status } = await exchange(url, { method: 'GET' }, signal);
  if (status !== 200) throw toProblem(body, status);
  const found = (body ?? {}) as Record<string, unknown>;
  const link = (name: string) => (isHttps(found[name]) ? String(found[name]) : '');
  const meta = (found.meta ?? {}) as Record<string, unknown>;
  const directory = {
    newNonce: link('newNonce'),
    newAccount: link('newAccount'),
    newOrder: link('newOrder'),
    keyChange: link('keyChange'),
    renewalInfo: link('renewalInfo'),
    terms: readTerms(meta.termsOfService),
  };
  if (!directory.newNonce || !directory.newAccount || !directory.newOrder) {
    throw new AcmeProblem('', `There is no ACME directory at ${url}.`);
  }
  return directory;
}

export async function openClient(
  directoryUrl: string,
  account: { key: KeyObject; url: string },
  signal: AbortSignal,
): Promise<AcmeClient> {
  const directory = await readDirectory(directoryUrl, signal);
  return { directory, accountUrl: account.url, key: account.key, nonce: null, signal };
}

/**
 * Finds or makes the account of the client's key (RFC 8555 §7.3: it is the same account each time) and remembers its
 * address.
 */
export async function register(client: AcmeClient, contact: string): Promise<string> {
  const payload = {
    termsOfServiceAgreed: true,
    ...(contact ? { contact: [`mailto:${contact}`] } : {}),
  };
  client.accountUrl = '';
  const { headers } = await post(client, client.directory.newAccount, payload);
  const url = headers.get('location') ?? '';
  if (!isHttps(url)) throw new AcmeProblem('', 'The authority does not say which account it made.');
  client.accountUrl = url;
  return url;
}

/** RFC 8555 §7.3.5: the account has `key` from now on. */
export async function changeAccountKey(client: AcmeClient, key: KeyObject): Promise<void> {
  const url = client.directory.keyChange;
  if (!url) throw new AcmeProblem('', 'This authority does not let accounts change their key.');
  const inner = signJws(
    key,
    { jwk: toJwk(key), url },
    { account: client.accountUrl, oldKey: toJwk(client.key) },
  );
  await post(client, url, inner);
  client.key = key;
}

/** A signed request; `payload` null reads (POST-as-GET). AcmeProblem for what is no success. */
export async function post(
  client: AcmeClient,
  url: string,
  payload: object | null,
): Promise<Answer> {
  if (!isHttps(url)) throw new AcmeProblem('', 'The authority gave an address that is not https.');
  const identity = client.accountUrl ? { kid: client.accountUrl } : { jwk: toJwk(client.key) };
  for (let tries = 1; ; tries++) {
    const nonce = client.nonce ?? (await fetchNonce(client));
    client.nonce = null;
    const body = JSON.stringify(signJws(client.key, { ...identity, nonce, url }, payload));
    const headers = { 'content-type': 'application/jose+json' };
    const answer = await exchange(url, { method: 'POST', headers, body }, client.signal);
    client.nonce = answer.headers.get('replay-nonce');
    if (answer.status < 400) return answer;
    const problem = toProblem(answer.body, answer.status, answer.headers.get('retry-after'));
    // RFC 8555 §6.5: the same request with the nonce of the answer.
    if (problem.type !== 'badNonce' || tries === maxNonceTries) throw problem;
  }
}

/** Reads `url` again until `isDone`, at the pace of the authority, for at most `forMs`. */
export async function pollUntil(
  client: AcmeClient,
  url: string,
  isDone: (body: Record<string, unknown>) => boolean,
  forMs: number,
): Promise<Record<string, unknown>> {
  const deadline = performance.now() + forMs;
  for (let waitMs = 500; ; waitMs = Math.min(waitMs * 2, 10_000)) {
    const { body, headers } = await post(client, url, null);
    const found = (body ?? {}) as Record<string, unknown>;
    if (isDone(found)) return found;
    if (performance.now() > deadline) {
      throw new AcmeProblem('', 'The authority did not come to an end in time; it is asked again.');
    }
    const retryAt = readRetryAfter(headers.get('retry-after'));
    const asked = retryAt ? retryAt.getTime() - now().getTime() : 0;
    await sleep(Math.max(waitMs, Math.min(asked, 30_000)), undefined, { signal: client.signal });
  }
}

/** RFC 8555 §8.1: the token and the thumbprint of the account's key (RFC 7638). */
export function authorizeKey(token: string, key: KeyObject): string {
  return `${token}.${createHash('sha256')
    .update(JSON.stringify(toJwk(key)))
    .digest('base64url')}`;
}

/** The public half, its members in the order of RFC 7638 §3.3. */
function toJwk(key: KeyObject): { crv: string; kty: string; x: string; y: string } {
  const { crv = '', kty = '', x = '', y = '' } = createPublicKey(key).export({ format: 'jwk' });
  return { crv, kty, x, y };
}

/** RFC 7515, flattened, ES256 */
function signJws(key: KeyObject, header: object, payload: object | null) {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
  const head = encode({ alg: 'ES256', ...header });
  const body = payload ? encode(payload) : '';
  const signature = sign('sha256', Buffer.from(`${head}.${body}`), {
    key,
    dsaEncoding: 'ieee-p1363',
  });
  return { protected: head, payload: body, signature: signature.toString('base64url') };
}

async function fetchNonce(client: AcmeClient): Promise<string> {
  const { headers } = await exchange(client.directory.newNonce, { method: 'HEAD' }, client.signal);
  const nonce = headers.get('replay-nonce');
  if (!nonce) throw new AcmeProblem('', 'The authority gives no nonce.');
  return nonce;
}

/** One exchange. AcmeProblem where there is no answer. */
export async function exchange(
  url: string,
  init: RequestInit,
  signal: AbortSignal,
): Promise<Answer> {
  const host = URL.canParse(url) ? new URL(url).host : url.slice(0, 100);
  try {
    const response = await fetch(url, {
      ...init,
      headers: { 'user-agent': 'Drey', ...init.headers },
      redirect: 'error',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    const text = await readBody(response);
    const isJson = jsonTypes.test(response.headers.get('content-type') ?? '');
    const body = isJson ? (JSON.parse(text) as unknown) : null;
    return { status: response.status, body, text, headers: response.headers };
  } catch (error) {
    if (signal.aborted) throw error;
    const cause = (error as { cause?: NodeJS.ErrnoException }).cause;
    const why = cause?.code ?? cause?.message ?? (error as Error).message;
    throw new AcmeProblem('', `${host} cannot be reached or does not answer (${why}).`);
  }
}

async function readBody(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > maxBytes) throw new Error('the answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** An address, or (as for trials) the text itself. */
function readTerms(terms: unknown): string {
  return typeof terms === 'string' && /^(https|data):/.test(terms) ? terms.slice(0, maxUrl) : '';
}

function isHttps(url: unknown): boolean {
  return typeof url === 'string' && url.startsWith('https://') && url.length <= maxUrl;
}
