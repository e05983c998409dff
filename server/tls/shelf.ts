// The certificates of the table, opened and ready: which one a client gets that asks for a host name (SNI, RFC 6066 §3).
// Files are looked at each time and read again when they change; what is wrong with a row is noted in it.
//
// Invariant: a certificate that cannot be used any more changes nothing while the one before it lives.
import { stat } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import { type CertificateRow, fromPems, openPems } from '#lib/certificates/certificate.ts';
import { coversHost, type Pems, readChainFacts, readPems } from '#lib/certificates/pem.ts';
import { now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { logOf } from '#lib/log.ts';

export type Shelved = {
  id: string;
  pems: Pems;
  names: string[];
  expiresAt: Date;
  isSelfSigned: boolean;
};

const log = logOf('tls');
const lostKeyText =
  'Its key cannot be decrypted: the secret key of this server has changed. Bring it anew.';

/** What was opened before, by the row's id; `look` says of what. */
const known = new Map<string, { look: string; shelved: Shelved | null }>();

/** All usable certificates of the table. */
export async function readShelf(): Promise<Shelved[]> {
  const rows = await db.certificate.findMany({ orderBy: { id: 'asc' } });
  const shelf: Shelved[] = [];
  for (const row of rows) {
    const shelved = row.kind === 'files' ? await readFiles(row) : openRow(row);
    if (shelved && shelved.expiresAt > now()) shelf.push(shelved);
  }
  for (const id of known.keys()) if (!rows.some((row) => row.id === id)) known.delete(id);
  return shelf;
}

function openRow(row: CertificateRow): Shelved | null {
  const look = `${row.chain}${row.secret}`;
  const before = known.get(row.id);
  if (before?.look === look) return before.shelved;
  const shelved = tryOpen(row);
  known.set(row.id, { look, shelved });
  return shelved;
}

/** A row that cannot be used must not keep the others from being used, nor the daemon from its start. */
function tryOpen(row: CertificateRow): Shelved | null {
  if (row.chain === '') return null;
  try {
    const pems = openPems(row);
    if (!pems) throw new Error(lostKeyText);
    createSecureContext(pems);
    return toShelved(row.id, pems);
  } catch (error) {
    void noteProblem(row, (error as Error).message);
    return null;
  }
}

async function readFiles(row: CertificateRow): Promise<Shelved | null> {
  const { id, certificateFile, keyFile } = row;
  const look = `${await lookOf(certificateFile)} ${await lookOf(keyFile)}`;
  const before = known.get(id);
  if (before?.look === look) return before.shelved;
  try {
    const pems = await readPems(certificateFile, keyFile);
    const shelved = toShelved(id, pems);
    known.set(id, { look, shelved });
    if (row.chain !== pems.cert || row.problem !== '') {
      const data = { ...fromPems(pems), secret: '' };
      await write((tx) => tx.certificate.updateMany({ where: { id }, data }));
    }
    return shelved;
  } catch (error) {
    const shelved = before?.shelved ?? null;
    known.set(id, { look, shelved });
    const text = (error as Error).message;
    log.error({ certificateFile, keyFile }, `${text} ${shelved ? 'The former stays in use.' : ''}`);
    await noteProblem(row, text);
    return shelved;
  }
}

/** Says what a file looks like: another text when it may have changed. */
export async function lookOf(file: string): Promise<string> {
  if (!file) return '-';
  const found = await stat(file).catch(() => null);
  return found ? `${file}:${found.ino}:${found.size}:${found.mtimeMs}` : `${file}:missing`;
}

function toShelved(id: string, pems: Pems): Shelved {
  const { names, expiresAt, isSelfSigned } = readChainFacts(pems.cert);
  return { id, pems, names, expiresAt, isSelfSigned };
}

async function noteProblem({ id, problem: before }: CertificateRow, problem: string) {
  if (before === problem) return;
  const data = { problem, problemAt: now() };
  await write((tx) => tx.certificate.updateMany({ where: { id }, data })).catch((error) =>
    log.error({ err: error }, 'the state of a certificate could not be stored'),
  );
}

/** The best for a host name: of an authority before self-signed, then the one that lives longest; null = none. */
export function chooseCertificate(shelf: Shelved[], host: string): Shelved | null {
  const fitting = shelf.filter(({ names }) => coversHost(names, host.toLowerCase()));
  const best = fitting.toSorted(
    (a, b) =>
      Number(a.isSelfSigned) - Number(b.isSelfSigned) ||
      b.expiresAt.getTime() - a.expiresAt.getTime(),
  );
  return best[0] ?? null;
}
