// Codes on paper for the day the phone is lost: ten, each works once. The rows have hashes alone.
import { createHash, randomInt } from 'node:crypto';
import { now } from '../../clock.ts';
import { db, type Tx, write } from '../../db.ts';

const letters = 'abcdefghjkmnpqrstuvwxyz23456789';
const codes = 10;
/** Of 31 letters: 89 bits, so that nobody who has the rows finds them by trying hashes. Older ones had ten letters. */
const length = 18;
const groupLength = 6;
const shape = new RegExp(`^[${letters}]{10}([${letters}]{${length - 10}})?$`);

const normalize = (code: string) => code.toLowerCase().replace(/[\s-]/g, '');
const hashOf = (plain: string) => createHash('sha256').update(`recovery ${plain}`).digest('hex');

/** Ten fresh codes ("abcdef-ghjkmn-pqrstu") in place of all older ones, inside a step; told this once. */
export async function renewRecoveryCodesIn(tx: Tx, accountId: string): Promise<string[]> {
  const plain = Array.from({ length: codes }, () =>
    Array.from({ length }, () => letters[randomInt(letters.length)]).join(''),
  );
  await tx.recoveryCode.deleteMany({ where: { accountId } });
  const createdAt = now();
  await tx.recoveryCode.createMany({
    data: plain.map((code) => ({ accountId, hash: hashOf(code), createdAt })),
  });
  const between = new RegExp(`(.{${groupLength}})(?=.)`, 'g');
  return plain.map((code) => code.replace(between, '$1-'));
}

/** Uses a code up; false where it is none, or was used. */
export async function takeRecoveryCode(accountId: string, code: string): Promise<boolean> {
  const plain = normalize(code.slice(0, 40));
  if (!shape.test(plain)) return false;
  const where = { accountId, hash: hashOf(plain) };
  return (await write((tx) => tx.recoveryCode.deleteMany({ where }))).count === 1;
}

/** How many are left. */
export async function countRecoveryCodes(accountId: string): Promise<number> {
  return db.recoveryCode.count({ where: { accountId } });
}
