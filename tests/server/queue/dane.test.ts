// DANE from the queue to servers elsewhere, with a real validating resolver: Debian's unbound over zones that are signed,
// signed and tampered with, and not signed.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { writeSetting } from '#lib/settings/index.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { makeSelfSigned } from '#server/tls/self-signed.ts';
import { tlsaOf } from '#tests/support/certificates.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import {
  startUnbound,
  type Unbound,
  unboundMissing,
  type ZoneFile,
} from '#tests/support/unbound.ts';
import { eventsOf, queueMail, until } from './fixture.ts';

/** What becomes of mail to a domain, and why. */
const cases: [domain: string, kind: 'sent' | 'deferred', words: RegExp, isSecure: boolean][] = [
  // The certificate is nobody's but the record's: it binds.
  ['secure.test', 'sent', /DANE/i, true],
  ['wrong.test', 'deferred', /TLSA|DANE|certificate/i, false],
  ['forged.test', 'deferred', /SERVFAIL/, false],
  ['forged-record.test', 'deferred', /SERVFAIL/, false],
  // No records, or no proof: TLS where it is offered, whatever the certificate.
  ['signed.test', 'sent', /TLS/, true],
  ['plain.test', 'sent', /TLS/, true],
];

describe('DANE with unbound', { skip: unboundMissing() || false }, () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let queue: Running;
  let sink: Sink;
  let unbound: Unbound;
  let traceId: string;

  before(async () => {
    database = await openTestDatabase();
    const pems = await makeSelfSigned('mx.nobody.test');
    const other = await makeSelfSigned('mx.nobody.test');
    sink = await startSink({ tls: pems });
    const tlsa = (cert: string) => `_${sink.port}._tcp.mx TLSA ${tlsaOf(cert)}`;
    const right = tlsa(pems.cert);
    const make = (name: string, more: string[], change: Partial<ZoneFile> = {}): ZoneFile => ({
      ...{ name, records: ['@ MX 10 mx', 'mx A 127.0.0.1', ...more], isSigned: true },
      ...change,
    });
    unbound = await startUnbound([
      make('secure.test', [right]),
      make('wrong.test', [tlsa(other.cert)]),
      make('forged.test', [right], { tamper: (text) => text.replace(/MX\t10 mx/, 'MX\t20 mx') }),
      make('forged-record.test', [right], {
        tamper: (text) => text.replace(/(TLSA\t3 1 1 )(..)/, (_, head) => `${head}00`),
      }),
      make('signed.test', []),
      // Its record is worth nothing without a proof.
      make('plain.test', [tlsa(other.cert)], { isSigned: false }),
    ]);
    await writeSetting('delivery.dnsServers', [unbound.server], 'test');
    await writeSetting('delivery.allowPrivateAddresses', true, 'test');
    await writeSetting('delivery.mxPort', sink.port, 'test');
    await writeSetting('delivery.mtaSts', false, 'test');
    queue = await startQueue();
    const mail = await queueMail({ to: cases.map(([domain]) => `ben@${domain}`) });
    traceId = mail.traceId;
  });
  after(async () => {
    await queue?.stop();
    await unbound?.stop();
    await sink?.close();
    await database?.close();
  });

  for (const [domain, kind, words, isSecure] of cases) {
    it(`${domain}: ${kind}`, async () => {
      const found = await until(`an attempt at ${domain}`, async () =>
        (await eventsOf(traceId)).find((event) => event.recipient === `ben@${domain}`),
      );
      assert.equal(found.kind, kind, found.text);
      assert.match(`${found.text} ${JSON.stringify(found.detail)}`, words);
      const message = sink.messages.find(({ recipients }) => recipients.includes(`ben@${domain}`));
      assert.equal(message?.isSecure ?? false, isSecure);
    });
  }

  it('wrong.test again, where DANE is switched off: sent', async () => {
    await writeSetting('delivery.dane', false, 'test');
    const mail = await queueMail({ to: ['eve@wrong.test'] });
    const found = await until('an attempt', async () => (await eventsOf(mail.traceId))[0]);
    assert.equal(found.kind, 'sent', found.text);
  });
});
