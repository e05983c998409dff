// Every family of imported hashes: known answers, wrong passwords, and hashes meant to burn the server.
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { importHash, readHash } from '#lib/accounts/hash/read.ts';
import { verifyHash } from '#lib/accounts/hash/verify.ts';
import { closeDatabase } from '#lib/db.ts';
import { known } from './known.ts';

// Ends the thread.
after(() => closeDatabase());

describe('imported hashes', () => {
  for (const { madeBy, hash, password } of known) {
    it(`${hash.slice(0, 24)} of ${madeBy}, ${password.length} characters`, async () => {
      const imported = importHash(hash);
      assert.ok(imported.kind === 'hash', JSON.stringify(imported));
      assert.equal(await verifyHash(imported.stored, password), true);
      assert.equal(await verifyHash(imported.stored, `?${password}`), false);
      // What is stored reads as itself.
      assert.deepEqual(importHash(imported.stored), imported);
    });
  }

  it('takes a plain password as one', () => {
    for (const name of ['PLAIN', 'CLEAR', 'CLEARTEXT', 'plain']) {
      assert.deepEqual(importHash(`{${name}}pass {word}`), {
        kind: 'plain',
        password: 'pass {word}',
      });
    }
    assert.deepEqual(importHash('as it is', 'PLAIN'), { kind: 'plain', password: 'as it is' });
  });

  const salt = 'A'.repeat(22);
  const digest = 'B'.repeat(43);
  const hostile: [string, string][] = [
    ['rounds that take an hour', `$6$rounds=999999999$salt$${'a'.repeat(86)}`],
    ['rounds a bit above what is borne', `{SHA256-CRYPT}$5$rounds=500001$salt$${'a'.repeat(43)}`],
    ['bcrypt of cost 31', `{BLF-CRYPT}$2y$31$${salt}${'a'.repeat(31)}`],
    ['bcrypt of cost 14', `$2b$14$${salt}${'a'.repeat(31)}`],
    ['bcrypt with the sign bug', `{CRYPT}$2x$05$${salt}${'a'.repeat(31)}`],
    ['argon2 of 4 GiB', `{ARGON2ID}$argon2id$v=19$m=4194304,t=1,p=1$${salt}$${digest}`],
    ['argon2 of a thousand passes', `$argon2id$v=19$m=65536,t=999,p=1$${salt}$${digest}`],
    ['argon2 of much memory, many times', `$argon2i$v=19$m=262144,t=16,p=1$${salt}$${digest}`],
    ['argon2 without memory', `$argon2id$v=19$m=0,t=1,p=1$${salt}$${digest}`],
    ['PBKDF2 of ten million rounds', `{PBKDF2}$1$salt$9999999$${'0'.repeat(40)}`],
    ['PBKDF2 of none', `{PBKDF2}$1$salt$0$${'0'.repeat(40)}`],
    ['SCRAM of ten million rounds', `{SCRAM-SHA-256}9999999,c2FsdHNhbHQ=,${digest}=,${digest}=`],
    ['yescrypt of gigabytes', `$y$jFT$${salt}$${digest}`],
    ['yescrypt of another flavour', `$y$/9T$abcdefgh$${digest}`],
    ['yescrypt with lanes', `$y$j9T.0$abcdefgh$${digest}`],
    ['a salt without end', `{SSHA512}${Buffer.alloc(64 + 65).toString('base64')}`],
    ['a digest cut short', '{SHA256}AAAA'],
    ['what is no base64', '{SHA}????????????????????????????'],
    ['DES crypt', '{CRYPT}nyrlDSfBINoWU'],
    ['DES crypt without a name', 'nyrlDSfBINoWU'],
    ['a scheme nobody knows', '{OTP}1234'],
    ['a very long one', `{PLAIN}${'a'.repeat(5000)}`],
    ['nothing', ''],
    ['a name without a body', '{SHA512-CRYPT}'],
    ['__proto__', '{__proto__}x'],
    ['constructor', '{constructor}x'],
  ];
  for (const [title, hash] of hostile) {
    it(`refuses ${title}, and nothing fits it`, async () => {
      const imported = importHash(hash);
      assert.equal(imported.kind, 'refused', JSON.stringify(imported));
      assert.equal(readHash(hash), null);
      assert.equal(await verifyHash(hash, 'password'), false);
    });
  }

  it('does not stop the event loop with a slow one', async () => {
    const slow = known.find(({ hash }) => hash.startsWith('$y$j9T'));
    assert.ok(slow);
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    await verifyHash(slow.hash, slow.password);
    clearInterval(timer);
    assert.ok(turns > 0, 'nothing else could run');
  });
});
