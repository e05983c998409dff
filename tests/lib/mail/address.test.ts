import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Address,
  canonicalAddress,
  describeAddress,
  findAddressLikes,
  formatAddress,
  isValidDomain,
  isValidLocalPart,
  joinAddress,
  parseAddressList,
  splitAddress,
  stripDetail,
} from '#lib/mail/address.ts';

/** `name|local|domain|group` of each address. */
function brief(addresses: Address[]): string[] {
  return addresses.map(
    ({ name, local, domain, group }) =>
      `${name}|${local}|${domain}${group === undefined ? '' : `|${group}`}`,
  );
}

const lists: [why: string, input: string, expected: string[]][] = [
  ['bare', 'a@b.c', ['|a|b.c']],
  ['with name', 'Joe Doe <joe@example.com>', ['Joe Doe|joe|example.com']],
  ['quoted name', '"Doe, Joe" <joe@example.com>', ['Doe, Joe|joe|example.com']],
  ['escapes', '"a \\"b\\" \\\\c" <a@b>', ['a "b" \\c|a|b']],
  ['several', 'a@b, c@d,e@f', ['|a|b', '|c|d', '|e|f']],
  ['empty members', ', a@b,,', ['|a|b']],
  ['comment as name', 'joe@example.com (Joe (the) Doe)', ['Joe (the) Doe|joe|example.com']],
  [
    'comments all over',
    'Pete(A nice \\) chap) <pete(his account)@silly.test(his host)>',
    ['Pete|pete|silly.test'],
  ],
  [
    'group',
    'A Group:Ed Jones <joe@where.test>,john@one.test;',
    ['Ed Jones|joe|where.test|A Group', '|john|one.test|A Group'],
  ],
  ['empty group', 'Undisclosed recipients:;', []],
  ['group, then more', 'x: a@b; , c@d', ['|a|b|x', '|c|d']],
  ['unclosed group', 'x: a@b', ['|a|b|x']],
  ['obsolete route', '<@node1.test,@node2.test:joe@example.org>', ['|joe|example.org']],
  ['obsolete blanks', 'joe . doe @ example . com', ['|joe.doe|example.com']],
  ['quoted local part', '"joe doe"@example.com', ['|joe doe|example.com']],
  ['domain literal', 'a@[192.0.2.1]', ['|a|[192.0.2.1]']],
  ['encoded name', '=?utf-8?Q?J=C3=B6rg?= <j@x>', ['Jörg|j|x']],
  ['encoded name in two words', '=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?= <j@x>', ['Jörg|j|x']],
  ['encoded word in quotes', '"=?utf-8?Q?J=C3=B6rg?=" <j@x>', ['Jörg|j|x']],
  ['bare comma in an encoded word', '=?utf-8?Q?Doe,_J=C3=B6rg?= <j@x>', ['Doe, Jörg|j|x']],
  ['an encoded address stays what it is', '=?utf-8?Q?a=40b?=@x', ['|=?utf-8?Q?a=40b?=|x']],
  ['raw UTF-8', 'Jörg <jörg@exämple.com>', ['Jörg|jörg|exämple.com']],
  ['dots in a name', 'John Q. Public <j@x>', ['John Q. Public|j|x']],
  ['brackets in a name', '[list] Joe <j@x>', ['[list] Joe|j|x']],
  ['name that looks like another address', 'a@b.com <evil@x>', ['a@b.com|evil|x']],
  ['name without brackets', 'Joe joe@example.com', ['Joe|joe|example.com']],
  ['unclosed bracket', 'Joe <joe@example.com, b@c', ['Joe|joe|example.com', '|b|c']],
  ['two brackets: the first counts', 'Joe <a@b> <c@d>', ['Joe|a|b']],
  ['no domain', 'root', ['|root|']],
  ['words only', 'Joe Doe', ['Joe Doe||']],
  ['null address', '<>', ['||']],
  ['control characters in a name', '"a\tb\u0000" <a@b>', ['a b|a|b']],
  ['unclosed quote', '"abc <a@b>', ['|abc <a@b>|']],
  ['nothing', '', []],
  ['junk', ')>;:@@..[\\', ['|@..[\\|@'].slice(1)],
];
for (const [why, input, expected] of lists) {
  test(`parseAddressList: ${why}`, () => {
    if (why === 'junk') assert.ok(Array.isArray(parseAddressList(input)));
    else assert.deepEqual(brief(parseAddressList(input)), expected);
  });
}

const canonical: [input: string, expected: string | null][] = [
  ['Joe@Example.COM', 'joe@example.com'],
  [' joe@example.com ', 'joe@example.com'],
  ['"joe"@example.com', 'joe@example.com'],
  ['"Joe Doe"@example.com', '"joe doe"@example.com'],
  ['"a\\b"@example.com', 'ab@example.com'],
  ['"a@b"@example.com', '"a@b"@example.com'],
  ['jörg@exämple.com', 'jörg@xn--exmple-cua.com'],
  ['JO\u0308RG@example.com', 'jörg@example.com'],
  ['a@EXÄMPLE.com', 'a@xn--exmple-cua.com'],
  ['a@xn--exmple-cua.com', 'a@xn--exmple-cua.com'],
  ['a@[192.0.2.1]', 'a@[192.0.2.1]'],
  ['a@[IPv6:2001:db8::1]', 'a@[ipv6:2001:db8::1]'],
  ['a@localhost', 'a@localhost'],
  ['joe', null],
  ['@example.com', null],
  ['a@', null],
  ['a@@b.c', null],
  ['a..b@c.d', null],
  ['.a@c.d', null],
  ['a b@c.d', null],
  ['Joe <a@b.c>', null],
  ['<a@b.c>', null],
  ['a@b..c', null],
  ['a@b.c.', null],
  ['a@-b.c', null],
  ['a@1.2.3.4', null],
  ['a@b%61.c', null],
  ['a@b/c', null],
  ['a\r\nb@c.d', null],
  ['a@b.c\r\nBcc: x', null],
  [`${'a'.repeat(65)}@b.c`, null],
  [`a@${'b'.repeat(64)}.c`, null],
  [`a@${'b.'.repeat(130)}c`, null],
  ['', null],
];
for (const [input, expected] of canonical) {
  test(`canonicalAddress ${JSON.stringify(input.slice(0, 40))}`, () => {
    assert.equal(canonicalAddress(input), expected);
    if (expected) assert.equal(canonicalAddress(expected), expected, 'stable');
  });
}

test('formatAddress quotes, encodes and cannot be broken out of', () => {
  const rows: [string, string, string][] = [
    ['', 'a@b', 'a@b'],
    ['Joe Doe', 'a@b', 'Joe Doe <a@b>'],
    ['Doe, Joe', 'a@b', '"Doe, Joe" <a@b>'],
    ['a "b" \\c', 'a@b', '"a \\"b\\" \\\\c" <a@b>'],
    ['Jörg', 'a@b', '=?utf-8?Q?J=C3=B6rg?= <a@b>'],
    ['x\r\nBcc: evil@x', 'a@b', '"x Bcc: evil@x" <a@b>'],
    ['x', 'a@b>\r\nBcc: <c@d', 'x <a@bBcc:c@d>'],
  ];
  for (const [name, address, expected] of rows)
    assert.equal(formatAddress({ name, address }), expected);
  for (const name of ['Joe', 'a,b', 'Jörg <x@y>, z', '=?utf-8?Q?x?=', 'a"b\\', '日本'.repeat(50)]) {
    const [read] = parseAddressList(formatAddress({ name, address: 'a@b' }));
    assert.deepEqual(read, { name, local: 'a', domain: 'b' });
    assert.deepEqual(parseAddressList(describeAddress(read!)).length, 1);
  }
});

test('an encoded name cannot smuggle an address into the text form', () => {
  const [address] = parseAddressList('=?utf-8?Q?Boss_=3Cboss=40good.test=3E,_x?= <evil@bad.test>');
  const text = describeAddress(address!);
  assert.equal(text, '"Boss <boss@good.test>, x" <evil@bad.test>');
  assert.deepEqual(parseAddressList(text), [address]);
});

test('everything that some reader may take for the address', () => {
  const table: [text: string, found: string[]][] = [
    ['Ada <ada@example.org>', ['ada@example.org']],
    ['eve@x.test <ada@y.test>', ['eve@x.test', 'ada@y.test']],
    ['<ada@y.test> <eve@x.test>', ['ada@y.test', 'eve@x.test']],
    ['eve@x.test ada@y.test', ['eve@x.test', 'ada@y.test']],
    ['g: eve@x.test ; , ada . b @ y.test', ['eve@x.test', 'ada.b@y.test']],
    ['<@eve.test,@x.test:ada@y.test>', ['""@eve.test', '""@x.test', 'ada@y.test']],
    ['"eve@x.test" (mal@x.test) <ada@y.test>', ['ada@y.test']],
    ['=?utf-8?q?eve@x.test?= <ada@y.test>', ['ada@y.test']],
    ['eve@x@y.test', ['eve@x@y.test', '"eve@x"@y.test']],
    ['nobody', []],
  ];
  for (const [text, found] of table) assert.deepEqual(findAddressLikes(text), found, text);
});

test('parts of addresses', () => {
  assert.deepEqual(splitAddress('"a@b"@c'), { local: '"a@b"', domain: 'c' });
  assert.deepEqual(splitAddress('a'), { local: 'a', domain: '' });
  assert.deepEqual(stripDetail('joe+news+x', '+'), { base: 'joe', detail: 'news+x' });
  assert.deepEqual(stripDetail('joe-news', '+-'), { base: 'joe', detail: 'news' });
  assert.deepEqual(stripDetail('+joe', '+'), { base: '+joe', detail: '' });
  assert.deepEqual(stripDetail('joe+', '+'), { base: 'joe', detail: '' });
  assert.deepEqual(stripDetail('joe+x', ''), { base: 'joe+x', detail: '' });
  assert.equal(joinAddress('a b', 'c'), '"a b"@c');
  assert.equal(isValidLocalPart('a.b+c'), true);
  assert.equal(isValidLocalPart('"a b"'), true);
  assert.equal(isValidLocalPart('a b'), false);
  assert.equal(isValidDomain('exämple.com'), true);
  assert.equal(isValidDomain('exa mple.com'), false);
});
