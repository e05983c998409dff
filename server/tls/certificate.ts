// The certificates in use: by the host name that a client asks for (shelf.ts), and for everybody else the default:
// the files of the settings, else the one for the name of this server, else a self-signed one in the data folder.
// Looked after every few seconds, so what changes is in force for the next connection.
//
// Invariant: once started there is always a usable certificate. Files that cannot be used change nothing;
// they are told once in the log and in certificateFacts().
import { X509Certificate } from 'node:crypto';
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createSecureContext, type SecureContext } from 'node:tls';
import { type Pems, readChainFacts, readPems } from '#lib/certificates/pem.ts';
import { now } from '#lib/clock.ts';
import { dataFolder } from '#lib/env.ts';
import { logOf } from '#lib/log.ts';
import { onPoke } from '#lib/poke.ts';
import { readSettings, type Settings, serverHostname } from '#lib/settings/index.ts';
import type { Running } from '#server/net/running.ts';
import { isGoodFor, makeSelfSigned } from './self-signed.ts';
import { chooseCertificate, lookOf, readShelf, type Shelved } from './shelf.ts';

export type CertificateFacts = {
  source: 'self-signed' | 'files' | 'table';
  /** As OpenSSL writes it, such as "CN=mail.example.org". */
  subject: string;
  /** DNS names and addresses it is good for. */
  names: string[];
  expiresAt: Date;
  /** Why the files of the settings are not in use, in one sentence; or null. */
  problem: string | null;
};

type MinVersion = 'TLSv1.2' | 'TLSv1.3';
type InUse = { pems: Pems; source: CertificateFacts['source']; minVersion: MinVersion };

const log = logOf('tls');
const lookIntervalMs = 3000;
const pokeIntervalMs = 500;
const renewalDays = 30;

let inUse: InUse | null = null;
let context: SecureContext | null = null;
let shelf: Shelved[] = [];
/** Of the certificates of the table, by id. */
let contexts = new Map<string, SecureContext>();
let problem: string | null = null;
/** What the files looked like when they were last read, good or bad: read again only when that changes. */
let lastFiles = '';
const listeners = new Set<() => void>();

/** Makes sure there is a certificate and keeps watch. */
export async function startCertificates(): Promise<Running> {
  await refreshCertificates();
  let isStopped = false;
  let lookedAt = Date.now();
  const look = () => {
    lookedAt = Date.now();
    refreshCertificates().catch((error: unknown) => {
      if (!isStopped) log.error({ error }, 'the certificate could not be looked after');
    });
  };
  const timer = setInterval(look, lookIntervalMs);
  timer.unref();
  const lookSoon = () => {
    if (Date.now() - lookedAt > pokeIntervalMs) look();
  };
  const endPokes = [
    onPoke('settings', lookSoon),
    onPoke('elsewhere', lookSoon),
    // Rare, and somebody waits for it.
    onPoke('certificates', look),
  ];
  return {
    stop: async () => {
      isStopped = true;
      clearInterval(timer);
      for (const end of endPokes) end();
      await refreshing?.catch(() => {});
    },
  };
}

/** The context for the next handshake of a client that names no host. */
export function secureContext(): SecureContext {
  if (!context) throw new Error('startCertificates() must run before TLS is used');
  return context;
}

/** For the option SNICallback of TLS sockets: the context for the host that the client names. */
export function answerSni(
  host: string,
  done: (error: Error | null, context?: SecureContext) => void,
): void {
  const found = chooseCertificate(shelf, host);
  done(null, (found && contexts.get(found.id)) ?? secureContext());
}

/** Key and certificate chain in use, and the oldest TLS version, for a library with a TLS server of its own. */
export function currentPems(): Pems & { minVersion: MinVersion } {
  if (!inUse) throw new Error('startCertificates() must run before TLS is used');
  return { ...inUse.pems, minVersion: inUse.minVersion };
}

/** Calls `listener` after each change of the certificate or of the TLS version; returns the end of that. */
export function onCertificateChange(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** What the administrator should know about the certificate in use. */
export function certificateFacts(): CertificateFacts {
  const { subject, names, expiresAt } = readChainFacts(currentPems().cert);
  return { source: inUse?.source ?? 'self-signed', subject, names, expiresAt, problem };
}

let refreshing: Promise<void> | null = null;

/** Looks at settings, files and dates now and replaces the certificate if they ask for it. */
export async function refreshCertificates(): Promise<void> {
  // One after the other: a call during another one waits, then looks itself.
  const former = refreshing;
  const mine = (async () => {
    await former?.catch(() => {});
    await refresh();
  })();
  refreshing = mine;
  try {
    await mine;
  } finally {
    if (refreshing === mine) refreshing = null;
  }
}

async function refresh(): Promise<void> {
  const settings = await readSettings();
  const minVersion = settings['tls.minVersion'];
  const isShelfNew = fillShelf(await readShelf(), minVersion);
  const isDefaultNew = await chooseDefault(settings, minVersion);
  if (isShelfNew && !isDefaultNew) tell();
}

/** Puts the certificates of the table in force; whether anything changed. */
function fillShelf(next: Shelved[], minVersion: MinVersion): boolean {
  const before = new Map(shelf.map((one) => [one.id, one]));
  const isKept = (one: Shelved) =>
    before.get(one.id)?.pems === one.pems && inUse?.minVersion === minVersion;
  const isSame = next.length === shelf.length && next.every(isKept);
  if (isSame) return false;
  contexts = new Map(
    next.map((one) => {
      const kept = isKept(one) ? contexts.get(one.id) : undefined;
      return [one.id, kept ?? createSecureContext({ ...one.pems, minVersion })];
    }),
  );
  shelf = next;
  log.info({ names: next.map(({ names }) => names.join(' ')) }, 'certificates by host name');
  return true;
}

/** Whether another one is the default from now on. */
async function chooseDefault(settings: Settings, minVersion: MinVersion): Promise<boolean> {
  const certificateFile = settings['tls.certificateFile'];
  const keyFile = settings['tls.keyFile'];
  const fromFiles = await lookAtFiles(certificateFile, keyFile);
  if (fromFiles === 'unchanged') return use({ ...(inUse as InUse), minVersion });
  if (fromFiles) return use({ pems: fromFiles, source: 'files', minVersion });
  // The files cannot be used: stay with the certificate of the files that could, while it lives.
  if (problem && inUse?.source === 'files' && !hasExpired(inUse.pems.cert)) {
    return use({ ...inUse, minVersion });
  }
  const hostname = await serverHostname();
  const found = chooseCertificate(shelf, hostname);
  if (found) return use({ pems: found.pems, source: 'table', minVersion });
  return use({ pems: await ownPems(hostname), source: 'self-signed', minVersion });
}

/** The pair of the files, 'unchanged' when it is in use already, null when there is none to use. */
async function lookAtFiles(
  certificateFile: string,
  keyFile: string,
): Promise<Pems | 'unchanged' | null> {
  if (!certificateFile && !keyFile) {
    lastFiles = '';
    problem = null;
    return null;
  }
  const looks = `${await lookOf(certificateFile)} ${await lookOf(keyFile)}`;
  if (looks === lastFiles) {
    if (problem !== null) return null;
    return inUse?.source === 'files' ? 'unchanged' : null;
  }
  lastFiles = looks;
  try {
    if (!certificateFile || !keyFile) {
      throw new Error('The settings tls.certificateFile and tls.keyFile must be given together.');
    }
    const pems = await readPems(certificateFile, keyFile);
    problem = null;
    return pems;
  } catch (error) {
    problem = error instanceof Error ? error.message : String(error);
    const instead = inUse ? 'The former certificate stays' : 'A self-signed certificate is';
    log.error({ certificateFile, keyFile }, `${problem} ${instead} in use.`);
    return null;
  }
}

function hasExpired(cert: string): boolean {
  return new X509Certificate(cert).validToDate.getTime() <= now().getTime();
}

/** Puts `next` in force if it differs, and tells the listeners; whether it did. */
function use(next: InUse): boolean {
  const isSame =
    inUse !== null &&
    inUse.pems.cert === next.pems.cert &&
    inUse.pems.key === next.pems.key &&
    inUse.minVersion === next.minVersion;
  if (isSame) {
    inUse = next;
    return false;
  }
  const isFirst = inUse === null;
  context = createSecureContext({ ...next.pems, minVersion: next.minVersion });
  inUse = next;
  const { subject, names, expiresAt } = certificateFacts();
  log.info({ source: next.source, subject, names, expiresAt, isFirst }, 'certificate in use');
  tell();
  return true;
}

function tell(): void {
  for (const listener of listeners) {
    try {
      listener();
    } catch (error) {
      log.error({ error }, 'a listener did not take the new certificate');
    }
  }
}

/** The self-signed pair of the data folder; made anew when it is missing, foreign, or near its end. */
async function ownPems(hostname: string): Promise<Pems> {
  const folder = join(dataFolder(), 'tls');
  const file = join(folder, 'self-signed.pem');
  const stored = await readOwn(file);
  if (stored && isGoodFor(stored.cert, hostname, renewalDays)) return stored;
  const made = await makeSelfSigned(hostname);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // Key and certificate in one file and in one rename: they can never be of two different pairs.
  const draft = `${file}.${process.pid}`;
  await writeFile(draft, made.key + made.cert, { mode: 0o600 });
  await chmod(draft, 0o600);
  await rename(draft, file);
  // For people who want to make their mail program trust it.
  await writeFile(join(folder, 'self-signed.crt'), made.cert);
  return made;
}

async function readOwn(file: string): Promise<Pems | null> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const at = text.indexOf('-----BEGIN CERTIFICATE-----');
  if (at <= 0) return null;
  const pems = { key: text.slice(0, at), cert: text.slice(at) };
  try {
    createSecureContext(pems);
    return pems;
  } catch {
    return null;
  }
}
