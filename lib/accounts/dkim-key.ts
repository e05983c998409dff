// The keys that sign the mail of a domain (RFC 6376, RFC 8463): an RSA key of 2048 bits and an Ed25519 key, made
// together. A key is "new" (its record is shown, nothing is signed), "active", or "old" (signs no more; its
// record stays in the DNS until mail that it has signed has arrived everywhere).
//
// Invariant: a private key is in the database only encrypted (secret.ts) and leaves this file only as a KeyObject.
import { createPrivateKey, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { now } from '../clock.ts';
import { db, isUniqueViolation, sql, type Tx, write } from '../db.ts';
import { lockRows } from '../dialect/index.ts';
import { Refusal } from '../errors.ts';
import { lockHistory, type Recorded, revise, reviseIn } from '../history/revise.ts';
import { newId } from '../id.ts';
import { poke } from '../poke.ts';
import { recordChangeIn } from '../trail/change.ts';
import {
  type DkimAlgorithm,
  type DkimRecord,
  makeRecord,
  type RecordVerdict,
} from './dkim-record.ts';
import { requireDomain } from './domain.ts';
import { decryptSecret, encryptSecret } from './secret.ts';

export type DkimState = 'new' | 'active' | 'old';

/** A key as people see it; the private half is not in it. */
export type DkimKey = {
  id: string;
  selector: string;
  algorithm: DkimAlgorithm;
  state: DkimState;
  record: DkimRecord;
  publicKey: string;
  createdAt: Date;
  activeAt: Date | null;
  retiredAt: Date | null;
  /** Of an old key: from then on its record may go. */
  mayGoAt: Date | null;
  /** Whether the private half can be decrypted with the server's secret key. */
  isReadable: boolean;
};

/** What signs: RSA first, which every receiver understands. */
export type SigningKey = {
  id: string;
  domain: string;
  selector: string;
  algorithm: DkimAlgorithm;
  key: KeyObject;
};

const makeKeyPair = promisify(generateKeyPair);
const rsaBits = 2048;
const maxKeys = 20;
/** Mail may wait for five days on the way and be looked at later still. */
const keepRecordMs = 7 * 24 * 3_600_000;

type Row = Awaited<ReturnType<typeof db.dkimKey.findMany>>[number];

/** Key: its id. Of a pair each. */
export const recordedDkimKey: Recorded = {
  kind: 'DKIM key',
  read: async (tx, id) => {
    const row = await tx.dkimKey.findUnique({ where: { id } });
    const domain = row && (await tx.domain.findUnique({ where: { id: row.domainId } }));
    if (!domain) return null;
    const { selector, algorithm, state } = row;
    return { domain: domain.name, selector, algorithm, state };
  },
  describe: (_id, { domain, selector }) => subjectOf(String(domain), String(selector)),
};

/** Like revise(), for all keys that a domain has. */
async function reviseKeys<T>(
  by: string,
  domainId: string,
  step: (tx: Tx) => Promise<T>,
): Promise<T> {
  const result = await write(async (tx) => {
    await lockHistory(tx);
    const rows = await tx.dkimKey.findMany({ where: { domainId }, select: { id: true } });
    const ids = rows.map(({ id }) => id);
    return reviseIn(tx, by, recordedDkimKey, ids, () => step(tx));
  });
  poke('settings');
  return result;
}

/** Keys of a domain: new ones first, with which there is something to do, then active, then old; of each the newest first. Refusal 'not-found'. */
export async function listDkimKeys(domain: string): Promise<DkimKey[]> {
  const { id, name } = await requireDomain(domain);
  const rows = await db.dkimKey.findMany({ where: { domainId: id } });
  const order = ['new', 'active', 'old'];
  return rows
    .map((row) => toKey(row, name))
    .sort(
      (a, b) =>
        order.indexOf(a.state) - order.indexOf(b.state) ||
        b.createdAt.getTime() - a.createdAt.getTime() ||
        // Of one pair RSA, the older kind, first.
        (a.algorithm < b.algorithm ? 1 : -1),
    );
}

/** How many keys sign, by the name of the domain. */
export async function countActiveKeys(): Promise<Map<string, number>> {
  const rows = await db.$queryRaw<{ name: string; count: bigint | number }[]>`
    SELECT d."name" AS "name", COUNT(*) AS "count" FROM "DkimKey" k JOIN "Domain" d ON d."id" = k."domainId"
    WHERE k."state" = 'active' GROUP BY d."name"`;
  return new Map(rows.map(({ name, count }) => [name, Number(count)]));
}

function toKey(row: Row, domain: string): DkimKey {
  const { id, selector, publicKey, createdAt, activeAt, retiredAt } = row;
  const algorithm = row.algorithm as DkimAlgorithm;
  return {
    ...{ id, selector, algorithm, publicKey, createdAt, activeAt, retiredAt },
    state: row.state as DkimState,
    record: makeRecord(domain, { selector, algorithm, publicKey }),
    mayGoAt: retiredAt && new Date(retiredAt.getTime() + keepRecordMs),
    isReadable: decryptSecret(row.secret) !== null,
  };
}

/**
 * Makes a pair of new keys, which sign nothing yet. Takes some 100 ms in a thread of Node's pool.
 * Refusal 'not-found'; 'exists' while other new keys wait; 'limit' with too many keys.
 */
export async function createDkimKeys(domain: string, by: string): Promise<DkimKey[]> {
  const { id: domainId, name } = await requireDomain(domain);
  const made = [await makeRsa(), await makeEd25519()].map((key) => ({ id: newId(), ...key }));
  try {
    const ids = made.map(({ id }) => id);
    await revise(by, recordedDkimKey, ids, async (tx) => {
      await lockDomain(tx, domainId);
      const known = await tx.dkimKey.findMany({ where: { domainId } });
      if (known.some(({ state }) => state === 'new')) {
        throw new Refusal(
          'exists',
          `${name} has new keys already: activate or remove those first.`,
        );
      }
      if (known.length + made.length > maxKeys) {
        throw new Refusal('limit', `${name} has ${known.length} keys; remove old ones first.`);
      }
      const at = now();
      const selectors = chooseSelectors(at, new Set(known.map(({ selector }) => selector)));
      for (const key of made) {
        const selector = selectors[key.algorithm];
        const data = { domainId, selector, ...key, state: 'new', createdAt: at };
        await tx.dkimKey.create({ data });
        await recordChangeIn(tx, by, subjectOf(name, selector), 'made');
      }
    });
  } catch (error) {
    if (isUniqueViolation(error)) throw new Refusal('exists', 'Somebody else makes keys now.');
    throw error;
  }
  return (await listDkimKeys(name)).filter(({ state }) => state === 'new');
}

type Made = { algorithm: DkimAlgorithm; secret: string; publicKey: string };

async function makeRsa(): Promise<Made> {
  const { privateKey, publicKey } = await makeKeyPair('rsa', { modulusLength: rsaBits });
  const spki = publicKey.export({ type: 'spki', format: 'der' });
  return { algorithm: 'rsa', secret: seal(privateKey), publicKey: spki.toString('base64') };
}

async function makeEd25519(): Promise<Made> {
  const { privateKey, publicKey } = await makeKeyPair('ed25519');
  // RFC 8463 §4.2: the 32 octets of the key alone.
  const { x = '' } = publicKey.export({ format: 'jwk' });
  const plain = Buffer.from(x, 'base64url').toString('base64');
  return { algorithm: 'ed25519', secret: seal(privateKey), publicKey: plain };
}

function seal(key: KeyObject): string {
  return encryptSecret(String(key.export({ type: 'pkcs8', format: 'pem' })));
}

/** "20261121r" and "20261121e"; the second pair of a day has "20261121r2". Only one that was deleted on its day can come again. */
function chooseSelectors(at: Date, taken: Set<string>): Record<DkimAlgorithm, string> {
  const day = at.toISOString().slice(0, 10).replaceAll('-', '');
  for (let number = 1; ; number++) {
    const end = number === 1 ? '' : String(number);
    const selectors = { rsa: `${day}r${end}`, ed25519: `${day}e${end}` };
    if (!Object.values(selectors).some((selector) => taken.has(selector))) return selectors;
  }
}

/**
 * Lets keys sign from the next attempt on: the one of that selector, or all new ones. Active keys of the same
 * algorithm become old. `verdicts` by selector say what the DNS has now; null takes the admin's word.
 * Refusal 'not-found'; 'invalid' where a record is not there.
 */
export async function activateDkimKeys(
  domain: string,
  selector: string | null,
  verdicts: Map<string, RecordVerdict> | null,
  by: string,
): Promise<string[]> {
  const { id: domainId, name } = await requireDomain(domain);
  const chosen = await reviseKeys(by, domainId, async (tx) => {
    await lockDomain(tx, domainId);
    const rows = await tx.dkimKey.findMany({ where: { domainId } });
    const wanted = rows.filter((row) =>
      selector === null ? row.state === 'new' : row.selector === selector && row.state !== 'active',
    );
    if (wanted.length === 0) {
      const what = selector === null ? 'no new key' : `no key ${selector} that could be activated`;
      throw new Refusal('not-found', `${name} has ${what}.`);
    }
    for (const row of wanted) requireRight(row, verdicts);
    for (const row of wanted) {
      const { id, algorithm } = row;
      await tx.dkimKey.updateMany({
        where: { domainId, algorithm, state: 'active' },
        data: { state: 'old', retiredAt: now() },
      });
      const data = { state: 'active', activeAt: now(), retiredAt: null };
      await tx.dkimKey.update({ where: { id }, data });
      const how = verdicts ? 'activated' : 'activated without a look at the DNS';
      await recordChangeIn(tx, by, subjectOf(name, row.selector), how);
    }
    return wanted.map((row) => row.selector);
  });
  known.clear();
  return chosen;
}

function requireRight(row: Row, verdicts: Map<string, RecordVerdict> | null): void {
  if (decryptSecret(row.secret) === null) {
    throw new Refusal('invalid', `The key ${row.selector} cannot be decrypted; make new keys.`);
  }
  if (!verdicts) return;
  const verdict = verdicts.get(row.selector);
  if (verdict?.state === 'right') return;
  const why = verdict?.text || 'It was not looked up.';
  throw new Refusal('invalid', `The record of ${row.selector} is not right in the DNS: ${why}`);
}

/** Stops signing with a key; its record stays needed for some days. Refusal 'not-found'. */
export async function retireDkimKey(domain: string, selector: string, by: string): Promise<void> {
  const { id: domainId, name } = await requireDomain(domain);
  await reviseKeys(by, domainId, async (tx) => {
    const { count } = await tx.dkimKey.updateMany({
      where: { domainId, selector, state: 'active' },
      data: { state: 'old', retiredAt: now() },
    });
    if (count === 0) throw new Refusal('not-found', `${name} has no active key ${selector}.`);
    await recordChangeIn(tx, by, subjectOf(name, selector), 'retired');
  });
  known.clear();
}

/** Forgets a key that does not sign. Refusal 'not-found', 'in-use' of an active one. */
export async function removeDkimKey(domain: string, selector: string, by: string): Promise<void> {
  const { id: domainId, name } = await requireDomain(domain);
  await reviseKeys(by, domainId, async (tx) => {
    await lockDomain(tx, domainId);
    const row = await tx.dkimKey.findUnique({
      where: { domainId_selector: { domainId, selector } },
    });
    if (!row) throw new Refusal('not-found', `${name} has no key ${selector}.`);
    if (row.state === 'active') {
      throw new Refusal('in-use', `${selector} signs the mail of ${name}; retire it first.`);
    }
    await tx.dkimKey.delete({ where: { id: row.id } });
    await recordChangeIn(tx, by, subjectOf(name, selector), 'removed');
  });
}

function subjectOf(domain: string, selector: string): string {
  return `DKIM key ${selector} of ${domain}`;
}

/** States of the keys of one domain change one after the other. */
async function lockDomain(tx: Tx, id: string): Promise<void> {
  await tx.$queryRaw(sql`SELECT "id" FROM "Domain" WHERE "id" = ${id} ${lockRows('Domain')}`);
}

/** Active keys are asked for once a message; they change a few times a year. */
const knownMs = 1000;
const maxKnown = 5000;
const known = new Map<string, { until: number; keys: Promise<SigningKey[]> }>();
/** Decrypting and parsing a key costs more than signing with Ed25519. */
const opened = new Map<string, KeyObject>();

/** The active keys of the domain of that name; empty where there are none. A change of another process is seen within a second. */
export function readSigningKeys(domain: string): Promise<SigningKey[]> {
  const at = performance.now();
  const found = known.get(domain);
  if (found && found.until > at) return found.keys;
  const keys = readActive(domain);
  keys.catch(() => known.delete(domain));
  if (known.size >= maxKnown) known.clear();
  known.set(domain, { until: at + knownMs, keys });
  return keys;
}

type Active = { id: string; selector: string; algorithm: string; secret: string };

async function readActive(domain: string): Promise<SigningKey[]> {
  const rows = await db.$queryRaw<Active[]>`
    SELECT k."id" AS "id", k."selector" AS "selector", k."algorithm" AS "algorithm", k."secret" AS "secret"
    FROM "DkimKey" k JOIN "Domain" d ON d."id" = k."domainId"
    WHERE d."name" = ${domain} AND k."state" = 'active' ORDER BY k."algorithm" DESC, k."selector"`;
  return rows.flatMap(({ id, selector, algorithm, secret }) => {
    const key = openKey(id, secret);
    return key ? [{ id, domain, selector, algorithm: algorithm as DkimAlgorithm, key }] : [];
  });
}

function openKey(id: string, secret: string): KeyObject | null {
  const known = opened.get(id);
  if (known) return known;
  const pem = decryptSecret(secret);
  if (pem === null) return null;
  const key = createPrivateKey(pem);
  if (opened.size >= maxKnown) opened.clear();
  opened.set(id, key);
  return key;
}
