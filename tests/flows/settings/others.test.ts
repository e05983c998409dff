// What needs servers of others: policies and signed zones of other domains, daily reports to them, seals, mailboxes
// elsewhere, and whom the server asks about itself. Each has a server of the test's own.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe } from 'node:test';
import { makeSigner } from '#tests/server/smtp/seal.ts';
import { makeAuthority, tlsaOf } from '#tests/support/certificates.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { startDns } from '#tests/support/dns.ts';
import { type PolicyHost, policyText, startPolicyHost } from '#tests/support/policy-host.ts';
import { openPop3Elsewhere } from '#tests/support/pop3-elsewhere.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { visit } from '#tests/support/web-client.ts';
import { ada, admin, hoursAgo, openWorld, password, type World } from './world.ts';

const folder = mkdtempSync(join(tmpdir(), 'drey-others-'));
const [authority, stranger] = await Promise.all([makeAuthority(), makeAuthority('Stranger')]);
writeFileSync(join(folder, 'ca.pem'), authority.cert);
after(() => rmSync(folder, { recursive: true, force: true }));

describe('settings about other servers', () => {
  const prove = openWorld({
    env: { NODE_EXTRA_CA_CERTS: join(folder, 'ca.pem') },
    lines: [['alias', 'add', 'away@own.test', 'olive@onward.test']],
  });
  /** Every mail server elsewhere: its certificate is of nobody known. */
  let sink: Sink;
  let pems: Awaited<ReturnType<typeof stranger.sign>>;
  before(async () => {
    pems = await stranger.sign('mx.far.test');
    sink = await startSink({ tls: pems });
  });
  after(() => sink?.close());

  /** Lets mail leave to the sink for a domain. */
  async function open({ set, dns }: World, domain: string): Promise<void> {
    await set('delivery.allowPrivateAddresses', 'on');
    await set('delivery.mxPort', String(sink.port));
    dns.zone[domain] = { MX: [`10 mx.${domain}`] };
    dns.zone[`mx.${domain}`] = { A: ['127.0.0.1'] };
  }
  const taken = (recipient: string) =>
    waitFor(
      () => sink.messages.find(({ recipients }) => recipients.includes(recipient)),
      `mail for ${recipient}`,
    );

  prove(['delivery.mtaSts', 'delivery.httpsPort'], async (world) => {
    const host: PolicyHost = await startPolicyHost(await authority.sign('mta-sts.strict.test'));
    world.atEnd.push(host.close);
    host.answer.body = policyText('enforce', ['mx.strict.test']);
    await open(world, 'strict.test');
    world.dns.zone['_mta-sts.strict.test'] = { TXT: ['v=STSv1; id=1;'] };
    world.dns.zone['mta-sts.strict.test'] = { A: ['127.0.0.1'] };
    await world.set('delivery.httpsPort', String(host.port));
    await world.submit(ada, { to: 'x@strict.test', subject: 'Hello' });
    const { text } = await world.event('deferred', `"recipient" = 'x@strict.test'`);
    assert.match(String(text), /MTA-STS \(enforce\)/);
    assert.equal(host.requests[0]?.headers.host, 'mta-sts.strict.test');
    await world.set('delivery.mtaSts', 'off');
    await world.submit(ada, { to: 'y@strict.test', subject: 'Hello' });
    await taken('y@strict.test');
  });

  prove(['delivery.dane', 'delivery.trustsResolver'], async (world) => {
    await open(world, 'signed.test');
    const others = await stranger.sign('mx.signed.test');
    const elsewhere = await startDns({
      'signed.test': { MX: ['10 mx.signed.test'], isSecure: true },
      'mx.signed.test': { A: ['127.0.0.1'], isSecure: true },
      [`_${sink.port}._tcp.mx.signed.test`]: { TLSA: [tlsaOf(others.cert)], isSecure: true },
    });
    world.atEnd.push(elsewhere.close);
    // The same machine by an address that is not loopback's.
    const far = elsewhere.server.replace('127.0.0.1', '0.0.0.0');
    await world.set('delivery.dnsServers', `${far}\n${world.dns.server}`);
    await world.submit(ada, { to: 'x@signed.test', subject: 'Hello' });
    await taken('x@signed.test');
    await world.set('delivery.trustsResolver', 'on');
    await world.submit(ada, { to: 'y@signed.test', subject: 'Hello' });
    const { text } = await world.event('deferred', `"recipient" = 'y@signed.test'`);
    assert.match(String(text), /DANE|TLSA/);
    await world.set('delivery.dane', 'off');
    await world.submit(ada, { to: 'z@signed.test', subject: 'Hello' });
    await taken('z@signed.test');
  });

  /** Reports leave about days that are over: what was counted today is of the day before yesterday then. */
  async function report(world: World, job: string, table: string): Promise<void> {
    await world.runJob(job);
    world.alter(`UPDATE "${table}" SET "day" = "day" - 2 WHERE "day" > ?`, String(today() - 2));
    await world.runJob(job);
  }
  const today = () => Math.floor(Date.now() / 86_400_000);
  const countFor = ({ select }: World, recipient: string) =>
    select(`SELECT "id" FROM "TrailEvent" WHERE "recipient" = ?`, recipient).length;

  prove(['delivery.tlsReports', 'delivery.tlsReportContact'], async (world) => {
    await open(world, 'told.test');
    world.dns.zone['_smtp._tls.told.test'] = { TXT: ['v=TLSRPTv1; rua=mailto:tls@told.test'] };
    await world.submit(ada, { to: 'x@told.test', subject: 'Hello' });
    await world.event('sent', `"recipient" = 'x@told.test'`);
    await world.set('delivery.tlsReports', 'off');
    await report(world, 'tls-reports', 'TlsResult');
    assert.equal(countFor(world, 'tls@told.test'), 0);
    await world.set('delivery.tlsReports', 'on');
    await world.set('delivery.tlsReportContact', 'desk@own.test');
    await world.runJob('tls-reports');
    assert.match((await taken('tls@told.test')).text, /^From: .*desk@own\.test/m);
  });

  prove(['delivery.dmarcReports', 'delivery.dmarcReportContact'], async (world) => {
    await open(world, 'judged.test');
    world.dns.zone['_dmarc.judged.test'] = {
      TXT: ['v=DMARC1; p=none; rua=mailto:dmarc@judged.test'],
    };
    await world.bring(['From: x@judged.test', 'Subject: Judged', '', 'Hello']);
    await world.set('delivery.dmarcReports', 'off');
    await report(world, 'dmarc-reports', 'DmarcResult');
    assert.equal(countFor(world, 'dmarc@judged.test'), 0);
    await world.set('delivery.dmarcReports', 'on');
    await world.set('delivery.dmarcReportContact', 'desk@own.test');
    await world.runJob('dmarc-reports');
    assert.match((await taken('dmarc@judged.test')).text, /^From: .*desk@own\.test/m);
  });

  prove(['delivery.arc', 'delivery.dkimRotateDays'], async (world) => {
    await open(world, 'onward.test');
    const dkim = 'domains/[domain]/dkim-actions.ts';
    assert.equal(await world.act(`${dkim}#createKeysAction`, ['own.test']), undefined);
    const keys = (await world.daemon.dreyJson(['dkim', 'list', 'own.test'])) as {
      record: { name: string; value: string };
    }[];
    for (const { record } of keys) world.dns.zone[record.name] = { TXT: [record.value] };
    assert.equal(await world.act(`${dkim}#activateKeysAction`, ['own.test', null]), undefined);
    let count = 0;
    const isSealed = async () => {
      const subject = `forwarded ${++count}`;
      const letter = ['From: olive@far.test', `Subject: ${subject}`, '', 'Hello'];
      await world.bring(letter, { to: ['away@own.test'] });
      const found = () =>
        sink.messages.find(({ text }) => text.includes(`Subject: ${subject}\r\n`));
      return /^ARC-Seal: .*d=own\.test/ms.test((await waitFor(found, subject)).text);
    };
    // What keys there are is known for a second.
    await waitFor(isSealed, 'a seal');
    await world.set('delivery.arc', 'off');
    assert.equal(await isSealed(), false);

    world.alter('UPDATE "DkimKey" SET "activeAt" = ?', hoursAgo(100 * 24));
    const rotate = async (days: number) => {
      await world.set('delivery.dkimRotateDays', String(days));
      await world.runJob('dkim-rotation');
      return world.select(`SELECT "id" FROM "DkimKey" WHERE "state" = 'new'`).length;
    };
    assert.equal(await rotate(200), 0);
    assert.equal(await rotate(90), 2);
    await world.read(admin, /^Subject: Publish: new signing keys of own\.test/m);
  });

  prove('content.trustedSealers', async (world) => {
    const list = makeSigner(world.dns.zone, 'list.test');
    world.dns.zone['_dmarc.bank.test'] = { TXT: ['v=DMARC1; p=reject'] };
    const letter = 'From: ceo@bank.test\r\nSubject: To the list\r\n\r\nHi. -- footer\r\n';
    const sealed = await list.seal(letter, 'dmarc=pass header.from=bank.test');
    const lines = sealed.trimEnd().split('\r\n');
    assert.match(await world.bring(lines), /^550 5\.7\.1/);
    await world.set('content.trustedSealers', 'list.test');
    assert.match(await world.bring(lines), /^250/);
  });

  prove(['delivery.collecting', 'delivery.collectAnywhere'], async (world) => {
    const pop3 = await openPop3Elsewhere({ user: 'ada', password: 'there' });
    world.atEnd.push(pop3.close);
    const letter = (subject: string) => `Subject: ${subject}\r\n\r\nHello\r\n`;
    pop3.messages.set('1', letter('collected first'));
    const user = await visit(world.daemon.url, { address: ada, password });
    const there = { protocol: 'pop3', host: '127.0.0.1', port: pop3.port, tlsMode: 'none' };
    const collection = { ...there, username: 'ada', password: 'there' };
    const add = () => user.send('POST', '/api/mail/collections', { collection });
    assert.equal((await add()).status, 400);
    await world.set('delivery.collectAnywhere', 'on');
    const { status, text } = await add();
    assert.equal(status, 200, text);
    const [{ id } = {}] = (JSON.parse(text) as { collections: { id: string }[] }).collections;
    await world.read(ada, /Subject: collected first/);
    pop3.messages.set('2', letter('collected second'));
    const collect = async () => (await user.send('PATCH', '/api/mail/collections', { id })).status;
    await world.set('delivery.collecting', 'off');
    assert.equal(await collect(), 403);
    await world.set('delivery.collecting', 'on');
    assert.equal(await collect(), 200);
    await world.read(ada, /Subject: collected second/);
  });

  prove('server.versionAddress', async (world) => {
    const host = await startPolicyHost(await authority.sign('localhost'));
    world.atEnd.push(host.close);
    host.answer.body = '{"version":"99.1.2"}';
    const isTold = async () => /99\.1\.2/.test((await world.panel.get('/admin/health')).text);
    await world.runJob('new-version');
    assert.equal(await isTold(), false);
    await world.set('server.versionAddress', `https://localhost:${host.port}/`);
    await world.runJob('new-version');
    assert.equal(await isTold(), true);
  });

  prove(
    [
      'doctor.mailServers',
      'doctor.blockLists',
      'doctor.timeServers',
      'doctor.signedName',
      'doctor.time',
    ],
    async (world) => {
      let knocks = 0;
      const door = createServer((socket) => {
        knocks++;
        socket.end();
      });
      await once(door.listen(0, '127.0.0.1'), 'listening');
      const clock = createSocket('udp4');
      let asked = 0;
      clock.on('message', () => asked++);
      clock.bind(0, '127.0.0.1');
      await once(clock, 'listening');
      world.atEnd.push(
        () => door.close(),
        () => clock.close(),
      );
      const look = async (...ids: string[]) =>
        assert.equal(await world.act('doctor/actions.ts#runDoctorAction', [ids]), undefined);
      await world.set('doctor.mailServers', `127.0.0.1:${(door.address() as AddressInfo).port}`);
      await look('outbound');
      assert.equal(knocks, 1);
      await world.set('doctor.timeServers', `127.0.0.1:${clock.address().port}`);
      await look('clock');
      assert.ok(asked > 0);
      await world.set('doctor.signedName', 'sealed.test');
      await look('resolver');
      assert.ok(world.dns.questions.includes('A sealed.test'));
      world.dns.zone['mail.own.test'] = { A: ['198.51.100.7'] };
      await world.set('server.hostname', 'mail.own.test');
      await world.set('doctor.blockLists', 'list.test');
      await look('block-lists');
      assert.ok(world.dns.questions.includes('A 7.100.51.198.list.test'));

      // All of it looked five hours ago, which is before or after the time of day.
      const [{ detail } = {}] = world.select(
        'SELECT "detail" FROM "Finding" WHERE "id" = ?',
        'doctor',
      );
      const ago = String(detail).replace(/("at":")[^"]+/g, `$1${hoursAgo(5)}`);
      world.alter('UPDATE "Finding" SET "detail" = ? WHERE "id" = ?', ago, 'doctor');
      await world.set('server.timeZone', 'UTC');
      await world.set('doctor.time', hoursAgo(8).slice(11, 16));
      await world.runJob('doctor');
      assert.equal(knocks, 1);
      await world.set('doctor.time', hoursAgo(2).slice(11, 16));
      // It may take longer than the panel waits for it.
      await world.act('jobs/actions.ts#runJobAction', ['doctor']);
      await waitFor(() => knocks === 2, 'another look at everything');
    },
  );
});
