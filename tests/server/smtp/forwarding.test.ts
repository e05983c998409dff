// Mail of strangers that an alias here passes on, as the next server gets it: its sender (SRS), its seal (ARC), its
// octets; and the way back. The seals are verified by mailauth, and by dkimpy where it is installed.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { after, before, beforeEach, describe, it } from 'node:test';
import { activateDkimKeys, createDkimKeys, listDkimKeys } from '#lib/accounts/dkim-key.ts';
import { updateDomain } from '#lib/accounts/domain.ts';
import { shiftClock } from '#lib/clock.ts';
import { db } from '#lib/db.ts';
import { splitHeader } from '#lib/mail/header.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { forgetSignatures } from '#server/delivery/sign/known.ts';
import { forgetAnswers } from '#server/dns/resolver.ts';
import type { Running } from '#server/net/running.ts';
import { startQueue } from '#server/queue/runner.ts';
import { authenticate } from '#server/smtp/trust/authenticate.ts';
import { resolveForMailauth } from '#server/smtp/trust/resolver.ts';
import { until } from '#tests/server/queue/fixture.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { sample } from './client.ts';
import { makeSigner, type Signer } from './seal.ts';
import { openWorld, type World } from './world.ts';

const dkimpy = `
import json, sys, dkim
asked = json.load(sys.stdin)
zone = {name: value.encode() for name, value in asked['zone'].items()}
find = lambda name, timeout=5: zone.get(name.decode().rstrip('.'))
cv, results, reason = dkim.arc_verify(asked['message'].encode('latin1'), dnsfunc=find)
print(cv.decode(), reason)
`;
const report = 'From: mailer@elsewhere.test\r\nSubject: no\r\n\r\nno\r\n';
/** Debian's, which its packages are for. */
const python = '/usr/bin/python3';
const hasDkimpy = spawnSync(python, ['-c', 'import dkim']).status === 0;

describe('mail that is passed on', () => {
  let world: World;
  let sink: Sink;
  let queue: Running;
  let far: Signer;
  let list: Signer;

  before(async () => {
    world = await openWorld();
    sink = await startSink();
    await writeSetting('delivery.mxPort', sink.port, 'test');
    await writeSetting('delivery.allowPrivateAddresses', true, 'test');
    const { zone } = world.dns;
    far = makeSigner(zone, 'far.test');
    list = makeSigner(zone, 'list.test');
    const mx = { MX: ['10 mx.elsewhere.test'] };
    Object.assign(zone, {
      'elsewhere.test': mx,
      'far.test': { ...mx, TXT: ['v=spf1 ip4:192.0.2.7 -all'] },
      '_dmarc.far.test': { TXT: ['v=DMARC1; p=reject'] },
      'mx.elsewhere.test': { A: ['127.0.0.1'] },
    });
    await createDkimKeys('example.org', 'test');
    await activateDkimKeys('example.org', null, null, 'test');
    for (const { record } of await listDkimKeys('example.org')) {
      zone[record.name] = { TXT: [record.value] };
    }
    queue = await startQueue();
  });
  beforeEach(() => {
    sink.messages.length = 0;
    forgetAnswers();
    forgetSignatures();
  });
  after(async () => {
    await queue.stop();
    await sink.close();
    await world.close();
  });

  type Mail = { from?: string; to?: string; data?: string };
  async function hand({ from = 'eve@far.test', to = 'out@example.org', data }: Mail) {
    const client = await world.asStranger();
    await client.say('EHLO relay.far.test');
    const reply = await client.deliver({ from, to, data: data ?? (from === '' ? report : sample) });
    client.destroy();
    return reply;
  }
  async function pass(mail: Mail = {}) {
    assert.match(await hand(mail), /^250 /);
    const [message] = await until('the message', async () =>
      sink.messages.length > 0 ? sink.messages : null,
    );
    await until('the queue is empty', async () => (await db.queueMessage.count()) === 0);
    assert.ok(message);
    return message;
  }
  async function judge(bytes: Buffer) {
    const { header, bodyStart } = splitHeader(bytes);
    const body = bytes.subarray(bodyStart);
    const message = { header, bodyBytes: body.length, readBody: () => [body] };
    const claim = {
      remote: '192.0.2.99',
      helo: 'mail.example.org',
      sender: '',
      hostname: 'mx.far',
    };
    return authenticate(message, claim, resolveForMailauth, { phaseMs: 60_000 });
  }
  function askDkimpy(bytes: Buffer): string {
    const zone = Object.fromEntries(
      Object.entries(world.dns.zone).flatMap(([name, entry]) =>
        typeof entry === 'object' && entry.TXT ? [[name, entry.TXT.join('')]] : [],
      ),
    );
    const input = JSON.stringify({ zone, message: bytes.toString('latin1') });
    const { stdout, stderr } = spawnSync(python, ['-c', dkimpy], { input, encoding: 'utf8' });
    return stdout || stderr;
  }
  const withoutTrace = (text: string) =>
    text.replace(/^(Delivered-To|Received):.*\r\n(?:[ \t].*\r\n)*/gm, '');
  const setOf = (text: string, i: number) =>
    text.match(
      new RegExp(`^ARC-Authentication-Results: i=${i}; (.*(?:\\r\\n[ \\t].*)*)`, 'm'),
    )?.[1];

  describe('the seal', () => {
    it('is the first of a chain, says what was found, and verifies', async () => {
      const { bytes, text } = await pass({ data: await far.sign(sample) });
      const { arc, signatures, dmarc } = await judge(bytes);
      assert.deepEqual([arc.result, arc.sealer], ['pass', 'example.org']);
      assert.deepEqual(arc.claims, { arc: '', dmarc: 'pass', spf: 'pass', dkim: ['pass'] });
      // What was signed came through untouched: DMARC passes without any seal.
      assert.equal(signatures[0]?.result, 'pass');
      assert.equal(dmarc.result, 'pass');
      assert.match(text, /^ARC-Seal: i=1; a=rsa-sha256; t=\d+; cv=none; d=example\.org;\s+s=\w+;/);
      assert.equal(
        setOf(text, 1),
        text.match(/^Authentication-Results: (.*(?:\r\n[ \t].*)*)/m)?.[1],
      );
      if (hasDkimpy) assert.match(askDkimpy(bytes), /^pass /);
    });

    it('goes on a chain, of one and of several', async () => {
      let data = await list.seal(await far.sign(sample), 'spf=pass smtp.mailfrom=far.test');
      for (const instance of [2, 3]) {
        sink.messages.length = 0;
        const { bytes, text } = await pass({ data });
        const { arc } = await judge(bytes);
        assert.deepEqual([arc.result, arc.sealer], ['pass', 'example.org']);
        assert.match(text, new RegExp(`^ARC-Seal: i=${instance}; .* cv=pass;`));
        assert.match(setOf(text, instance) ?? '', /arc=pass/);
        if (hasDkimpy) assert.match(askDkimpy(bytes), /^pass /);
        // It comes back by another alias: our own set is a part of the chain then.
        data = withoutTrace(text);
      }
    });

    it('of a broken chain says so, covers itself only, and is the last', async () => {
      const sealed = await list.seal(await far.sign(sample), 'spf=pass');
      const { bytes, text } = await pass({ data: sealed.replace('Hi.', 'Ho.') });
      assert.match(text, /^ARC-Seal: i=2; .* cv=fail;/);
      assert.equal((await judge(bytes)).arc.result, 'fail');
      sink.messages.length = 0;
      const again = await pass({ data: withoutTrace(text) });
      assert.equal(again.text.match(/^ARC-Seal:/gm)?.length, 2);
    });

    it('is left out where the DNS did not say whether the chain is whole', async () => {
      const data = await list.seal(await far.sign(sample), 'spf=pass');
      const key = world.dns.zone['s1._domainkey.list.test'];
      world.dns.zone['s1._domainkey.list.test'] = 'SERVFAIL';
      const { text } = await pass({ data });
      world.dns.zone['s1._domainkey.list.test'] = key as object;
      assert.equal(text.match(/^ARC-Seal:/gm)?.length, 1);
    });

    it('is left out of a message with too many sets, without keys, and when it is switched off', async () => {
      const fields = Array.from({ length: 50 }, (_, index) => {
        const i = index + 1;
        return `ARC-Seal: i=${i}; cv=none; a=rsa-sha256; d=x.test; s=s; b=aa\r\nARC-Message-Signature: i=${i}; a=rsa-sha256; d=x.test; s=s; h=from; bh=aa; b=aa\r\nARC-Authentication-Results: i=${i}; x.test; none\r\n`;
      }).join('');
      const seals = async (mail: Mail) => {
        sink.messages.length = 0;
        return (await pass(mail)).text.match(/^ARC-Seal:/gm)?.length ?? 0;
      };
      assert.equal(await seals({ data: fields + sample }), 50);
      await writeSetting('delivery.arc', false, 'test');
      assert.equal(await seals({}), 0);
      await writeSetting('delivery.arc', true, 'test');
      assert.equal(await seals({}), 1);
    });

    it('is of the message as it leaves, also without a From to sign', async () => {
      const { text } = await pass({ data: 'Subject: nobody\r\n\r\nx\r\n' });
      assert.doesNotMatch(text, /ARC-/);
      sink.messages.length = 0;
      const long = `${sample}${'seven nuts '.repeat(120)}\r\n`;
      const { bytes } = await pass({ data: long });
      assert.match(bytes.toString(), /Content-Transfer-Encoding: quoted-printable/);
      assert.equal((await judge(bytes)).arc.result, 'pass');
      sink.messages.length = 0;
      const signed = await pass({ data: await far.sign(long) });
      assert.ok(signed.text.endsWith(long), 'a signature that is whole stays whole');
    });

    it('fits what a server without 8BITMIME gets', async () => {
      const old = await startSink({
        host: '127.0.0.2',
        port: sink.port,
        extra: { hide8BITMIME: true },
      });
      world.dns.zone['mx.elsewhere.test'] = { A: ['127.0.0.2'] };
      forgetAnswers();
      const body = 'Content-Type: text/plain; charset=utf-8\r\n\r\nviele Grüße aus der Stadt\r\n';
      const data = await far.sign(sample.replace('\r\nHi.\r\n', body));
      assert.match(await hand({ data }), /^250 /);
      const [message] = await old.waitFor(1);
      await until('the queue is empty', async () => (await db.queueMessage.count()) === 0);
      world.dns.zone['mx.elsewhere.test'] = { A: ['127.0.0.1'] };
      await old.close();
      assert.match(message?.text ?? '', /Gr=C3=BC=C3=9Fe/);
      const { arc, signatures } = await judge(message?.bytes ?? Buffer.alloc(0));
      // The author's signature could not stay, and the seal says that it was good.
      assert.notEqual(signatures.find(({ domain }) => domain === 'far.test')?.result, 'pass');
      assert.equal(arc.result, 'pass');
      assert.deepEqual(arc.claims.dkim, ['pass']);
    });

    it('is made for an archive outside too', async () => {
      await updateDomain('example.org', { archive: 'archive@elsewhere.test' }, 'test');
      const message = await pass({ to: 'ada@example.org' });
      await updateDomain('example.org', { archive: '' }, 'test');
      assert.equal((await judge(message.bytes)).arc.result, 'pass');
      assert.match(message.sender, /^SRS0=.*@example\.org$/);
    });
  });

  describe('the sender', () => {
    it('is an address of the domain that forwards, and leads back', async () => {
      const { sender, recipients } = await pass();
      assert.deepEqual(recipients, ['far@elsewhere.test']);
      assert.match(sender, /^SRS0=[A-Z2-7]{8}=[A-Z2-7]{2}=far\.test=eve@example\.org$/);
      sink.messages.length = 0;
      // Some servers write addresses small, some great.
      for (const to of [sender, sender.toLowerCase(), sender.toUpperCase()]) {
        sink.messages.length = 0;
        const back = await pass({ from: '', to });
        assert.deepEqual([back.sender, back.recipients], ['', ['eve@far.test']]);
      }
    });

    it('is not believed when anything of it was changed, nor after three weeks', async () => {
      const { sender } = await pass();
      const refused = [
        sender.replace('eve@', 'victim@'),
        sender.replace('far.test', 'victim.test'),
        sender.replace(/=[A-Z2-7]{8}=/, '=AAAAAAAA='),
        'SRS0=AAAAAAAA=AA=victim.test=you@example.org',
        'SRS0=you@example.org',
        'SRS1=AAAAAAAA=victim.test==x=y=z.test=you@example.org',
      ];
      for (const to of refused) assert.match(await hand({ from: '', to }), /^55\d /, to);
      const threeWeeks = 23 * 86_400_000;
      shiftClock(threeWeeks);
      try {
        assert.match(await hand({ from: '', to: sender }), /^550 /);
      } finally {
        shiftClock(-threeWeeks);
      }
      assert.equal(await db.queueMessage.count(), 0);
    });

    it('of somebody who forwards himself is kept within one address', async () => {
      const first = await pass({ from: 'SRS0=abcd=ef=origin.test=eve@far.test' });
      assert.match(
        first.sender,
        /^SRS1=[A-Z2-7]{8}=far\.test==abcd=ef=origin\.test=eve@example\.org$/,
      );
      sink.messages.length = 0;
      const back = await pass({ from: '', to: first.sender });
      assert.deepEqual(back.recipients, ['srs0=abcd=ef=origin.test=eve@far.test']);
    });

    it('of nobody stays nobody; ours and what cannot be rewritten stay as they are', async () => {
      assert.equal((await pass({ from: '' })).sender, '');
      sink.messages.length = 0;
      const neighbour = await world.asNeighbour();
      await neighbour.say('EHLO near.test');
      const mail = { from: 'bob@example.org', to: 'out@example.org', data: sample };
      assert.match(await neighbour.deliver(mail), /^250 /);
      const [own] = await sink.waitFor(1);
      assert.equal(own?.sender, 'bob@example.org');
    });

    it('may be of another domain here, or stay', async () => {
      await writeSetting('delivery.srsDomain', 'example.net', 'test');
      assert.match((await pass()).sender, /@example\.net$/);
      sink.messages.length = 0;
      await writeSetting('delivery.srsDomain', 'not-here.test', 'test');
      assert.match((await pass()).sender, /@example\.org$/);
      sink.messages.length = 0;
      await writeSetting('delivery.srs', false, 'test');
      const { sender } = await pass();
      assert.equal(sender, 'eve@far.test');
      await writeSetting('delivery.srs', true, 'test');
      await writeSetting('delivery.srsDomain', '', 'test');
    });

    it('stays as it came in the queue, so that our own report goes to it', async () => {
      sink.script.rcpt = (recipient) => (recipient.startsWith('far@') ? '550 5.1.1 unknown' : null);
      assert.match(await hand({}), /^250 /);
      const [told] = await sink.waitFor(1);
      sink.script.rcpt = undefined;
      assert.deepEqual([told?.sender, told?.recipients], ['', ['eve@far.test']]);
    });
  });
});
