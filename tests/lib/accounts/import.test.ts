// Postfix's tables as text: what is understood, what is refused and at which line.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseAccess } from '#lib/accounts/import/access.ts';
import { parseAliases } from '#lib/accounts/import/aliases.ts';
import { parseCanonical } from '#lib/accounts/import/canonical.ts';
import { parseNetworks } from '#lib/accounts/import/networks.ts';
import { parseTransport } from '#lib/accounts/import/transport.ts';
import { parseVirtual } from '#lib/accounts/import/virtual.ts';

describe('aliases(5)', () => {
  const text = `# see aliases(5)
postmaster: root
root:   ada@example.test,
        bob@example.test, "carl x"@example.test
"Quoted Name": ada
info : ada
prog: "|/usr/bin/vacation -x, y"
pipe: |/bin/sh
file: /var/mail/all
list: :include:/etc/list
owner-list: ada
self: self
nothing:
not a line
far: ada@@x
root: eve
`;
  it('names, quotes, continued lines; no programs and no files', () => {
    const { entries, problems } = parseAliases(text, 'example.test');
    assert.deepEqual(entries, [
      { line: 2, address: 'postmaster@example.test', targets: ['root@example.test'] },
      {
        line: 3,
        address: 'root@example.test',
        targets: ['ada@example.test', 'bob@example.test', '"carl x"@example.test'],
      },
      { line: 6, address: 'info@example.test', targets: ['ada@example.test'] },
    ]);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [5, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16],
    );
    const reasonAt = (line: number) => problems.find((each) => each.line === line)?.reason ?? '';
    assert.match(reasonAt(7), /pipe/);
    assert.match(reasonAt(8), /pipe/);
    assert.match(reasonAt(9), /file/);
    assert.match(reasonAt(10), /include/);
  });
  it('a quote that nobody ends is no address, however long', () => {
    for (const end of ['', '\\', '"x']) {
      const { entries, problems } = parseAliases(`a: "${'\\"'.repeat(400_000)}${end}`, 'a.test');
      assert.equal(entries.length, 0);
      assert.match(problems[0]?.reason ?? '', /is not an address/);
    }
  });
  it('a name needs a domain', () => {
    assert.match(parseAliases('root: ada', '').problems[0]?.reason ?? '', /no domain/);
  });
});

describe('virtual(5)', () => {
  it('domains, catch-alls, alias domains, addresses', () => {
    const text = `example.test  whatever
@example.test ada@main.test
@twin.test @main.test
sales@example.test ada@main.test, bob
bob ada@main.test
/^x/ ada@main.test
lonely
SALES@example.test eve@main.test`;
    const { entries, problems } = parseVirtual(text, 'main.test');
    assert.deepEqual(entries, [
      { line: 1, kind: 'domain', name: 'example.test' },
      { line: 2, kind: 'alias', address: '@example.test', targets: ['ada@main.test'] },
      { line: 3, kind: 'alias-domain', name: 'twin.test', aliasOf: 'main.test' },
      {
        line: 4,
        kind: 'alias',
        address: 'sales@example.test',
        targets: ['ada@main.test', 'bob@main.test'],
      },
      { line: 5, kind: 'alias', address: 'bob@main.test', targets: ['ada@main.test'] },
    ]);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [6, 7, 8],
    );
  });
});

describe('transport(5)', () => {
  const cases: [row: string, result: string][] = [
    ['example.test smtp:[mx.test]:587', 'example.test hosts mx.test:587 opportunistic'],
    ['.example.test relay:mx.test', '*.example.test hosts mx:mx.test:25 opportunistic'],
    ['a@b.test smtp:', 'a@b.test mx'],
    ['b.test :', 'b.test mx'],
    ['* smtps:[mx.test]', ' hosts mx.test:465 implicit'],
    ['* relay:[192.0.2.1]:submission', ' hosts 192.0.2.1:587 opportunistic'],
    ['* relay:[2001:db8::1]', ' hosts [2001:db8::1]:25 opportunistic'],
    ['b.test lmtp:unix:/run/x', 'b.test lmtp unix:/run/x'],
    ['b.test lmtp:unix:private/lmtp', 'b.test lmtp unix:/var/spool/postfix/private/lmtp'],
    ['b.test lmtp:inet:store.test:2003', 'b.test lmtp store.test:2003'],
    ['b.test lmtp:[192.0.2.1]', 'b.test lmtp 192.0.2.1:24'],
    ['b.test error:5.1.1 gone', 'b.test return 5.1.1 gone'],
    ['b.test discard:', 'b.test discard'],
    ['b.test virtual:', 'virtual'],
    ['b.test smtp:[mx]:99999', 'port'],
    ['b.test mx.test', 'transport:nexthop'],
    ['root local:', 'local'],
    ['bob smtp:[mx.test]', 'not an address'],
  ];
  for (const [row, result] of cases) {
    it(row, () => {
      const { entries, problems } = parseTransport(row);
      const [entry] = entries;
      if (!entry) return assert.match(problems[0]?.reason ?? '', new RegExp(result));
      const { recipient = '', target, hosts, tlsMode, text } = entry;
      const parts = [recipient, target, hosts, tlsMode, text].filter((part) => part !== undefined);
      assert.equal(parts.join(' '), result);
    });
  }
});

describe('access(5)', () => {
  const cases: [scope: 'client' | 'helo' | 'sender' | 'recipient', row: string, result: string][] =
    [
      ['client', '192.0.2.1 OK', '192.0.2.1 accept '],
      ['client', '192.0.2 REJECT go away', '192.0.2.0/24 reject go away'],
      ['client', '10 554 5.7.1 No mail', '10.0.0.0/8 reject No mail'],
      ['client', '2001:db8::/32 450 later', '2001:db8::/32 defer later'],
      ['client', 'spam.test 4.7.1', 'not taken over'],
      ['client', 'spam.test 1', '.spam.test accept '],
      ['client', '.spam.test DISCARD quiet', '.spam.test discard '],
      ['helo', 'localhost REJECT', '.localhost reject '],
      ['sender', 'eve@spam.test HOLD', 'eve@spam.test hold '],
      ['sender', 'spam.test REJECT', '.spam.test reject '],
      ['sender', 'root@ REJECT', 'root@ reject '],
      ['sender', '<> OK', '<> accept '],
      ['recipient', 'a@b.test REDIRECT C@d.test', 'a@b.test redirect c@d.test'],
      ['recipient', 'a@b.test BCC c@d.test', 'a@b.test bcc c@d.test'],
      ['recipient', 'a@b.test REDIRECT nobody', 'not an address'],
      ['recipient', 'a@b.test DUNNO', 'not taken over'],
      ['recipient', 'a@b.test FILTER smtp:x', 'not taken over'],
      ['recipient', 'a@b.test reject_unverified_recipient', 'not taken over'],
      ['recipient', 'b.test REJECT Grüße\u0007', '.b.test reject Gr e'],
    ];
  for (const [scope, row, result] of cases) {
    it(`${scope}: ${row}`, () => {
      const { entries, problems } = parseAccess(row, scope);
      const [entry] = entries;
      if (!entry) return assert.match(problems[0]?.reason ?? '', new RegExp(result));
      assert.equal(`${entry.pattern} ${entry.action} ${entry.argument}`, result);
    });
  }
  it('the most exact first, as Postfix looks them up; networks in their own order', () => {
    const order = (text: string, scope: 'client' | 'sender') =>
      parseAccess(text, scope).entries.map(({ pattern }) => pattern);
    assert.deepEqual(order('b.test OK\nroot@ OK\na@b.test OK\nx.b.test OK', 'sender'), [
      'a@b.test',
      '.x.b.test',
      '.b.test',
      'root@',
    ]);
    assert.deepEqual(order('10.0.0.0/8 OK\n10.1.0.0/16 REJECT', 'client'), [
      '10.0.0.0/8',
      '10.1.0.0/16',
    ]);
  });
});

describe('canonical(5)', () => {
  it('addresses and domains, for senders and recipients', () => {
    const { entries, problems } = parseCanonical(
      '@old.test @new.test\nada Ada.Love@new.test\n@a.test x@b.test\na@b.test @c.test\nx',
      ['sender', 'recipient'],
      'old.test',
    );
    assert.deepEqual(
      entries.map(({ line, scope, pattern, replacement }) => [line, scope, pattern, replacement]),
      [
        [1, 'sender', '@old.test', '@new.test'],
        [1, 'recipient', '@old.test', '@new.test'],
        [2, 'sender', 'ada@old.test', 'ada.love@new.test'],
        [2, 'recipient', 'ada@old.test', 'ada.love@new.test'],
        [3, 'sender', '@a.test', 'x@b.test'],
        [3, 'recipient', '@a.test', 'x@b.test'],
      ],
    );
    assert.deepEqual(
      problems.map(({ line }) => line),
      [4, 5],
    );
  });
});

describe('mynetworks', () => {
  it('networks, addresses; no files, exceptions or the whole Internet', () => {
    const { entries, problems } = parseNetworks(
      'mynetworks = 127.0.0.0/8 [::1]/128, 192.0.2.0/24\n [2001:db8::]/32 10.1.2.3\n!10.0.0.0/8 /etc/nets hash:/etc/x 0.0.0.0/0',
    );
    assert.deepEqual(entries, [
      { line: 1, cidr: '192.0.2.0/24' },
      { line: 2, cidr: '2001:db8::/32' },
      { line: 2, cidr: '10.1.2.3/32' },
    ]);
    assert.deepEqual(
      problems.map(({ line }) => line),
      [3, 3, 3, 3],
    );
  });
});
