// Debian's Postfix as the next hop: TLS, eight bits, internationalized addresses and delivery status, seen where it sends
// them on to.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import { newId } from '#lib/id.ts';
import type { QueuedRecipient } from '#lib/queue/enqueue.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { deliver } from '#server/delivery/local.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { stageBytes } from '#server/store/bodies/blobs.ts';
import { makeSelfSigned } from '#server/tls/self-signed.ts';
import { type Postfix, startPostfix } from '#tests/bench/postfix.ts';
import { eventsOf, inboxOf, until } from '#tests/server/queue/fixture.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';

describe('Postfix as the next hop', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let postfix: Postfix | null = null;
  let dns: FakeDns;
  let sink: Sink;
  let queue: Running;
  let adaId: string;

  before(async () => {
    database = await openTestDatabase();
    // Without DSN, so that Postfix makes the report of success.
    sink = await startSink({ extra: { hideDSN: true } });
    const pems = await makeSelfSigned('mx.pf.test');
    postfix = await startPostfix({
      maxClients: 20,
      settings: (folder) => {
        writeFileSync(join(folder, 'etc', 'tls.pem'), `${pems.key}\n${pems.cert}`, { mode: 0o600 });
        return `relay_domains = pf.test
transport_maps = static:smtp:[127.0.0.1]:${sink.port}
smtp_tls_security_level = none
smtpd_tls_security_level = may
smtpd_tls_chain_files = ${folder}/etc/tls.pem
smtpd_recipient_restrictions = check_recipient_access inline:{ {no@pf.test = 550 5.1.1 nobody here}, {later@pf.test = 450 4.2.2 come again} }, permit_mynetworks, reject_unauth_destination`;
      },
    });
    dns = await startDns();
    await dns.use();
    dns.zone = { 'pf.test': { MX: ['10 mx.pf.test'] }, 'mx.pf.test': { A: ['127.0.0.1'] } };
    await writeSetting('server.hostname', 'mail.own.test', 'test');
    await writeSetting('delivery.allowPrivateAddresses', true, 'test');
    await writeSetting('delivery.mxPort', postfix?.port ?? 1, 'test');
    await addDomain({ name: 'own.test' }, 'test');
    const account = { address: 'ada@own.test', password: 'correct horse battery' };
    adaId = (await addAccount(account, 'test')).id;
    queue = await startQueue();
  });
  after(async () => {
    await queue.stop();
    postfix?.stop();
    await sink.close();
    await dns.close();
    await database.close();
  });

  async function send(
    remote: QueuedRecipient[],
    text: string,
    more: { isSmtpUtf8?: boolean; envid?: string } = {},
  ): Promise<string> {
    const traceId = newId();
    await deliver({
      ...{ sender: 'ada@own.test', accountId: adaId, mailboxes: [], remote, traceId },
      body: await stageBytes(Buffer.from(text)),
      trace: { hostname: 'mail.own.test', protocol: 'ESMTPSA', receivedAt: new Date() },
      ...more,
    });
    return traceId;
  }

  /** Runs a case where Postfix is there; else says why not. */
  const withPostfix = (name: string, run: () => Promise<void>) =>
    it(name, async (t) => {
      if (!postfix) t.skip('Postfix is not installed, or this is not root');
      else await run();
    });
  const arrived = (subject: string) =>
    until(`"${subject}" behind Postfix`, async () =>
      sink.messages.find(({ text }) => text.includes(`Subject: ${subject}`)),
    );

  withPostfix('takes mail by TLS, eight bits as they are', async () => {
    const text =
      'From: ada@own.test\r\nSubject: eight\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGrüße\r\n.dot\r\n';
    const traceId = await send([{ recipient: 'bob@pf.test' }], text);
    const message = await arrived('eight');
    assert.ok(message.text.endsWith('\r\n\r\nGrüße\r\n.dot\r\n'));
    assert.match(message.text, /by peer\.test \(Postfix\) with ESMTPS id /);
    const sent = (await eventsOf(traceId)).find(({ kind }) => kind === 'sent');
    assert.match(`${sent?.text} ${sent?.detail.tls}`, /^(2\.0\.0 )?Ok: queued as \w+ TLSv1\.\d/);
    assert.equal(sent?.remote, 'mx.pf.test');
  });

  withPostfix('takes internationalized addresses', async () => {
    const text = 'From: ada@own.test\r\nSubject: utf8\r\nTo: grüße@pf.test\r\n\r\nHello\r\n';
    await send([{ recipient: 'grüße@pf.test' }], text, { isSmtpUtf8: true });
    assert.deepEqual((await arrived('utf8')).recipients, ['grüße@pf.test']);
  });

  withPostfix('reports success with the words of the sender', async () => {
    const wish = { notify: 'SUCCESS,FAILURE', originalTo: 'rfc822;Bob+2B@elsewhere.test' };
    await send(
      [{ recipient: 'bob@pf.test', ...wish }],
      'From: ada@own.test\r\nSubject: told\r\n\r\nx\r\n',
      {
        envid: 'QQ+314',
      },
    );
    const report = await until('the report of Postfix', async () =>
      sink.messages.find(({ sender, text }) => sender === '' && text.includes('multipart/report')),
    );
    assert.deepEqual(report.recipients, ['ada@own.test']);
    assert.match(report.text, /^Original-Envelope-Id: QQ\+314\r$/m);
    assert.match(report.text, /^Original-Recipient: rfc822;Bob\+2B@elsewhere\.test\r$/m);
    assert.match(report.text, /^Action: (relayed|delivered)/m);
  });

  withPostfix('refuses one for good and one for now: both are told apart', async () => {
    const to = ['no@pf.test', 'later@pf.test', 'bob@pf.test'].map((recipient) => ({ recipient }));
    const traceId = await send(to, 'From: ada@own.test\r\nSubject: three\r\n\r\nx\r\n');
    await arrived('three');
    const events = await until('three outcomes', async () => {
      const found = (await eventsOf(traceId)).filter(({ kind }) =>
        /sent|deferred|bounced/.test(kind),
      );
      return found.length === 3 ? found : null;
    });
    assert.deepEqual(
      events.map(({ kind, recipient, reason }) => `${kind} ${recipient} ${reason}`).toSorted(),
      [
        'bounced no@pf.test 550 5.1.1',
        'deferred later@pf.test 450 4.2.2',
        'sent bob@pf.test 250 2.0.0',
      ],
    );
    const inbox = await until('the report', async () => {
      const texts = await inboxOf(adaId);
      return texts.length > 0 ? texts : null;
    });
    assert.match(inbox[0] ?? '', /nobody here/);
  });
});
