// Reports over a real socket: what comes to a report address is read before the 250, and mail of domains that ask for
// DMARC reports is counted, but for reports themselves.
import assert from 'node:assert/strict';
import { after, before, beforeEach, it } from 'node:test';
import { gzipSync } from 'node:zlib';
import { addAlias } from '#lib/accounts/alias.ts';
import { db, write } from '#lib/db.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { type CountedResult, flushDmarc } from '#server/delivery/dmarc/count.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import { openWorld, type World } from './world.ts';

let world: World;
before(async () => {
  world = await openWorld();
  await addAlias({ address: 'tls-reports@example.org', targets: ['ada@example.org'] }, 'test');
});
beforeEach(async () => {
  await flushDmarc();
  await write(async (tx) => {
    await tx.dmarcResult.deleteMany();
    await tx.dmarcReport.deleteMany();
  });
  forgetAnswers();
  delete world.dns.zone['far.test'];
  delete world.dns.zone['_dmarc.far.test'];
});
after(() => world.close());

let count = 0;
function makeReport(): string {
  const xml = `<feedback><report_metadata><org_name>Far</org_name><report_id>${++count}</report_id><date_range>
<begin>1795132800</begin><end>1795219199</end></date_range></report_metadata><policy_published><domain>example.org</domain>
</policy_published><record><row><source_ip>192.0.2.1</source_ip><count>2</count></row></record></feedback>`;
  const packed = gzipSync(xml)
    .toString('base64')
    .replace(/.{76}(?=.)/g, '$&\r\n');
  return `Content-Type: application/gzip\r\nContent-Transfer-Encoding: base64\r\n\r\n${packed}`;
}

async function send(to: string, content: string, from = 'reports@far.test'): Promise<string> {
  const client = await world.asStranger();
  await client.say('EHLO relay.far.test');
  const data = `From: ${from}\r\nTo: ${to}\r\nSubject: hello\r\nDate: Sat, 21 Nov 2026 07:00:00 +0000\r\nMessage-ID: <${++count}@x>\r\nMIME-Version: 1.0\r\n${content}\r\n`;
  const reply = await client.deliver({ from, to, data });
  client.destroy();
  return reply;
}

const sentAs = (text: string) => {
  world.dns.zone['far.test'] = { TXT: [text] };
};
const readReports = () => db.dmarcReport.findMany({ select: { sender: true, isProven: true } });

it('an address without a mailbox takes reports, and notes whose they are', async () => {
  assert.match(await send('dmarc-reports@example.org', makeReport()), /^250 /);
  assert.deepEqual(await readReports(), [{ sender: 'far.test', isProven: false }]);
  sentAs('v=spf1 ip4:192.0.2.7 -all');
  forgetAnswers();
  await send('dmarc-reports@example.net', makeReport());
  assert.deepEqual(await readReports(), [
    { sender: 'far.test', isProven: false },
    { sender: 'far.test', isProven: true },
  ]);
  await flushTrail();
  const [event] = await listEvents({ kind: 'dropped' });
  assert.deepEqual(
    [event?.reason, event?.text],
    ['report', 'DMARC report of Far about example.org'],
  );
});

it('an address with a mailbox gets the mail too, unless it is not wanted', async () => {
  const before = (await world.readInbox(world.ada)).length;
  await send('tls-reports@example.org', makeReport());
  assert.equal((await world.readInbox(world.ada)).length, before + 1);
  await writeSetting('content.deliversReports', false, 'test');
  await send('tls-reports@example.org', makeReport());
  await send('tls-reports@example.org', 'Content-Type: text/plain\r\n\r\nWhere are my reports?');
  await resetSetting('content.deliversReports', 'test');
  assert.equal(
    (await world.readInbox(world.ada)).length,
    before + 2,
    'what is no report is delivered',
  );
  assert.equal(await db.dmarcReport.count(), 2);
});

it('no other address is opened, and nobody relays by one', async () => {
  assert.match(await send('dmarc-report@example.org', makeReport()), /^550 5\.1\.1/);
  assert.match(await send('dmarc-reports@elsewhere.test', makeReport()), /^5\d\d 5\.7\.1/);
  assert.equal(await db.dmarcReport.count(), 0);
});

const plain = 'Content-Type: text/plain\r\n\r\nHi.';
const listCounted = async () => {
  await flushDmarc();
  return (await db.dmarcResult.findMany()).map(({ domain, facts, count }) => {
    const { disposition, isSpfAligned, source, override } = JSON.parse(facts) as CountedResult;
    return [domain, count, source, disposition, isSpfAligned, override].join(' ');
  });
};

it('mail of a domain that asks for reports is counted, refused or not', async () => {
  sentAs('v=spf1 ip4:192.0.2.7 -all');
  world.dns.zone['_dmarc.far.test'] = { TXT: ['v=DMARC1; p=reject; rua=mailto:d@far.test'] };
  assert.match(await send('ada@example.org', plain), /^250 /);
  assert.match(await send('ada@example.org', plain), /^250 /);
  sentAs('v=spf1 -all');
  forgetAnswers();
  assert.match(await send('ada@example.org', plain), /^550 5\.7\.1/);
  await writeSetting('content.dmarcReject', 'junk', 'test');
  assert.match(await send('ada@example.org', plain), /^250 /);
  await resetSetting('content.dmarcReject', 'test');
  assert.deepEqual((await listCounted()).toSorted(), [
    'far.test 1 192.0.2.7 quarantine false local_policy',
    'far.test 1 192.0.2.7 reject false ',
    'far.test 2 192.0.2.7 pass true ',
  ]);
});

it('mail that nobody wants a report of is not counted, nor are reports', async () => {
  world.dns.zone['_dmarc.far.test'] = { TXT: ['v=DMARC1; p=none'] };
  await send('ada@example.org', plain);
  world.dns.zone['_dmarc.far.test'] = { TXT: ['v=DMARC1; p=none; rua=mailto:d@far.test'] };
  forgetAnswers();
  await send('dmarc-reports@example.org', makeReport());
  assert.deepEqual(await listCounted(), []);
});
