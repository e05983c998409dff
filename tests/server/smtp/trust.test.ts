// The Authentication-Results stamp: true findings in, forged ones out, trusted clients left alone.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, test } from 'node:test';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { removeForgedResults } from '#server/smtp/trust/forged.ts';
import { resolveForMailauth } from '#server/smtp/trust/resolver.ts';
import { sample } from './client.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
});
after(() => world.close());

async function receive(data: string, isNeighbour = false): Promise<string> {
  const client = isNeighbour ? await world.asNeighbour() : await world.asStranger();
  await client.say('EHLO relay.far.test');
  assert.match(await client.deliver({ to: 'ada@example.org', data }), /^250 /);
  return (await world.readInbox(world.ada)).at(-1) ?? '';
}

const stampOf = (message: string) =>
  /^Authentication-Results: mail\.example\.org;(?:.*\r\n[ \t])*.*\r\n/m.exec(message)?.[0] ?? '';

test('SPF, DKIM and DMARC pass for who they are published for', async () => {
  // So short that the key fits into one string of a TXT record.
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  Object.assign(world.dns.zone, {
    'far.test': { TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
    '_dmarc.far.test': { TXT: ['v=DMARC1; p=reject'] },
    's1._domainkey.far.test': { TXT: [`v=DKIM1; k=rsa; p=${key}`] },
  });
  forgetAnswers();
  const signature = {
    signingDomain: 'far.test',
    selector: 's1',
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
  const signed = await dkimSign(sample, {
    ...signature,
    signatureData: [signature],
  });
  const stamp = stampOf(await receive(signed.signatures + sample));
  assert.match(stamp, /spf=pass/);
  assert.match(stamp, /dkim=pass/);
  assert.match(stamp, /dmarc=pass/);
  const changed = stampOf(await receive(signed.signatures + sample.replace('Hi.', 'Ho.')));
  assert.match(changed, /dkim=neutral|dkim=fail/);
});

test('nothing published is nothing found, and the mail is taken', async () => {
  for (const name of ['far.test', '_dmarc.far.test', 's1._domainkey.far.test']) {
    delete world.dns.zone[name];
  }
  forgetAnswers();
  const stamp = stampOf(await receive(sample));
  assert.match(stamp, /spf=none/);
  assert.doesNotMatch(stamp, /=pass/);
});

test('a DNS that does not know now is a temporary error, and the mail is taken', async () => {
  world.dns.zone['far.test'] = 'SERVFAIL';
  forgetAnswers();
  assert.match(stampOf(await receive(sample)), /spf=temperror/);
  delete world.dns.zone['far.test'];
});

test('of a heap of signatures those of the author count, and few are worked through', async () => {
  const signature = (selector: string, domain = 'evil.test') =>
    `DKIM-Signature: v=1; a=rsa-sha256; d=${domain}; s=${selector}; h=from; bh=AA==; b=AA==\r\n`;
  const { questions } = world.dns;
  questions.length = 0;
  const heap = Array.from({ length: 1000 }, (_, index) => signature(`k${index}`)).join('');
  const stamp = stampOf(await receive(heap + signature('own', 'far.test') + sample));
  assert.match(stamp, /header\.i=@far\.test header\.s=own/);
  assert.equal(questions.filter((question) => question.includes('_domainkey')).length, 20);
});

test('who claims our finding loses it; findings of others stay', async () => {
  const forged =
    'Authentication-Results: mail.example.org; dkim=pass header.d=bank.test\r\n' +
    'authentication-RESULTS:\r\n "Mail.Example.ORG" 1;\r\n\tspf=pass smtp.mailfrom=bank.test\r\n' +
    'Authentication-Results: mx.elsewhere.test; dkim=pass header.d=other.test\r\n';
  const message = await receive(`${forged}${sample}`, true);
  assert.doesNotMatch(message, /bank\.test/);
  assert.match(message, /mx\.elsewhere\.test; dkim=pass/);
  assert.equal(stampOf(message), '', 'loopback is not judged');
});

test('comments before the name do not hide it, and longer names are others', () => {
  const ours = [
    '(a) mail.example.org; x',
    'mail.example.org',
    ' mail.example.org.; x',
    'MAIL.example.org;x',
    '(a (b) c) mail.example.org; x',
    'mail.example.org(a); x',
    '\r\n mail.example.org; x',
    '\r\n\t"mail.\r\n example.org"; x'.replace('\r\n example', 'example'),
    `(${'x'.repeat(2000)}) mail.example.org; x`,
  ];
  const others = [
    'mail.example.org.evil.test; x',
    'xmail.example.org; x',
    'b (mail.example.org); x',
  ];
  const strip = (value: string) =>
    removeForgedResults(
      Buffer.from(`Authentication-Results: ${value}\r\nA: b\r\n\r\n`),
      'mail.example.org',
    ).length;
  for (const value of ours) assert.equal(strip(value), 8, value);
  for (const value of others) assert.notEqual(strip(value), 8, value);
});

test('PTR questions arrive in either spelling', async () => {
  assert.deepEqual(await resolveForMailauth('7.2.0.192.in-addr.arpa', 'PTR'), ['relay.far.test']);
  assert.deepEqual(await resolveForMailauth('192.0.2.7', 'PTR'), ['relay.far.test']);
  await assert.rejects(resolveForMailauth('nothing.far.test', 'A'), { code: 'ENOTFOUND' });
  await assert.rejects(resolveForMailauth('x.test', 'CNAME'), { code: 'ENOTFOUND' });
});

test('a fold before the colon does not hide our name, and a sealed finding is not ours to judge', () => {
  const forged = 'Authentication-Results\r\n : mail.example.org; dkim=pass\r\n';
  const left = removeForgedResults(
    Buffer.from(`A: b\r\n${forged}C: d\r\n\r\n`),
    'mail.example.org',
  );
  assert.equal(left.toString(), 'A: b\r\nC: d\r\n\r\n');
  // Mail that was sealed here may come back: without its field the chain would be broken.
  for (const name of ['mx.other.test', 'mail.example.org']) {
    const sealed = Buffer.from(`ARC-Authentication-Results: i=1; ${name}; spf=pass\r\n\r\n`);
    assert.deepEqual(removeForgedResults(sealed, 'mail.example.org'), sealed);
  }
});
