// Access rules and rewriting as rows, and Postfix's tables taken over into them.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import {
  fitsAddress,
  fitsHost,
  fitsMailAddress,
  listSpellings,
} from '#lib/accounts/access-match.ts';
import { type AccessScope, canonicalPattern } from '#lib/accounts/access-pattern.ts';
import {
  type AccessRule,
  addAccessRule,
  listAccessRules,
  moveAccessRule,
  readAccessRules,
  removeAccessRule,
  updateAccessRule,
} from '#lib/accounts/access-rule.ts';
import { addAccount } from '#lib/accounts/account.ts';
import { findAlias } from '#lib/accounts/alias.ts';
import { addDomain, findDomain } from '#lib/accounts/domain.ts';
import { listNetworks } from '#lib/accounts/network.ts';
import {
  addRewrite,
  listRewrites,
  readRewriter,
  removeRewrite,
  updateRewrite,
} from '#lib/accounts/rewrite.ts';
import { isRefusal } from '#lib/errors.ts';
import { applyImport, planImport } from '#lib/queue/import-map.ts';
import { listRelayRules } from '#lib/queue/relay-rule.ts';
import { listEvents } from '#lib/trail/list.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const database = await openTestDatabase();
const by = 'test';
const refused = (reason: string, field?: string) => (error: unknown) =>
  isRefusal(error) && error.reason === reason && (!field || error.field === field);

before(async () => {
  await addDomain({ name: 'example.test' }, by);
});
after(database.close);

describe('patterns', () => {
  const cases: [scope: AccessScope, text: string, stored: string | null][] = [
    ['client', '192.0.2.1', '192.0.2.1'],
    ['client', '192.0.2.0/24', '192.0.2.0/24'],
    ['client', '2001:DB8::/32', '2001:db8::/32'],
    ['client', 'Mail.Example.Test.', 'mail.example.test'],
    ['client', '*.Bücher.test', '*.xn--bcher-kva.test'],
    ['client', '.example.test', '.example.test'],
    ['client', '*', '*'],
    ['client', '0.0.0.0/0', null],
    ['client', '192.0.2.0/33', null],
    ['client', 'a b', null],
    ['client', 'a*.test', null],
    ['helo', '[192.0.2.1]', '[192.0.2.1]'],
    ['helo', 'x_y.test', 'x_y.test'],
    ['sender', 'Ada@Example.test', 'ada@example.test'],
    ['sender', '@Example.test', '@example.test'],
    ['sender', '<>', '<>'],
    ['sender', 'root@', 'root@'],
    ['sender', 'example.test', null],
    ['sender', 'a@b@c', null],
    ['sender', '*@Example.test', '@example.test'],
    ['sender', 'spam*@example.test', null],
    ['recipient', '*@*.example.test', null],
    ['recipient', '<>', null],
    ['header', 'subject :  *win* ', 'subject: *win*'],
    ['header', 'no colon', null],
    ['header', 'X-A:', null],
    ['body', '*cheap*', '*cheap*'],
    ['body', '**', null],
    ['body', 'a\nb', null],
    ['attachment', '*.EXE', '*.exe'],
    ['attachment', '', null],
  ];
  for (const [scope, text, stored] of cases) {
    it(`${scope}: ${JSON.stringify(text)}`, () => {
      if (stored === null) {
        assert.throws(() => canonicalPattern(scope, text), refused('invalid', 'pattern'));
      } else assert.equal(canonicalPattern(scope, text), stored);
    });
  }

  const fits: [pattern: string, what: string, isFit: boolean][] = [
    ['192.0.2.0/24', '192.0.2.255', true],
    ['192.0.2.0/24', '192.0.3.0', false],
    ['192.0.2.0/24', '2001:db8::1', false],
    ['2001:db8::/32', '2001:db8:ffff::1', true],
  ];
  for (const [pattern, remote, isFit] of fits) {
    it(`${pattern} and ${remote}`, () => {
      assert.equal(fitsAddress({ pattern } as AccessRule, remote), isFit);
    });
  }
  const hosts: [pattern: string, host: string, isFit: boolean][] = [
    ['.example.test', 'example.test', true],
    ['.example.test', 'a.Example.test.', true],
    ['.example.test', 'badexample.test', false],
    ['*.example.test', 'example.test', false],
    ['*.example.test', 'a.b.example.test', true],
    ['example.test', 'a.example.test', false],
  ];
  for (const [pattern, host, isFit] of hosts) {
    it(`${pattern} and ${host}`, () => assert.equal(fitsHost(pattern, host), isFit));
  }
  const addresses: [pattern: string, address: string, isFit: boolean][] = [
    ['ada@example.test', 'ada@example.test', true],
    ['ada@example.test', 'ada+x@example.test', true],
    ['ada+x@example.test', 'ada@example.test', false],
    ['@example.test', 'a@example.test', true],
    ['@example.test', 'a@sub.example.test', false],
    ['@example.test', '"a@example.test"@other.test', false],
    ['.example.test', 'a@sub.example.test', true],
    ['root@', 'root@any.test', true],
    ['root@', '"root@x"@any.test', false],
    ['<>', '', true],
    ['<>', 'a@b.test', false],
    ['*', '', true],
    ['@example.test', '', false],
  ];
  for (const [pattern, address, isFit] of addresses) {
    it(`${pattern} and <${address}>`, () => {
      assert.equal(fitsMailAddress(pattern, listSpellings(address, '+')), isFit);
    });
  }
});

describe('access rules', () => {
  it('are added, ordered, changed, disabled and removed, with an event each', async () => {
    const add = (pattern: string, action: AccessRule['action'] = 'reject') =>
      addAccessRule({ scope: 'sender', pattern, action }, by);
    const [a, b, c] = [await add('@a.test'), await add('@b.test'), await add('@c.test')];
    const order = async () => (await readAccessRules('sender')).map(({ pattern }) => pattern);
    assert.deepEqual(await order(), ['@a.test', '@b.test', '@c.test']);
    await moveAccessRule(c.id, 1, by);
    assert.deepEqual(await order(), ['@c.test', '@a.test', '@b.test']);
    await updateAccessRule(a.id, { isDisabled: true }, by);
    assert.deepEqual(await order(), ['@c.test', '@b.test']);
    assert.equal((await listAccessRules('sender')).length, 3);
    assert.equal((await readAccessRules('client')).length, 0);
    await assert.rejects(add('@B.test'), refused('exists', 'pattern'));
    await updateAccessRule(b.id, { action: 'defer', argument: 'Come back' }, by);
    await removeAccessRule(c.id, by);
    await assert.rejects(removeAccessRule(c.id, by), refused('not-found'));
    await assert.rejects(moveAccessRule(b.id, 0, by), refused('invalid', 'position'));
    assert.deepEqual(await order(), ['@b.test']);
    const events = await listEvents({ kind: 'changed' });
    assert.ok(events.some(({ recipient }) => recipient === 'access rule sender @c.test'));
  });

  const wrong: [action: AccessRule['action'], argument: string][] = [
    ['redirect', ''],
    ['bcc', 'nobody'],
    ['bcc', 'nobody@example.test'],
    ['redirect', 'nobody@example.test'],
    ['accept', 'text'],
    ['reject', 'two\r\n250 lines'],
    ['reject', 'Grüße'],
    ['reject', '250 OK'],
    ['defer', '4.7.1 x'],
    ['reject', 'x'.repeat(201)],
  ];
  for (const [action, argument] of wrong) {
    it(`refuse ${action} ${JSON.stringify(argument.slice(0, 20))}`, async () => {
      const rule = { scope: 'helo' as const, pattern: 'x.test', action, argument };
      await assert.rejects(addAccessRule(rule, by), refused('invalid', 'argument'));
    });
  }
});

describe('rewriting', () => {
  it('whole addresses before details before domains, once', async () => {
    const add = (pattern: string, replacement: string) =>
      addRewrite({ scope: 'sender', pattern, replacement }, by);
    const domain = await add('@old.test', '@new.test');
    await add('ada@old.test', 'ada.love@example.test');
    await add('@new.test', '@newest.test');
    await add('@all.test', 'box@example.test');
    const rewriter = await readRewriter('sender', '+');
    assert.ok(rewriter);
    const cases: [from: string, to: string | null][] = [
      ['Bob@OLD.test', 'bob@new.test'],
      ['ada@old.test', 'ada.love@example.test'],
      ['ada+x@old.test', 'ada.love+x@example.test'],
      ['x@all.test', 'box@example.test'],
      ['x@other.test', null],
      ['', null],
      ['not an address', null],
      ['"a b"@old.test', '"a b"@new.test'],
    ];
    for (const [from, to] of cases) assert.equal(rewriter(from), to, from);
    assert.equal(await readRewriter('recipient', '+'), null);
    await updateRewrite(domain.id, { replacement: '@other.test' }, by);
    assert.equal((await readRewriter('sender', '+'))?.('x@old.test'), 'x@other.test');
    await assert.rejects(add('@OLD.test', '@x.test'), refused('exists', 'pattern'));
    await assert.rejects(add('a@old.test', '@x.test'), refused('invalid', 'replacement'));
    await assert.rejects(add('a@old.test', 'a@old.test'), refused('invalid', 'replacement'));
    for (const { id } of await listRewrites()) await removeRewrite(id, by);
    assert.equal(await readRewriter('sender', '+'), null);
  });
});

describe('taking tables over', () => {
  it('shows first, then does, and does nothing twice', async () => {
    await addAccount({ address: 'ada@example.test', password: 'correct horse' }, by);
    const input = {
      kind: 'aliases' as const,
      text: 'root: ada\nops: root, far@elsewhere.test\nbad: |/bin/sh\nada: root\nx@nowhere.test: ada',
      domain: 'example.test',
    };
    const whats = (steps: { line: number; what: string }[]) =>
      steps.map(({ line, what }) => `${line} ${what}`);
    const planned = await planImport(input);
    assert.deepEqual(whats(planned), ['1 add', '2 add', '3 refuse', '4 add', '5 refuse']);
    assert.equal(await findAlias('root@example.test'), null);
    const done = await applyImport(input, by);
    // A user has this address: only the database knows.
    assert.deepEqual(whats(done), ['1 add', '2 add', '3 refuse', '4 refuse', '5 refuse']);
    assert.deepEqual((await findAlias('ops@example.test'))?.targets, [
      'far@elsewhere.test',
      'root@example.test',
    ]);
    const again = await planImport({ ...input, text: 'root: ada\nops: root' });
    assert.deepEqual(whats(again), ['1 same', '2 change']);
  });

  it('virtual, transport, access, canonical, mynetworks', async () => {
    const run = (kind: Parameters<typeof planImport>[0]['kind'], text: string, scope?: string) =>
      applyImport({ kind, text, scope }, by);
    await run('virtual', 'virt.test x\nsales@virt.test ada@example.test\n@twin.test @example.test');
    assert.ok(await findAlias('sales@virt.test'));
    assert.equal((await findDomain('twin.test'))?.aliasOf, 'example.test');
    await run('transport', 'far.test smtp:[relay.test]:587\n* relay:[smart.test]');
    assert.deepEqual(
      (await listRelayRules()).map(({ recipient, hosts }) => `${recipient} ${hosts}`),
      ['far.test relay.test:587', ' smart.test:25'],
    );
    await run('access', 'spam.test REJECT\n192.0.2.1 OK', 'client');
    assert.deepEqual(
      (await readAccessRules('client')).map(({ pattern }) => pattern),
      ['192.0.2.1', '.spam.test'],
    );
    await run('canonical', '@a.test @b.test', 'sender');
    assert.equal((await listRewrites()).length, 1);
    await run('mynetworks', '192.0.2.0/24, 10.0.0.0/8');
    assert.equal((await listNetworks()).length, 2);
    await assert.rejects(run('access', 'x OK'), refused('invalid', 'scope'));
    await assert.rejects(
      planImport({ kind: 'constructor' as 'access', text: '' }),
      refused('invalid'),
    );
  });
});
