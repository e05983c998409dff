// Certificates for host names, as rows that every node reads: made here (self-signed), read from files, uploaded, or
// ordered by ACME. The daemon (server/tls) serves them by the name that a client asks for, and orders what is due.
//
// Invariant: a private key is in the database only encrypted (lib/accounts/secret.ts); a new certificate takes the
// place of the one before only when it has been checked (pem.ts).
import { decryptSecret, encryptSecret } from '../accounts/secret.ts';
import { now } from '../clock.ts';
import { db, type Tx } from '../db.ts';
import { Refusal } from '../errors.ts';
import { type Fields, maskSecret, type Recorded, revise } from '../history/revise.ts';
import { newId } from '../id.ts';
import { poke } from '../poke.ts';
import { recordChangeIn } from '../trail/change.ts';
import { type ChainFacts, type Pems, parsePems, readChainFacts, readPems } from './pem.ts';

export type CertificateKind = 'acme' | 'uploaded' | 'files' | 'self-signed';

/** A certificate as people see it; no key is in it. */
export type Certificate = {
  id: string;
  kind: CertificateKind;
  /** Host names it is for */
  names: string[];
  certificateFile: string;
  keyFile: string;
  /** Of the chain in use; null = there is none yet */
  facts: ChainFacts | null;
  issuedAt: Date | null;
  expiresAt: Date | null;
  /** Next order or renewal */
  dueAt: Date | null;
  failures: number;
  /** What went wrong last, and what to do; empty = nothing */
  problem: string;
  problemAt: Date | null;
  /** An order runs now. */
  isBusy: boolean;
};

export type NewCertificate =
  | { kind: 'acme' | 'self-signed'; names: string[] }
  | { kind: 'files'; certificateFile: string; keyFile: string }
  | { kind: 'uploaded'; chain: string; key: string };

export type CertificateRow = Awaited<ReturnType<typeof db.certificate.findMany>>[number];

/** Of one certificate; Let's Encrypt takes a hundred. */
const maxNames = 100;
const maxCertificates = 500;
const hostPattern = /^(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/;
/** In the problem of a certificate whose authority told us to wait. */
export const restWords = 'takes no orders before';
/** Whoever presses the button again and again uses up what an authority allows. */
const orderPauseMs = 60_000;

/** Key: its id. What is made, ordered or read from files again, by itself, is no change. */
export const recordedCertificate: Recorded = {
  kind: 'certificate',
  read: async (tx, id) => {
    const row = await tx.certificate.findUnique({ where: { id } });
    return row && toRecordedFields(row);
  },
  describe: (_id, { names }) => subjectOf((names as string[]).join(' ')),
};

function toRecordedFields(row: CertificateRow): Fields {
  const { kind, certificateFile, keyFile, expiresAt, secret } = row;
  const names = row.names.split(' ').filter((name) => name !== '');
  if (kind === 'files') return { kind, names, certificateFile, keyFile };
  if (kind !== 'uploaded') return { kind, names };
  return { kind, names, expiresAt: expiresAt?.toISOString() ?? null, key: maskSecret(secret) };
}

/** All, those that end first before the others. */
export async function listCertificates(): Promise<Certificate[]> {
  const rows = await db.certificate.findMany();
  const end = ({ expiresAt }: Certificate) => expiresAt?.getTime() ?? 0;
  return rows.map(toCertificate).sort((a, b) => end(a) - end(b) || (a.id < b.id ? -1 : 1));
}

/** Refusal 'not-found'. */
export async function requireCertificate(id: string): Promise<Certificate> {
  return toCertificate(await requireRow(id));
}

async function requireRow(id: string): Promise<CertificateRow> {
  const row = await db.certificate.findUnique({ where: { id } });
  if (!row) throw new Refusal('not-found', 'There is no such certificate.');
  return row;
}

function toCertificate(row: CertificateRow): Certificate {
  const { id, certificateFile, keyFile, issuedAt, expiresAt, dueAt, failures, problem } = row;
  return {
    ...{ id, certificateFile, keyFile, issuedAt, expiresAt, dueAt, failures, problem },
    kind: row.kind as CertificateKind,
    names: row.names.split(' ').filter((name) => name !== ''),
    facts: row.chain === '' ? null : readChainFacts(row.chain),
    problemAt: row.problemAt,
    isBusy: row.leaseUntil !== null && row.leaseUntil > now(),
  };
}

/** The key of a row, or null where it was sealed with another secret key. */
export function openPems({ chain, secret }: { chain: string; secret: string }): Pems | null {
  const key = chain === '' ? null : decryptSecret(secret);
  return key === null ? null : { key, cert: chain };
}

/** Host names in lower case, each once. Refusal 'invalid' with the field "names". */
export function parseNames(text: string): string[] {
  const names = [...new Set(text.toLowerCase().split(/[\s,;]+/))].filter((name) => name !== '');
  if (names.length === 0) throw new Refusal('invalid', 'Give at least one host name.', 'names');
  if (names.length > maxNames) {
    throw new Refusal('invalid', `At most ${maxNames} names in one certificate.`, 'names');
  }
  const wildcard = names.find((name) => name.startsWith('*.'));
  if (wildcard) {
    const text = `${wildcard}: a wildcard is proven by DNS, which is not built in. Upload one, or give each name.`;
    throw new Refusal('invalid', text, 'names');
  }
  const wrong = names.find((name) => !hostPattern.test(name));
  if (wrong) throw new Refusal('invalid', `${wrong.slice(0, 80)} is no host name.`, 'names');
  return names;
}

/**
 * Takes a certificate in. One of files or text is checked and in force at the next connection; one of the other kinds is
 * due at once, and the daemon makes or orders it. Refusal 'invalid' with a field, 'limit'.
 */
export async function addCertificate(input: NewCertificate, by: string): Promise<Certificate> {
  const id = newId();
  const data = { id, kind: input.kind, createdAt: now(), ...(await readInput(input)) };
  await revise(by, recordedCertificate, id, async (tx) => {
    if ((await tx.certificate.count()) >= maxCertificates) {
      throw new Refusal('limit', `There are ${maxCertificates} certificates; remove some first.`);
    }
    await tx.certificate.create({ data });
    await recordChangeIn(tx, by, subjectOf(data.names), `added (${input.kind})`);
  });
  poke('certificates');
  return requireCertificate(id);
}

async function readInput(input: NewCertificate) {
  if (input.kind === 'uploaded') return fromPems(parsePems(input.chain, input.key));
  if (input.kind === 'files') {
    const { certificateFile, keyFile } = input;
    for (const [field, path] of Object.entries({ certificateFile, keyFile })) {
      if (!path.startsWith('/')) {
        throw new Refusal('invalid', 'Give a full path that starts with "/".', field);
      }
    }
    const pems = await readPems(certificateFile, keyFile).catch((error: Error) => {
      const field = /key/i.test(error.message) ? 'keyFile' : 'certificateFile';
      throw new Refusal('invalid', error.message, field);
    });
    return { certificateFile, keyFile, ...fromPems(pems), secret: '' };
  }
  return { names: parseNames(input.names.join(' ')).join(' '), dueAt: now() };
}

/** What a row says of a chain that is in use from now on. */
export function fromPems({ cert, key }: Pems) {
  const { names, expiresAt } = readChainFacts(cert);
  return {
    names: names.join(' '),
    chain: cert,
    secret: encryptSecret(key),
    issuedAt: now(),
    expiresAt,
    failures: 0,
    problem: '',
    problemAt: null,
  };
}

/** Another text in the place of an uploaded one. Refusal 'not-found', 'invalid'. */
export async function replaceCertificate(
  id: string,
  { chain, key }: { chain: string; key: string },
  by: string,
): Promise<void> {
  const row = await requireRow(id);
  if (row.kind !== 'uploaded') {
    throw new Refusal('invalid', 'Only an uploaded certificate is replaced so.', 'chain');
  }
  const data = fromPems(parsePems(chain, key));
  await change(id, data, by, (tx) => recordChangeIn(tx, by, subjectOf(data.names), 'replaced'));
}

/** Lets the daemon order or make it now. Refusal 'not-found', 'invalid', 'throttled'. */
export async function orderCertificate(id: string, by: string): Promise<void> {
  const row = await requireRow(id);
  requireMade(row);
  const orderableAt = new Date((row.problemAt?.getTime() ?? 0) + orderPauseMs);
  if (orderableAt > now()) {
    const text = 'The last order failed just now: wait a minute.';
    throw new Refusal('throttled', text, null, orderableAt);
  }
  if (row.dueAt && row.dueAt > now() && row.problem.includes(restWords)) {
    throw new Refusal('throttled', row.problem, null, row.dueAt);
  }
  await change(id, { dueAt: now() }, by, (tx) =>
    recordChangeIn(tx, by, subjectOf(row.names), 'ordered'),
  );
}

function requireMade({ kind }: CertificateRow): void {
  if (kind !== 'acme' && kind !== 'self-signed') {
    throw new Refusal('invalid', 'This certificate is made elsewhere: bring a new one here.');
  }
}

/** Refusal 'not-found'. Clients get the default certificate instead. */
export async function removeCertificate(id: string, by: string): Promise<void> {
  await revise(by, recordedCertificate, id, async (tx) => {
    const row = await tx.certificate.findUnique({ where: { id } });
    if (!row) throw new Refusal('not-found', 'There is no such certificate.');
    await tx.certificate.delete({ where: { id } });
    await recordChangeIn(tx, by, subjectOf(row.names), 'removed');
  });
  poke('certificates');
}

async function change(
  id: string,
  data: Partial<CertificateRow>,
  by: string,
  record: (tx: Tx) => Promise<void>,
): Promise<void> {
  await revise(by, recordedCertificate, id, async (tx) => {
    const { count } = await tx.certificate.updateMany({ where: { id }, data });
    if (count === 0) throw new Refusal('not-found', 'There is no such certificate.');
    await record(tx);
  });
  poke('certificates');
}

/** How the trail names a certificate. */
export function subjectOf(names: string): string {
  const [first = '', ...more] = names.split(' ');
  return `certificate of ${first}${more.length > 0 ? ` and ${more.length} more` : ''}`;
}
