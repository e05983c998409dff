// One order of a certificate by ACME (RFC 8555 §7.4), in steps that are each kept before the next: whoever is interrupted
// begins again where the order is, with the key it is for.
//
// Invariant: the certificate in use stays until the new one has been checked.
import { createPrivateKey } from 'node:crypto';
import { decryptSecret } from '#lib/accounts/secret.ts';
import {
  exportKey,
  makeKey,
  requireAcmeAccount,
  saveAccountUrl,
  sealKey,
} from '#lib/certificates/acme-account.ts';
import type { CertificateRow } from '#lib/certificates/certificate.ts';
import { type ChallengeKind, putChallenge, removeChallenges } from '#lib/certificates/challenge.ts';
import { checkOrdered, type Pems } from '#lib/certificates/pem.ts';
import { write } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';
import { readSettings } from '#lib/settings/index.ts';
import { cleanText } from '#server/delivery/outbound/reply.ts';
import { type AcmeClient, authorizeKey, openClient, pollUntil, post, register } from './client.ts';
import { AcmeProblem, toProblem } from './problem.ts';
import { tryProof } from './reach.ts';
import { nameCertificate } from './renewal-info.ts';
import { makeRequest } from './request.ts';

type Body = Record<string, unknown>;
type Order = { url: string; status: string; authorizations: string[]; finalize: string };
type Challenge = { type: string; url: string; token: string; status: string };

const log = logOf('acme');
const proofWithinMs = 120_000;
const issueWithinMs = 120_000;
const most = { authorizations: 100 };

/** A client for the account of the settings, registered. Refusal, AcmeProblem. */
export async function openAccount(signal: AbortSignal): Promise<AcmeClient> {
  const account = await requireAcmeAccount();
  const client = await openClient(account.directory, account, signal);
  if (!client.accountUrl) await registerAgain(client, account.directory);
  return client;
}

async function registerAgain(client: AcmeClient, directory: string): Promise<void> {
  const url = await register(client, (await readSettings())['tls.acmeContact']);
  await saveAccountUrl(directory, url);
  log.info({ directory }, 'account registered');
}

/** Orders, proves and fetches the certificate of a row. Refusal, AcmeProblem, Error with a sentence. */
export async function fulfilOrder(
  row: CertificateRow,
  signal: AbortSignal,
): Promise<{ pems: Pems; client: AcmeClient }> {
  const names = row.names.split(' ');
  const client = await openAccount(signal);
  const order = (await findOrder(client, row)) ?? (await beginOrder(client, row, names));
  if (order.status === 'pending') await proveNames(client, order, row);
  const key = await keepKey(row);
  const body = await finish(client, order, await makeRequest(names, key));
  const { text } = await post(client, textOf(body.certificate), null);
  const pems = { key: exportKey(key), cert: text.replaceAll('\r', '').trim().concat('\n') };
  checkOrdered(pems, names);
  return { pems, client };
}

/** The order that was begun before, where it still leads somewhere. */
async function findOrder(client: AcmeClient, row: CertificateRow): Promise<Order | null> {
  if (!row.orderUrl) return null;
  try {
    const order = toOrder(row.orderUrl, (await post(client, row.orderUrl, null)).body);
    const isAlive = ['pending', 'ready', 'processing', 'valid'].includes(order.status);
    if (isAlive && (order.status === 'pending' || row.orderSecret)) return order;
  } catch (error) {
    if (!(error instanceof AcmeProblem)) throw error;
  }
  log.info({ names: row.names }, 'the former order is over; a new one begins');
  return null;
}

async function beginOrder(
  client: AcmeClient,
  row: CertificateRow,
  names: string[],
): Promise<Order> {
  const identifiers = names.map((value) => ({ type: 'dns', value }));
  // RFC 9773 §5: what is renewed does not count against limits.
  const replaces =
    client.directory.renewalInfo && row.chain !== '' ? await nameCertificate(row.chain) : '';
  const ask = () => post(client, client.directory.newOrder, { identifiers });
  const askToReplace = () =>
    post(client, client.directory.newOrder, { identifiers, replaces }).catch((error) => {
      // Another order has replaced it already, or another authority made it.
      if (error instanceof AcmeProblem && error.type !== 'rateLimited') return ask();
      throw error;
    });
  const answer = await (replaces ? askToReplace() : ask()).catch(async (error: unknown) => {
    // An authority that has forgotten the account makes it again for the same key.
    if (!(error instanceof AcmeProblem) || error.type !== 'accountDoesNotExist') throw error;
    await registerAgain(client, (await requireAcmeAccount()).directory);
    return ask();
  });
  const order = toOrder(answer.headers.get('location') ?? '', answer.body);
  await save(row, { orderUrl: order.url, orderSecret: '' });
  return order;
}

function toOrder(url: string, body: unknown): Order {
  const found = (body ?? {}) as Body;
  const authorizations = Array.isArray(found.authorizations) ? found.authorizations : [];
  return {
    url,
    status: textOf(found.status),
    authorizations: authorizations.slice(0, most.authorizations).map(textOf),
    finalize: textOf(found.finalize),
  };
}

/** Proves every name that is not proven yet, one after the other. */
async function proveNames(client: AcmeClient, order: Order, row: CertificateRow): Promise<void> {
  for (const url of order.authorizations) {
    const found = ((await post(client, url, null)).body ?? {}) as Body;
    if (found.status === 'valid') continue;
    const name = textOf((found.identifier as Body | undefined)?.value).toLowerCase();
    // What an authority is answered is a word of this server for the name: for those that were ordered alone.
    if (!row.names.split(' ').includes(name)) {
      throw new AcmeProblem(
        '',
        `The authority asks for a proof of ${cleanText(name).slice(0, 253)}.`,
      );
    }
    const challenge = await chooseChallenge(found.challenges, name, row.failures);
    const answer = authorizeKey(challenge.token, client.key);
    const kind = challenge.type as ChallengeKind;
    await putChallenge({ token: challenge.token, kind, name, answer });
    try {
      // One that was begun before the interruption is waited for.
      if (challenge.status === 'pending') await post(client, challenge.url, {});
      const done = await pollUntil(
        client,
        url,
        ({ status }) => status !== 'pending',
        proofWithinMs,
      );
      if (done.status !== 'valid') throw describeRefusal(done, name, kind);
      log.info({ name, kind }, 'name proven');
    } finally {
      await removeChallenges([challenge.token]);
    }
  }
}

/** By the setting; else the kind that is found from here, and where none is, the other one at each attempt. */
async function chooseChallenge(
  offered: unknown,
  name: string,
  failures: number,
): Promise<Challenge> {
  const list = (Array.isArray(offered) ? offered : []).map(toChallenge);
  const wanted = (await readSettings())['tls.acmeChallenge'];
  const order: ChallengeKind[] =
    failures % 2 === 0 ? ['http-01', 'tls-alpn-01'] : ['tls-alpn-01', 'http-01'];
  const kinds = wanted === 'auto' ? order : [wanted];
  const possible = kinds.flatMap((kind) => list.find(({ type }) => type === kind) ?? []);
  for (const challenge of possible) {
    if (possible.length === 1) return challenge;
    if ((await tryProof(challenge.type as ChallengeKind, name)) === null) return challenge;
  }
  if (possible[0]) return possible[0];
  const types = list.map(({ type }) => type.slice(0, 30)).join(', ');
  throw new AcmeProblem(
    '',
    `The authority offers no proof for ${name} that is possible here (${types}).`,
  );
}

function toChallenge(challenge: unknown): Challenge {
  const { type, url, token, status } = (challenge ?? {}) as Body;
  return { type: textOf(type), url: textOf(url), token: textOf(token), status: textOf(status) };
}

/** What the authority found wrong with the proof. */
function describeRefusal(authorization: Body, name: string, kind: ChallengeKind): AcmeProblem {
  const list = Array.isArray(authorization.challenges) ? (authorization.challenges as Body[]) : [];
  const error = list.find((challenge) => challenge.error)?.error;
  const { type, message } = toProblem(error, 0);
  const port = kind === 'http-01' ? 'port 80' : 'port 443';
  return new AcmeProblem(type, `The authority could not prove ${name} by ${port}: ${message}`);
}

/** The key of this order: a new one for each certificate, kept before the authority hears of it. */
async function keepKey(row: CertificateRow) {
  const pem = row.orderSecret === '' ? null : decryptSecret(row.orderSecret);
  if (pem !== null) return createPrivateKey(pem);
  const key = await makeKey();
  await save(row, { orderSecret: sealKey(key) });
  return key;
}

async function finish(client: AcmeClient, order: Order, csr: string): Promise<Body> {
  const current = ((await post(client, order.url, null)).body ?? {}) as Body;
  if (current.status === 'ready') await post(client, order.finalize, { csr });
  const isDone = ({ status }: Body) => status === 'valid' || status === 'invalid';
  const done = await pollUntil(client, order.url, isDone, issueWithinMs);
  if (done.status === 'invalid') throw toProblem(done.error, 0);
  return done;
}

async function save(row: CertificateRow, data: Partial<CertificateRow>): Promise<void> {
  Object.assign(row, data);
  // A removed row: the order goes to its end unseen.
  await write((tx) => tx.certificate.updateMany({ where: { id: row.id }, data }));
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 2000) : '';
}
