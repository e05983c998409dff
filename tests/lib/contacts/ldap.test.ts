// The LDAP client against a real server (slapd, where the machine has one), and the filters it is asked with.
import assert from 'node:assert/strict';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { addAccount, removeAccount, setPassword } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { changeOwnPassword } from '#lib/accounts/own-password.ts';
import { encryptSecret } from '#lib/accounts/secret.ts';
import { type Protocol, signIn } from '#lib/accounts/sessions.ts';
import { makeFilter, searchLdap, testLdap, wakeLdap } from '#lib/contacts/ldap-search.ts';
import { checkLdapPassword, escapeLdapValue } from '#lib/ldap.ts';
import { lockSender } from '#lib/queue/sending-hold.ts';
import { resetSetting, type SettingKey, writeSetting } from '#lib/settings/index.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type Slapd, slapdMissing, startSlapd, suffix } from '#tests/support/slapd.ts';

const ada = 'Ada Lovelace';

describe('LDAP filters', () => {
  for (const [text, escaped] of [
    ['ada', 'ada'],
    ['*', '\\2a'],
    ['a)(uid=*', 'a\\29\\28uid\\3d\\2a'],
    ['\\', '\\5c'],
    ['\0', '\\00'],
    ['Zoë', 'Zo\\c3\\ab'],
  ] as const) {
    it(`hold ${JSON.stringify(text)} as a value`, () =>
      assert.equal(escapeLdapValue(text), escaped));
  }

  it('want every word', () => {
    const filter = makeFilter(['ada', 'x)'], {
      filter: '(objectClass=person)',
      name: 'cn',
      mail: 'mail',
    });
    assert.equal(
      filter,
      '(&(objectClass=person)(mail=*)(|(cn=*ada*)(mail=ada*))(|(cn=*x\\29*)(mail=x\\29*)))',
    );
  });
});

describe('an LDAP server', { skip: slapdMissing() || false }, () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let slapd: Slapd;
  let url: string;
  const usual = () => ({
    'directory.ldapUrl': url,
    'directory.ldapTls': 'none',
    'directory.ldapBase': suffix,
    'directory.ldapBindName': `uid=ada,${suffix}`,
    'directory.ldapPassword': encryptSecret('engine'),
    'directory.ldapTimeoutMs': 5000,
  });

  before(async () => {
    database = await openTestDatabase();
    slapd = await startSlapd([
      { uid: 'ada', cn: 'Ada Lovelace', password: 'engine', mail: 'ada@ldap.example' },
      { uid: 'odd', cn: 'Odd (Name)*', password: 'x', mail: 'odd@ldap.example' },
      // A directory may have people without a password.
      { uid: 'bare', cn: 'Bare', mail: 'bare@ldap.example' },
      { uid: 'nomail', cn: 'Ada Nomail' },
    ]);
    url = slapd.url;
    for (const [key, value] of Object.entries(usual())) await writeSetting(key, value, 'test');
  });
  after(async () => {
    await slapd?.stop();
    await database?.close();
  });

  it('is asked for people', async () => {
    const found = async (text: string) =>
      (await searchLdap(text, 10)).map(({ name, address, organization, phone }) => [
        name,
        address,
        organization,
        phone,
      ]);
    assert.deepEqual(await found('ada love'), [
      ['Ada Lovelace', 'ada@ldap.example', 'Works', '12'],
    ]);
    assert.deepEqual(await found('(name)*'), [['Odd (Name)*', 'odd@ldap.example', 'Works', '12']]);
    assert.deepEqual(await found('zzz'), []);
    assert.deepEqual(await found('a'), [], 'one letter is too little');
  });

  const cases: [key: SettingKey, value: string, found: string[][] | RegExp][] = [
    ['directory.ldapBase', `uid=odd,${suffix}`, []],
    ['directory.ldapFilter', '(uid=odd)', []],
    ['directory.ldapNameAttribute', 'uid', [['ada', 'ada@ldap.example', 'Works', '12']]],
    ['directory.ldapMailAttribute', 'uid', []],
    ['directory.ldapOrganizationAttribute', 'sn', [[ada, 'ada@ldap.example', 'x', '12']]],
    ['directory.ldapPhoneAttribute', '', [[ada, 'ada@ldap.example', 'Works', '']]],
    ['directory.ldapTls', 'required', /TLS|protocol/i],
    ['directory.ldapBindName', `uid=nobody,${suffix}`, /credentials/i],
    ['directory.ldapPassword', 'wrong', /credentials/i],
  ];
  for (const [key, value, expected] of cases) {
    it(`is asked as ${key} says`, async () => {
      const isSecret = key === 'directory.ldapPassword';
      await writeSetting(key, isSecret ? encryptSecret(value) : value, 'test');
      try {
        const found = testLdap('ada');
        if (expected instanceof RegExp) return void (await assert.rejects(found, expected));
        assert.deepEqual(
          (await found).map((one) => [one.name, one.address, one.organization, one.phone]),
          expected,
        );
      } finally {
        const before = usual() as Partial<Record<SettingKey, unknown>>;
        if (key in before) await writeSetting(key, before[key], 'test');
        else await resetSetting(key, 'test');
      }
    });
  }

  it('checks passwords', async () => {
    const asked = { url, tls: 'none', bindName: '', password: '', timeoutMs: 5000 } as const;
    assert.equal(await checkLdapPassword(asked, `uid=ada,${suffix}`, 'engine'), true);
    assert.equal(await checkLdapPassword(asked, `uid=ada,${suffix}`, 'wrong'), false);
    assert.equal(await checkLdapPassword(asked, `uid=ada,${suffix}`, ''), false, 'never anonymous');
    await assert.rejects(
      checkLdapPassword({ ...asked, tls: 'required' }, `uid=ada,${suffix}`, 'engine'),
      'no TLS there',
    );
  });

  it('may be silent: nobody waits for it', async () => {
    const silent = createServer((socket) => void socket.resume());
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    await writeSetting(
      'directory.ldapUrl',
      `ldap://127.0.0.1:${(silent.address() as AddressInfo).port}`,
      'test',
    );
    await writeSetting('directory.ldapTimeoutMs', 200, 'test');
    wakeLdap();
    assert.deepEqual(await searchLdap('ada', 10), []);
    await new Promise((resolve) => silent.close(resolve));
    assert.deepEqual(await searchLdap('ada', 10), [], 'it rests now');
    await writeSetting('directory.ldapTimeoutMs', 5000, 'test');
    await writeSetting('directory.ldapUrl', url, 'test');
    assert.equal((await searchLdap('ada', 10)).length, 1, 'another one does not');
  });

  describe('as the keeper of passwords', () => {
    const enter = (address: string, password: string, protocol: Protocol = 'imap') =>
      signIn({ address, password, protocol, remote: '192.0.2.7' });
    const refused = { reason: 'auth-failed' };

    before(async () => {
      await writeSetting('security.failureDelayMs', 0, 'test');
      await writeSetting('directory.ldapUrl', url, 'test');
      await writeSetting('directory.ldapTimeoutMs', 5000, 'test');
      await addDomain({ name: 'ldap.example' }, 'test');
      const password = { stored: null };
      await addAccount({ address: 'ada@ldap.example', password }, 'test');
      await addAccount({ address: 'own@ldap.example', password: 'a winter of oaks' }, 'test');
    });

    it('lets in whoever it knows, once that is wanted, and nobody else', async () => {
      await assert.rejects(enter('ada@ldap.example', 'engine'), refused);
      await writeSetting('security.ldapSignIn', true, 'test');
      for (const protocol of ['imap', 'pop3', 'submission', 'web'] as const) {
        assert.equal(
          (await enter('ada@ldap.example', 'engine', protocol)).address,
          'ada@ldap.example',
        );
      }
      for (const wrong of ['wrong', '', '*']) {
        await assert.rejects(enter('ada@ldap.example', wrong), refused, wrong);
      }
      await assert.rejects(enter('*@ldap.example', 'engine'), refused);
      // Has its own, and there nobody.
      assert.ok(await enter('own@ldap.example', 'a winter of oaks'));
    });

    it('refuses an entry without a password like a wrong one', async () => {
      await addAccount({ address: 'bare@ldap.example', password: { stored: null } }, 'test');
      await assert.rejects(enter('bare@ldap.example', 'x'), refused);
    });

    it('opens no account that is locked here', async () => {
      const { id } = await addAccount(
        { address: 'odd@ldap.example', password: 'a winter of oaks' },
        't',
      );
      await lockSender(id, 'test');
      await assert.rejects(enter('odd@ldap.example', 'x'), refused);
      await setPassword(id, 'another winter of oaks', 'test');
      assert.ok(await enter('odd@ldap.example', 'another winter of oaks'));
      await removeAccount(id, 'test');
    });

    it('is not asked by any number of strangers at once', async () => {
      let open = 0;
      let most = 0;
      const silent = createServer((socket) => {
        open++;
        most = Math.max(most, open);
        socket.on('close', () => open--).on('error', () => {});
        socket.resume();
      });
      await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
      const { port } = silent.address() as AddressInfo;
      await writeSetting('directory.ldapUrl', `ldap://127.0.0.1:${port}`, 'test');
      await writeSetting('directory.ldapTimeoutMs', 200, 'test');
      const tries = Array.from({ length: 40 }, (_, host) =>
        signIn({
          address: 'ada@ldap.example',
          password: 'nothing of hers',
          protocol: 'imap',
          remote: `198.51.100.${host}`,
        }),
      );
      const ends = await Promise.allSettled(tries);
      assert.ok(ends.every(({ status }) => status === 'rejected'));
      // Connections that are given up close a moment later than the next begins.
      assert.ok(most <= 16, String(most));
      await new Promise((resolve) => silent.close(resolve));
      await writeSetting('directory.ldapUrl', url, 'test');
      await writeSetting('directory.ldapTimeoutMs', 5000, 'test');
    });

    it('makes users of our domains where that is wanted', async () => {
      await assert.rejects(enter('odd@ldap.example', 'x'), refused);
      await writeSetting('security.ldapCreatesUsers', true, 'test');
      const made = await enter('odd@ldap.example', 'x');
      assert.deepEqual([made.displayName, made.hasPassword], ['Odd (Name)*', false]);
      await assert.rejects(enter('nobody@ldap.example', 'x'), refused);
      await assert.rejects(
        changeOwnPassword({ account: made, present: 'x', next: 'a long new one', remote: '' }),
        { reason: 'forbidden' },
      );
    });

    it('shuts nobody out who has a password here while it is away', async () => {
      await writeSetting('directory.ldapUrl', 'ldap://127.0.0.1:1', 'test');
      await assert.rejects(enter('ada@ldap.example', 'other'), { reason: 'unavailable' });
      assert.ok(await enter('own@ldap.example', 'a winter of oaks'));
      await writeSetting('directory.ldapUrl', url, 'test');
    });
  });
});
