// Users of Unix and Dovecot: read line by line, added with their hashes, hashed anew when they sign in.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount, requireAccount } from '#lib/accounts/account.ts';
import { addAlias } from '#lib/accounts/alias.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { parsePasswd } from '#lib/accounts/import/passwd.ts';
import { isCurrentHash } from '#lib/accounts/password.ts';
import { signIn } from '#lib/accounts/sessions.ts';
import { db } from '#lib/db.ts';
import { isRefusal } from '#lib/errors.ts';
import { applyImport, planImport } from '#lib/queue/import-map.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { known } from './hash/known.ts';

const domain = 'example.test';
const database = await openTestDatabase();
before(async () => {
  await writeSetting('security.failureDelayMs', 0, 'test');
  await addDomain({ name: domain }, 'test');
});
after(() => database.close());

const vectorOf = (start: string) => {
  const found = known.find(({ hash }) => hash.startsWith(start));
  assert.ok(found, start);
  return found;
};
const yescrypt = vectorOf('$y$j75');
const sha512 = vectorOf('$6$');
const ssha = vectorOf('{SSHA}');

const tryIn = (address: string, password: string) =>
  signIn({ address, password, remote: '192.0.2.1', protocol: 'imap' });

describe('lines of users', () => {
  const reason = (text: string, format: 'passwd' | 'shadow' | 'dovecot', of = domain) => {
    const { entries, problems } = parsePasswd(text, format, of);
    assert.equal(entries.length, 0, JSON.stringify(entries));
    return problems[0]?.reason ?? '';
  };
  const rows: [string, 'passwd' | 'shadow' | 'dovecot', RegExp][] = [
    ['root:x:0:0:root:/root:/bin/bash', 'passwd', /of the system \(uid 0\)/],
    ['nobody:x:65534:65534::/:/bin/false', 'passwd', /of the system/],
    ['anna:x:abc:1000::/:/bin/sh', 'passwd', /of the system/],
    ['anna:x:1000', 'passwd', /fields are missing/],
    ['an na@@x:x:1000:1000::/:/bin/sh', 'passwd', /not an address/],
    ['daemon:*:19700:0:99999:7:::', 'shadow', /has no password/],
    ['anna:!!:19700:0:99999:7:::', 'shadow', /has no password/],
    ['anna::19700:0:99999:7:::', 'shadow', /has no password/],
    ['anna:nyrlDSfBINoWU:19700:0:99999:7:::', 'shadow', /kind of crypt hash/],
    ['anna:$6$rounds=999999999$a$b:1::::::', 'shadow', /damaged, or costs more/],
    ['anna@example.test::::::', 'dovecot', /empty/],
    ['anna:{OTP}abc', 'dovecot', /scheme OTP is not known/],
    ['anna:{PLAIN}secret::::::nopassword', 'dovecot', /lets nobody in/],
    ['anna', 'dovecot', /fields are missing/],
    [`anna:${'x'.repeat(5000)}`, 'dovecot', /too long/],
  ];
  for (const [text, format, expected] of rows) {
    it(`${format}: refuses "${text.slice(0, 40)}"`, () =>
      assert.match(reason(text, format), expected));
  }

  it('says which line, and takes the first of two', () => {
    const { entries, problems } = parsePasswd(
      '# users\n\nanna:{PLAIN}one\nben\nanna:{PLAIN}two\r\n',
      'dovecot',
      domain,
    );
    assert.deepEqual(
      entries.map(({ line, address, password }) => ({ line, address, password })),
      [{ line: 3, address: 'anna@example.test', password: { plain: 'one' } }],
    );
    assert.deepEqual(
      problems.map(({ line }) => line),
      [4, 5],
    );
    assert.match(reason('anna:{PLAIN}one', 'dovecot', ''), /no domain/);
  });

  it('reads quotas and names of Dovecot, and notes what is left out', () => {
    const read = (extra: string) =>
      parsePasswd(`a@b.test:{PLAIN}x:1000:1000:Ann Berg,,:/home/a::${extra}`, 'dovecot', '')
        .entries[0];
    assert.equal(read('userdb_quota_rule=*:storage=5G')?.quotaBytes, 5 * 1024 ** 3);
    assert.equal(read('userdb_quota_rule=*:storage=100')?.quotaBytes, 100 * 1024);
    assert.equal(read('userdb_quota_storage_size=2G')?.quotaBytes, 2 * 1024 ** 3);
    assert.equal(read('')?.displayName, 'Ann Berg');
    assert.deepEqual(read('userdb_mail=mbox:~/x')?.notes, ['userdb_mail=mbox:~/x is left out']);
  });
});

describe('taking users over', () => {
  it('shows first, then adds; the hash of a file comes to who has none', async () => {
    const passwd = {
      kind: 'passwd' as const,
      domain,
      text: 'root:x:0:0::/:/bin/sh\nanna:x:1000:1000:Anna Berg,,,:/home/anna:/bin/bash\n',
    };
    const planned = await planImport(passwd);
    assert.deepEqual(
      planned.map(({ line, what }) => [line, what]),
      [
        [1, 'refuse'],
        [2, 'add'],
      ],
    );
    assert.equal(await db.account.count(), 0);
    await applyImport(passwd, 'test');
    const anna = await requireAccount('anna@example.test');
    assert.equal(anna.displayName, 'Anna Berg');
    assert.equal(anna.hasPassword, false);
    await assert.rejects(tryIn(anna.address, 'x'), (error) => isRefusal(error, 'auth-failed'));

    const shadow = {
      kind: 'shadow' as const,
      domain,
      text: `anna:${yescrypt.hash}:0:0:99999:7:::\n`,
    };
    const steps = await applyImport(shadow, 'test');
    assert.deepEqual(
      steps.map(({ what }) => what),
      ['change'],
    );
    assert.ok(!JSON.stringify(steps).includes(yescrypt.hash), 'no hash is shown');
    assert.deepEqual(
      (await applyImport(shadow, 'test')).map(({ what }) => what),
      ['same'],
    );
  });

  it('lets in with the old password, once with the old hash', async () => {
    const before = await db.account.findUniqueOrThrow({ where: { address: 'anna@example.test' } });
    assert.match(before.passwordHash ?? '', /^\{YESCRYPT\}\$y\$/);
    await assert.rejects(tryIn(before.address, 'wrong'), (error) =>
      isRefusal(error, 'auth-failed'),
    );
    await tryIn(before.address, yescrypt.password);
    const after = await db.account.findUniqueOrThrow({ where: { address: before.address } });
    assert.ok(isCurrentHash(after.passwordHash ?? ''));
    assert.notEqual(after.scram, '', 'SCRAM works from now on');
    assert.equal(after.epoch, before.epoch, 'no session ends for that');
    await tryIn(before.address, yescrypt.password);
  });

  it('takes a passwd-file of Dovecot', async () => {
    await addAccount({ address: 'old@example.test', password: 'a long password' }, 'test');
    await addAlias({ address: 'info@example.test', targets: ['old@example.test'] }, 'test');
    const text = [
      `ben@example.test:${ssha.hash}:::Ben::`,
      'cleo:{PLAIN}hunter2::::::userdb_quota_rule=*:storage=1G',
      `dora:${sha512.hash}`,
      `old:${sha512.hash}`,
      `info:${sha512.hash}`,
      `eve@elsewhere.test:${sha512.hash}`,
    ].join('\n');
    const steps = await applyImport({ kind: 'dovecot', text, domain }, 'test');
    assert.deepEqual(
      steps.map(({ what }) => what),
      ['add', 'add', 'add', 'same', 'refuse', 'refuse'],
    );
    await tryIn('ben@example.test', ssha.password);
    await tryIn('dora@example.test', sha512.password);
    // Shorter than the policy asks: it was so before.
    await tryIn('cleo@example.test', 'hunter2');
    const cleo = await db.account.findUniqueOrThrow({ where: { address: 'cleo@example.test' } });
    assert.ok(isCurrentHash(cleo.passwordHash ?? ''), 'no plain password is kept');
    assert.equal(Number(cleo.quotaBytes), 1024 ** 3);
    await tryIn('old@example.test', 'a long password');
  });

  it('asks for a new password where shadow did', async () => {
    const text = `fred:${sha512.hash}:0:0:99999:7:::\n`;
    await applyImport({ kind: 'shadow', text, domain }, 'test');
    assert.equal((await requireAccount('fred@example.test')).mustChange, true);
  });
});
