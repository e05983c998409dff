// What is taken in as a certificate, and which one an order may bring.
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { parseNames } from '#lib/certificates/certificate.ts';
import { checkOrdered, coversHost, parsePems, readChainFacts } from '#lib/certificates/pem.ts';
import { type Authority, makeAuthority, type Signed } from '#tests/support/certificates.ts';

let authority: Authority;
let good: Signed;
let other: Signed;

before(async () => {
  authority = await makeAuthority();
  good = await authority.sign('mail.example.org', { isWithChain: true });
  other = await authority.sign('other.example.org');
});

const typed: [
  reason: string,
  pair: () => [chain: string, key: string],
  field: string,
  text: RegExp,
][] = [
  ['nothing', () => ['', ''], 'chain', /Give a certificate/],
  ['no key', () => [good.cert, 'x'], 'key', /private key/],
  ['the key of another', () => [good.cert, other.key], 'key', /does not belong/],
  ['rubbish between the lines', () => [good.cert.replace(/M/g, '!'), good.key], 'chain', /./],
  ['a book', () => [good.cert + ' '.repeat(300_000), good.key], 'chain', /Give a certificate/],
  [
    'a key with a passphrase',
    () => [good.cert, good.key.replaceAll('PRIVATE', 'ENCRYPTED PRIVATE')],
    'key',
    /passphrase/,
  ],
];

describe('a certificate that somebody uploads', () => {
  for (const [reason, pair, field, text] of typed) {
    it(`is refused: ${reason}`, () => {
      assert.throws(() => parsePems(...pair()), { reason: 'invalid', field, message: text });
    });
  }

  it('is taken with lines of other systems and words around it', () => {
    const chain = `subject=x\r\n${good.cert.replaceAll('\n', '\r\n')}bye`;
    const pems = parsePems(chain, `${good.key}\n\n`);
    assert.equal(pems.cert, good.cert);
    assert.deepEqual(readChainFacts(pems.cert).names, ['mail.example.org']);
    assert.equal(readChainFacts(pems.cert).issuer, 'Test authority');
  });
});

describe('a certificate that was ordered', () => {
  it('is taken with its chain', () => checkOrdered(good, ['mail.example.org']));

  it('is refused for other names', () => {
    assert.throws(() => checkOrdered(good, ['mail.example.org', 'a.example.org']), /not for a\./);
  });

  it('is refused with a chain that leads elsewhere', async () => {
    const stranger = await makeAuthority('Another');
    const cert = good.cert.replace(authority.cert, stranger.cert);
    assert.throws(() => checkOrdered({ ...good, cert }, ['mail.example.org']), /not in order/);
  });

  it('is refused when it is over', async () => {
    const over = await authority.sign('mail.example.org', { daysLeft: -1 });
    assert.throws(() => checkOrdered(over, ['mail.example.org']), /expired/);
  });
});

const hosts: [names: string[], host: string, isCovered: boolean][] = [
  [['mail.example.org'], 'mail.example.org', true],
  [['mail.example.org'], 'example.org', false],
  [['*.example.org'], 'mail.example.org', true],
  [['*.example.org'], 'a.mail.example.org', false],
  [['*.example.org'], 'example.org', false],
  [['*.org'], 'example.org', false],
  [[], 'mail.example.org', false],
];

describe('a name', () => {
  for (const [names, host, isCovered] of hosts) {
    it(`${host} is ${isCovered ? '' : 'not '}of ${names.join(' ') || 'nothing'}`, () => {
      assert.equal(coversHost(names, host), isCovered);
    });
  }

  const lists: [text: string, expected: string[] | RegExp][] = [
    [
      'Mail.Example.org, mail.example.org\nmta-sts.example.org;',
      ['mail.example.org', 'mta-sts.example.org'],
    ],
    ['', /at least one/],
    ['localhost', /is no host name/],
    ['192.0.2.1', /is no host name/],
    ['a_b.example.org', /is no host name/],
    ['*.example.org', /wildcard/],
    [Array.from({ length: 101 }, (_, n) => `a${n}.example.org`).join(' '), /At most 100/],
  ];
  for (const [text, expected] of lists) {
    it(`is read of "${text.slice(0, 40)}"`, () => {
      if (Array.isArray(expected)) assert.deepEqual(parseNames(text), expected);
      else assert.throws(() => parseNames(text), { field: 'names', message: expected });
    });
  }
});
