// What programs are told to set themselves up: hostile requests, other people's domains, and the same words for every
// local part.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { addCertificate } from '#lib/certificates/certificate.ts';
import { writeAutoconfig } from '#lib/programs/autoconfig.ts';
import {
  maxRequestBytes,
  readAutodiscoverRequest,
  writeAutodiscover,
} from '#lib/programs/autodiscover.ts';
import { type Programs, readPrograms } from '#lib/programs/mail-servers.ts';
import { writeMobileconfig } from '#lib/programs/mobileconfig.ts';
import { signProfile } from '#lib/programs/sign-profile.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { makeAuthority } from '#tests/support/certificates.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const schema = 'http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a';
const request = (inner: string, before = '') =>
  `<?xml version="1.0"?>${before}<Autodiscover xmlns="x"><Request>${inner}</Request></Autodiscover>`;

const requests: [reason: string, text: string, expected: string | RegExp][] = [
  [
    'Outlook',
    request(
      `<EMailAddress>ada@example.org</EMailAddress><AcceptableResponseSchema>${schema}</AcceptableResponseSchema>`,
    ),
    'ada@example.org',
  ],
  [
    'without a schema',
    request('<EMailAddress> ada@example.org </EMailAddress>'),
    'ada@example.org',
  ],
  ['with a prefix', request('<a:EMailAddress>ada@example.org</a:EMailAddress>'), 'ada@example.org'],
  [
    'an apostrophe',
    request('<EMailAddress>o&apos;x@example.org</EMailAddress>'),
    "o'x@example.org",
  ],
  [
    'a phone that wants ActiveSync',
    request(
      '<EMailAddress>ada@example.org</EMailAddress><AcceptableResponseSchema>http://schemas.microsoft.com/exchange/autodiscover/mobilesync/responseschema/2006</AcceptableResponseSchema>',
    ),
    /Only settings/,
  ],
  [
    'entities that grow',
    request(
      '<EMailAddress>&b;</EMailAddress>',
      '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>',
    ),
    /declares entities/,
  ],
  [
    'an entity that is a file',
    request(
      '<EMailAddress>&x;</EMailAddress>',
      '<!doctype x [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
    ),
    /declares entities/,
  ],
  ['nothing', '', /no address/],
  ['no address', request('<EMailAddress></EMailAddress>'), /no address/],
  ['an endless one', request(`<EMailAddress>${'a'.repeat(400)}</EMailAddress>`), /no address/],
  ['too much', ' '.repeat(maxRequestBytes + 1), /too long/],
];

describe('a request of Outlook', () => {
  for (const [reason, text, expected] of requests) {
    it(reason, () => {
      const found = readAutodiscoverRequest(text);
      if (typeof expected === 'string') assert.deepEqual(found, { address: expected });
      else assert.match('error' in found ? found.error : 'read', expected);
    });
  }
});

describe('what programs are told', () => {
  let close: () => Promise<void>;
  before(async () => {
    close = (await openTestDatabase()).close;
    await addDomain({ name: 'example.org' }, 'test');
    await addAccount({ address: 'ada@example.org', password: 'a nest of seven nuts' }, 'test');
    await writeSetting('server.hostname', 'mail.example.org', 'test');
    await writeSetting('web.title', 'Nuts & <Bolts>', 'test');
  });
  after(() => close());

  async function tell(address: string): Promise<Programs> {
    const programs = await readPrograms({ address });
    assert.ok(programs, address);
    return programs;
  }

  const refused: [reason: string, address: string][] = [
    ['another domain', 'ada@example.net'],
    ['a domain below', 'ada@mail.example.org'],
    ['no address', 'ada'],
    ['markup', '<b>@example.org'],
    ['a line', 'ada\r\nBcc: x@example.org'],
    ['too long', `${'a'.repeat(65)}@example.org`],
    ['far too long', `${'a'.repeat(5000)}@example.org`],
  ];
  for (const [reason, address] of refused) {
    it(`is nothing for ${reason}`, async () => {
      assert.equal(await readPrograms({ address }), null);
    });
  }

  it('is the same for an address that does not exist', async () => {
    const [known, unknown] = [await tell('Ada@Example.org'), await tell('eve@example.org')];
    for (const write of [writeAutoconfig, writeAutodiscover, writeMobileconfig]) {
      const same = (write(known) ?? '').replaceAll('ada@', 'eve@');
      // The numbers of a profile are made of the address.
      const plain = (text: string) =>
        text.replace(/[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}/g, '');
      assert.equal(plain(same), plain(write(unknown) ?? ''));
    }
  });

  it('escapes what stands in it', async () => {
    const programs = await tell("o'x&y@example.org");
    for (const write of [writeAutoconfig, writeAutodiscover, writeMobileconfig]) {
      const text = write(programs) ?? '';
      assert.doesNotMatch(text, /<Bolts>|o'x&y/);
      assert.match(text, /mail\.example\.org/);
    }
  });

  it('names for Outlook one server of each kind, TLS from the first byte before STARTTLS', async () => {
    const text = writeAutodiscover(await tell('ada@example.org'));
    const types = [...text.matchAll(/<Type>(\w+)<\/Type>/g)].map(([, type]) => type);
    assert.deepEqual(types, ['IMAP', 'POP3', 'SMTP']);
    assert.equal(text.match(/<Encryption>SSL</g)?.length, 3);
    assert.match(text, /<LoginName>ada@example\.org<\/LoginName>/);
  });

  it('is for Apple’s devices a profile that takes the place of the one before', async () => {
    const programs = await tell('ada@example.org');
    const text = writeMobileconfig(programs) ?? '';
    assert.equal(text, writeMobileconfig(programs));
    assert.match(text, /<key>EmailAccountType<\/key><string>EmailTypeIMAP<\/string>/);
    assert.doesNotMatch(text, /Password<\/key><string>/);
    assert.equal(writeMobileconfig({ ...programs, servers: [] }), null);
    assert.equal(writeMobileconfig({ ...programs, address: '' }), null);
  });

  it('is signed where an authority gave the certificate, and else not', async () => {
    const profile = writeMobileconfig(await tell('ada@example.org')) ?? '';
    assert.equal((await signProfile(profile)).toString(), profile);
    const authority = await makeAuthority();
    const { cert, key } = await authority.sign('mail.example.org', { isWithChain: true });
    await addCertificate({ kind: 'uploaded', chain: cert, key }, 'test');
    const signed = await signProfile(profile);
    assert.notEqual(signed.toString(), profile);
    if (!existsSync('/usr/bin/openssl')) return;
    const folder = mkdtempSync(join(tmpdir(), 'drey-profile-'));
    writeFileSync(join(folder, 'ca.pem'), authority.cert);
    const { status, stdout, stderr } = spawnSync(
      '/usr/bin/openssl',
      [
        'cms',
        '-verify',
        '-binary',
        '-inform',
        'DER',
        '-purpose',
        'any',
        '-CAfile',
        join(folder, 'ca.pem'),
      ],
      { input: signed },
    );
    rmSync(folder, { recursive: true });
    assert.equal(status, 0, String(stderr));
    assert.equal(String(stdout), profile);
  });
});
