// Checks of whole messages, with the DNS and the scanners of the test's own.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import {
  startClamav,
  startFake,
  startMilter,
  startRspamd,
} from '../../server/smtp/content/fake-scanners.ts';
import { ada, openWorld } from './world.ts';

const from = 'From: Olive <olive@far.test>';
const letter = (...header: string[]) => [from, ...header, '', 'Hello'];

/** So many parts, one within the other. */
function nest(depth: number): string[] {
  if (depth === 0) return ['Content-Type: text/plain', '', 'Hello'];
  const boundary = `b${depth}`;
  return [
    `Content-Type: multipart/mixed; boundary=${boundary}`,
    '',
    `--${boundary}`,
    ...nest(depth - 1),
    `--${boundary}--`,
  ];
}

describe('settings of content', () => {
  const prove = openWorld();

  prove('content.authenticity', async ({ set, bring, read }) => {
    await bring(letter('Subject: judged'));
    assert.match(await read(ada, /Subject: judged/), /^Authentication-Results: /m);
    await set('content.authenticity', 'off');
    await bring(letter('Subject: as it came'));
    assert.doesNotMatch(await read(ada, /Subject: as it came/), /^Authentication-Results: /m);
  });

  prove('content.dmarcReject', async ({ dns, set, bring }) => {
    dns.zone['_dmarc.strict.test'] = { TXT: ['v=DMARC1; p=reject'] };
    const forged = ['From: boss@strict.test', 'Subject: forged', '', 'Pay'];
    assert.match(await bring(forged), /^550 5\.7\.1/);
    await set('content.dmarcReject', 'tag');
    assert.match(await bring(forged), /^250/);
  });

  prove('content.dmarcQuarantine', async ({ dns, set, bring, read }) => {
    dns.zone['_dmarc.apart.test'] = { TXT: ['v=DMARC1; p=quarantine'] };
    const forged = (subject: string) => ['From: boss@apart.test', `Subject: ${subject}`, '', 'Pay'];
    await bring(forged('set apart'));
    await read(ada, /set apart/, 'Junk');
    await set('content.dmarcQuarantine', 'tag');
    await bring(forged('only said'));
    await read(ada, /only said/);
  });

  prove('content.unclearAuthor', async ({ set, bring }) => {
    const two = ['From: a@one.test, b@two.test', 'Subject: two authors', '', 'Hello'];
    assert.match(await bring(two), /^250/);
    await set('content.unclearAuthor', 'refuse');
    assert.match(await bring(two), /^550 5\.7\.1/);
  });

  prove('content.spfFail', async ({ dns, set, bring }) => {
    dns.zone['spf.test'] = { TXT: ['v=spf1 -all'] };
    const sender = 'olive@spf.test';
    assert.match(await bring(letter(), { sender }), /^250/);
    await set('content.spfFail', 'refuse');
    assert.match(await bring(letter(), { sender }), /^550 5\.7\.23/);
  });

  prove('content.mimeNesting', async ({ set, bring }) => {
    await set('content.mimeNesting', '5');
    assert.match(await bring([from, 'MIME-Version: 1.0', ...nest(7)]), /^554 5\.6\.0/);
  });

  prove('content.mimeParts', async ({ set, bring }) => {
    await set('content.mimeParts', '10');
    const part = ['--b', 'Content-Type: text/plain', '', 'Hello'];
    const parts = Array.from({ length: 12 }, () => part).flat();
    const head = [from, 'MIME-Version: 1.0', 'Content-Type: multipart/mixed; boundary=b', ''];
    assert.match(await bring([...head, ...parts, '--b--']), /^554 5\.6\.0/);
  });

  prove('content.headerFieldBytes', async ({ set, bring }) => {
    await set('content.headerFieldBytes', '10240');
    const long = Array.from({ length: 200 }, () => ` ${'x'.repeat(60)}`);
    assert.match(await bring(letter('X-Long:', ...long)), /^55\d/);
  });

  prove('content.headerBytes', async ({ set, bring }) => {
    await set('content.headerBytes', '32768');
    const many = Array.from({ length: 600 }, (_, row) => `X-Row-${row}: ${'x'.repeat(60)}`);
    assert.match(await bring(letter(...many)), /^55\d/);
  });

  prove('content.headerAddresses', async ({ set, bring }) => {
    await set('content.headerAddresses', '100');
    const people = Array.from({ length: 101 }, (_, row) => ` p${row}@far.test,`);
    assert.match(await bring(letter('To:', ...people, ' last@far.test')), /^55\d/);
  });

  prove('content.eightBitHeader', async ({ set, bring }) => {
    await set('content.eightBitHeader', 'refuse');
    assert.match(await bring(letter('Subject: sch\xf6n')), /^550 5\.6\.0/);
  });

  prove('content.blockedAttachments', async ({ set, bring }) => {
    await set('content.blockedAttachments', '*.exe');
    const named = ['MIME-Version: 1.0', 'Content-Disposition: attachment; filename=run.exe'];
    assert.match(await bring(letter(...named)), /^550 5\.7\.1/);
  });

  prove(['content.rspamdUrl', 'content.rspamdTrouble'], async ({ set, bring }) => {
    const rspamd = await startRspamd(() => ({ action: 'reject', score: 20, required_score: 15 }));
    await set('content.rspamdUrl', rspamd.address);
    assert.match(await bring(letter('Subject: spam')), /^550 5\.7\.1/);
    await rspamd.close();
    assert.match(await bring(letter('Subject: unscanned')), /^451 4\.7\.1/);
    await set('content.rspamdTrouble', 'accept');
    assert.match(await bring(letter('Subject: unscanned')), /^250/);
  });

  prove(['content.clamav', 'content.clamavFound', 'content.clamavTrouble'], async (world) => {
    const { set, bring, read } = world;
    const clamav = await startClamav(() => 'stream: Eicar FOUND');
    await set('content.clamav', clamav.address);
    assert.match(await bring(letter('Subject: a virus')), /^550 5\.7\.1/);
    await set('content.clamavFound', 'junk');
    await bring(letter('Subject: a virus in Junk'));
    await read(ada, /a virus in Junk/, 'Junk');
    await clamav.close();
    assert.match(await bring(letter()), /^451 4\.7\.1/);
    await set('content.clamavTrouble', 'accept');
    assert.match(await bring(letter()), /^250/);
  });

  prove('content.scanBytes', async ({ set, bring }) => {
    const clamav = await startClamav(() => 'stream: Eicar FOUND');
    await set('content.clamav', clamav.address);
    await set('content.scanBytes', '65536');
    const large = Array.from({ length: 1200 }, () => 'x'.repeat(70));
    assert.match(await bring([...letter('Subject: large'), ...large]), /^250/);
    await clamav.close();
  });

  prove('content.scanSeconds', async ({ set, bring }) => {
    const clamav = await startFake(async () => {});
    await set('content.clamav', clamav.address);
    await set('content.scanSeconds', '2');
    // Without the setting it would wait longer than a client of this test does.
    assert.match(await bring(letter()), /^451 4\.7\.1/);
    await clamav.close();
  });

  prove(['content.milters', 'content.milterTrouble'], async ({ set, bring }) => {
    const milter = await startMilter({ reply: ({ code }) => (code === 'E' ? 'r' : 'c') });
    await set('content.milters', milter.address);
    assert.match(await bring(letter()), /^5\d\d /);
    await milter.close();
    assert.match(await bring(letter()), /^451 4\.7\.1/);
    await set('content.milterTrouble', 'accept');
    assert.match(await bring(letter()), /^250/);
  });

  prove('content.reportAddresses', async ({ set, mail }) => {
    const client = await mail();
    assert.match(await client.ask('RCPT TO:<tls-reports@own.test>', /^\d{3} .*\r\n/m), /^250/);
    await set('content.reportAddresses', 'in@own.test');
    assert.match(await client.ask('RCPT TO:<tls-reports@own.test>', /^\d{3} .*\r\n/m), /^550/);
    assert.match(await client.ask('RCPT TO:<in@own.test>', /^\d{3} .*\r\n/m), /^250/);
  });
});
