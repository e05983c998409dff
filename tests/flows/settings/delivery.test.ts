// Sending mail on: the queue and the way to other servers, seen by another server that answers by script.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { after, before, describe } from 'node:test';
import { waitFor } from '#tests/support/daemon.ts';
import { type FakeDns, startDns } from '#tests/support/dns.ts';
import { startFullHost } from '#tests/support/full-host.ts';
import { type Peer, type Play, type Step, startPeer } from '#tests/support/smtp-peer.ts';
import { ada, bob, openWorld, type World } from './world.ts';

describe('settings of delivery', () => {
  let peer: Peer;
  let play: Play = () => undefined;
  let count = 0;
  before(async () => {
    peer = await startPeer((step, line) => play(step, line));
  });
  after(() => peer.close());
  const prove = openWorld({
    lines: [
      ['user', 'add', 'postmaster@own.test', '--password-stdin'],
      ['alias', 'add', 'away@own.test', 'olive@onward.test'],
      ['domain', 'add', 'srs.test'],
    ],
  });

  /** A domain elsewhere whose mail server is the peer, unknown to everybody so far. */
  function domainAt({ dns }: World): string {
    const domain = `out${++count}.test`;
    dns.zone[domain] = { MX: [`10 mx.${domain}`] };
    dns.zone[`mx.${domain}`] = { A: ['127.0.0.1'] };
    return domain;
  }

  /** Lets mail leave to the peer, which then answers by `script`. */
  async function open(world: World, script: Play = () => undefined): Promise<string> {
    play = script;
    await world.set('delivery.allowPrivateAddresses', 'on');
    await world.set('delivery.mxPort', String(peer.port));
    return domainAt(world);
  }

  const taken = (recipient: string, more = 1) =>
    waitFor(() => {
      const found = peer.taken.filter(({ recipients }) => recipients.includes(recipient));
      return found.length >= more && found;
    }, `mail for ${recipient}`);
  const rowOf = (world: World, recipient: string) =>
    world.select('SELECT * FROM "QueueRecipient" WHERE "recipient" = ?', recipient)[0];
  /** So many minutes lie between the last event about the recipient and the next attempt. */
  async function minutesToNext(world: World, recipient: string): Promise<number> {
    const { detail, at } = await world.event('deferred', `"recipient" = '${recipient}'`);
    const { next } = JSON.parse(String(detail)) as { next: string };
    return (Date.parse(next) - new Date(String(at)).getTime()) / 60_000;
  }
  const busy: Play = (step) => (step === 'rcpt' ? '450 4.2.1 later' : undefined);

  prove(['delivery.mxPort', 'delivery.allowPrivateAddresses'], async (world) => {
    play = () => undefined;
    const domain = domainAt(world);
    await world.submit(ada, { to: `x@${domain}`, subject: 'stays' });
    await world.event('bounced', `"recipient" = 'x@${domain}'`);
    await world.set('delivery.allowPrivateAddresses', 'on');
    await world.set('delivery.mxPort', String(peer.port));
    await world.submit(ada, { to: `y@${domain}`, subject: 'leaves' });
    await taken(`y@${domain}`);
  });

  prove('delivery.dnsServers', async (world) => {
    await open(world);
    const other: FakeDns = await startDns({
      'elsewhere.test': { MX: ['10 mx.elsewhere.test'] },
      'mx.elsewhere.test': { A: ['127.0.0.1'] },
    });
    await world.set('delivery.dnsServers', other.server);
    await world.submit(ada, { to: 'x@elsewhere.test', subject: 'Hello' });
    await taken('x@elsewhere.test');
    await other.close();
  });

  prove('delivery.firstRetryMinutes', async (world) => {
    const domain = await open(world, busy);
    await world.set('delivery.firstRetryMinutes', '1000');
    await world.submit(ada, { to: `x@${domain}`, subject: 'Hello' });
    // Told of the delay after four hours at the latest.
    assert.ok((await minutesToNext(world, `x@${domain}`)) > 100);
  });

  prove('delivery.maxRetryMinutes', async (world) => {
    const domain = await open(world, busy);
    await world.set('delivery.firstRetryMinutes', '30');
    await world.set('delivery.maxRetryMinutes', '30');
    await world.submit(ada, { to: `x@${domain}`, subject: 'Hello' });
    await minutesToNext(world, `x@${domain}`);
    const { id } = rowOf(world, `x@${domain}`) ?? {};
    await world.daemon.dreyJson(['queue', 'retry', String(id)]);
    await waitFor(() => rowOf(world, `x@${domain}`)?.attempts === 2, 'a second attempt');
    assert.ok((await minutesToNext(world, `x@${domain}`)) < 45, 'the wait is not doubled');
  });

  prove(['delivery.delayNoticeHours', 'delivery.lifetimeHours'], async (world) => {
    const domain = await open(world, busy);
    const to = `late@${domain}`;
    await world.submit(ada, { to, subject: 'Still on its way' });
    await world.event('deferred', `"recipient" = '${to}'`);
    const { id } = rowOf(world, to) ?? {};
    const created = new Date(Date.now() - 3 * 3_600_000).toISOString();
    world.alter('UPDATE "QueueRecipient" SET "createdAt" = ? WHERE "id" = ?', created, String(id));
    const retry = async (attempts: number) => {
      await world.daemon.dreyJson(['queue', 'retry', String(id)]);
      await waitFor(() => (rowOf(world, to)?.attempts ?? attempts) === attempts, 'an attempt');
      return rowOf(world, to)?.isDelayTold;
    };
    assert.equal(await retry(2), 0, 'late from four hours on');
    await world.set('delivery.delayNoticeHours', '2');
    assert.equal(await retry(3), 1);
    await world.read(ada, /^Action: delayed/m);
    await world.set('delivery.lifetimeHours', '2');
    assert.equal(await retry(4), undefined);
    await world.read(ada, /^Action: failed[\s\S]*Still on its way/m);
  });

  /** How many transactions with the peer were under way at one time while two mails left. */
  async function countAtOnce(world: World, domains: [string, string]): Promise<number> {
    let now = 0;
    let most = 0;
    const gate = Promise.withResolvers<void>();
    play = async (step) => {
      if (step === 'data') most = Math.max(most, ++now);
      if (step === 'body') {
        await gate.promise;
        now--;
      }
      return undefined;
    };
    const recipients = domains.map((domain, index) => `p${index}@${domain}`);
    await world.submit(ada, { to: recipients[0], subject: 'One' });
    await waitFor(() => most > 0, 'the first one');
    await world.submit(bob, { to: recipients[1], subject: 'Two' });
    await waitFor(() => rowOf(world, recipients[1] ?? ''), 'the second one');
    gate.resolve();
    for (const recipient of recipients) await taken(recipient);
    return most;
  }

  prove('delivery.concurrency', async (world) => {
    const domain = await open(world);
    await world.set('delivery.concurrency', '1');
    assert.equal(await countAtOnce(world, [domain, domainAt(world)]), 1);
  });

  prove('delivery.initialConcurrency', async (world) => {
    const domain = await open(world);
    await world.set('delivery.initialConcurrency', '1');
    assert.equal(await countAtOnce(world, [domain, domain]), 1);
  });

  prove('delivery.concurrencyPerDomain', async (world) => {
    const domain = await open(world);
    await world.set('delivery.concurrencyPerDomain', '1');
    assert.equal(await countAtOnce(world, [domain, domain]), 1);
  });

  prove('delivery.rateDelaySeconds', async (world) => {
    const domain = await open(world);
    await world.set('delivery.rateDelaySeconds', '3600');
    await world.submit(ada, { to: `x@${domain}`, subject: 'One' });
    await taken(`x@${domain}`);
    await world.submit(ada, { to: `y@${domain}`, subject: 'Two' });
    await world.submit(ada, { to: `z@${domainAt(world)}`, subject: 'Three' });
    await waitFor(() => peer.taken.some(({ text }) => /Subject: Three/.test(text)), 'the third');
    assert.equal(rowOf(world, `y@${domain}`)?.state, 'queued');
  });

  prove('delivery.restSeconds', async (world) => {
    const full: Play = (step) => (step === 'mail' ? '421 4.7.0 too many' : undefined);
    const domain = await open(world, full);
    await world.set('delivery.firstRetryMinutes', '1000');
    await world.set('delivery.restSeconds', '3000');
    await world.submit(ada, { to: `x@${domain}`, subject: 'One' });
    await world.event('deferred', `"recipient" = 'x@${domain}'`);
    await world.submit(ada, { to: `y@${domain}`, subject: 'Two' });
    const row = await waitFor(() => {
      const found = rowOf(world, `y@${domain}`);
      return /rests/.test(String(found?.lastText)) && found;
    }, 'a mail that waits with its destination');
    assert.ok(new Date(String(row.nextAttemptAt)).getTime() - Date.now() > 1_000_000);
  });

  prove('delivery.recipientsPerMessage', async (world) => {
    const domain = await open(world);
    await world.set('delivery.recipientsPerMessage', '1');
    await world.submit(ada, { to: [`x@${domain}`, `y@${domain}`], subject: 'Apart' });
    const [{ recipients = [] } = {}] = await taken(`x@${domain}`);
    assert.deepEqual(recipients, [`x@${domain}`]);
    await taken(`y@${domain}`);
  });

  /** Connections that two mails one after the other make. */
  async function countConnections(world: World, domain: string): Promise<number> {
    const before = peer.steps.filter((step) => step === 'greet').length;
    for (const name of ['x', 'y']) {
      await world.submit(ada, { to: `${name}@${domain}`, subject: 'Hello' });
      await taken(`${name}@${domain}`);
      await world.event('sent', `"recipient" = '${name}@${domain}'`);
    }
    return peer.steps.filter((step) => step === 'greet').length - before;
  }

  prove('delivery.messagesPerConnection', async (world) => {
    const domain = await open(world);
    await world.set('delivery.messagesPerConnection', '1');
    assert.equal(await countConnections(world, domain), 2);
  });

  prove('delivery.connectionSeconds', async (world) => {
    const domain = await open(world, async (step) => {
      // Older than a second when it has delivered.
      if (step === 'body') await new Promise((resolve) => setTimeout(resolve, 1100));
      return undefined;
    });
    await world.set('delivery.connectionSeconds', '1');
    assert.equal(await countConnections(world, domain), 2);
  });

  prove('delivery.suppressionDays', async (world) => {
    let asked = 0;
    const domain = await open(world, (step) => {
      if (step !== 'rcpt') return undefined;
      asked++;
      return '550 5.1.1 no such user';
    });
    const send = async (subject: string) => {
      await world.submit(ada, { to: `nobody@${domain}`, subject });
      await world.read(ada, new RegExp(`Subject: ${subject}`));
      return asked;
    };
    assert.equal(await send('First to nobody'), 1);
    assert.equal(await send('Second to nobody'), 1, 'comes back without another try');
    await world.set('delivery.suppressionDays', '0');
    const other = `gone@${domain}`;
    await world.submit(ada, { to: other, subject: 'Third to nobody' });
    await world.read(ada, /Subject: Third to nobody/);
    await world.submit(ada, { to: other, subject: 'Fourth to nobody' });
    await world.read(ada, /Subject: Fourth to nobody/);
    assert.equal(asked, 3);
  });

  prove('delivery.addressFamily', async (world) => {
    const domain = await open(world);
    await world.set('delivery.addressFamily', 'ipv6-only');
    await world.submit(ada, { to: `x@${domain}`, subject: 'Hello' });
    // The host has an IPv4 address alone.
    await waitFor(
      () =>
        world.select(
          `SELECT * FROM "TrailEvent" WHERE "kind" IN ('deferred', 'bounced') AND "recipient" = ?`,
          `x@${domain}`,
        )[0],
      'trouble',
    );
  });

  const steps: [key: Parameters<World['set']>[0], step: Step][] = [
    ['delivery.greetingTimeoutSeconds', 'greet'],
    ['delivery.mailTimeoutSeconds', 'mail'],
    ['delivery.rcptTimeoutSeconds', 'rcpt'],
    ['delivery.dataTimeoutSeconds', 'data'],
    ['delivery.endTimeoutSeconds', 'body'],
  ];
  prove(
    [
      'delivery.greetingTimeoutSeconds',
      'delivery.mailTimeoutSeconds',
      'delivery.rcptTimeoutSeconds',
      'delivery.dataTimeoutSeconds',
      'delivery.endTimeoutSeconds',
    ],
    async (world) => {
      for (const [key, silent] of steps) {
        const domain = await open(world, (step) => {
          if (step === silent) return 'hang';
          return step === 'ehlo' ? '250 peer.test' : undefined;
        });
        await world.set(key, '1');
        await world.submit(ada, { to: `x@${domain}`, subject: 'Hello' });
        await world.event('deferred', `"recipient" = 'x@${domain}'`);
        await world.reset(key);
      }
    },
  );

  prove('delivery.connectTimeoutSeconds', async (world) => {
    const host = await startFullHost();
    try {
      await world.set('delivery.allowPrivateAddresses', 'on');
      await world.set('delivery.mxPort', String(host.port));
      await world.set('delivery.connectTimeoutSeconds', '300');
      const patient = `x@${domainAt(world)}`;
      await world.submit(ada, { to: patient, subject: 'Waits for long' });
      const isTried = () => rowOf(world, patient)?.state === 'sending';
      await waitFor(isTried, 'an attempt');
      await world.set('delivery.connectTimeoutSeconds', '1');
      const hasty = `y@${domainAt(world)}`;
      await world.submit(ada, { to: hasty, subject: 'Gives up soon' });
      const { text } = await world.event('deferred', `"recipient" = '${hasty}'`);
      assert.match(String(text), /no answer in time/);
      assert.ok(isTried(), 'still waits');
    } finally {
      await host.close();
    }
  });

  prove('delivery.bodyTimeoutSeconds', async (world) => {
    // Reads no further once the text comes.
    const deaf = createServer((socket) => {
      socket.write('220 deaf.test ESMTP\r\n');
      socket.on('error', () => {});
      socket.on('data', (data) => {
        const isText = data.toString('latin1').startsWith('DATA');
        socket.write(isText ? '354 Go on\r\n' : '250 Ok\r\n');
        if (isText) socket.pause();
      });
    });
    await once(deaf.listen(0, '127.0.0.1').unref(), 'listening');
    await world.set('delivery.allowPrivateAddresses', 'on');
    await world.set('delivery.mxPort', String((deaf.address() as AddressInfo).port));
    await world.set('delivery.bodyTimeoutSeconds', '1');
    const to = `x@${domainAt(world)}`;
    // More than the buffers of both sides take.
    const text = `${'x'.repeat(70)}\r\n`.repeat(200_000);
    await world.submit(ada, { to, subject: 'Long', text });
    await world.event('deferred', `"recipient" = '${to}'`);
    deaf.close();
  });

  prove('delivery.returnedBytes', async (world) => {
    const refuse: Play = (step) => (step === 'body' ? '550 5.7.1 no' : undefined);
    const domain = await open(world, refuse);
    const text = 'x'.repeat(60).concat('\r\n').repeat(40);
    await world.submit(ada, { to: `x@${domain}`, subject: 'comes back whole', text });
    assert.match(await world.read(ada, /comes back whole/), /^Content-Type: message\/rfc822/m);
    await world.set('delivery.returnedBytes', '1000');
    await world.submit(ada, { to: `y@${domain}`, subject: 'comes back short', text });
    assert.doesNotMatch(
      await world.read(ada, /comes back short/),
      /^Content-Type: message\/rfc822/m,
    );
  });

  prove(['delivery.noticeClasses', 'delivery.noticeAddress'], async (world) => {
    const refuse: Play = (step) => (step === 'body' ? '550 5.7.1 no' : undefined);
    const domain = await open(world, refuse);
    await world.set('delivery.noticeClasses', 'bounce\n2bounce');
    await world.submit(ada, { to: `x@${domain}`, subject: 'told to the office' });
    const notice = await world.read('postmaster@own.test', /told to the office/);
    assert.match(notice, /^To: <postmaster@own\.test>/m);
    assert.match(notice, /^Content-Type: text\/rfc822-headers/m);
    await world.set('delivery.noticeAddress', bob);
    await world.submit(ada, { to: `y@${domain}`, subject: 'told to bob' });
    await world.read(bob, /told to bob/);
  });

  prove(['delivery.srs', 'delivery.srsDomain'], async (world) => {
    const senders: string[] = [];
    await open(world, (step, line) => {
      if (step === 'mail') senders.push(/<(.*?)>/.exec(line)?.[1] ?? '');
      return undefined;
    });
    world.dns.zone['onward.test'] = { MX: ['10 mx.onward.test'] };
    world.dns.zone['mx.onward.test'] = { A: ['127.0.0.1'] };
    const forward = async (subject: string) => {
      const to = ['away@own.test'];
      await world.bring(['From: a@far.test', `Subject: ${subject}`, '', 'Hello'], { to });
      await waitFor(() => peer.taken.some(({ text }) => text.includes(subject)), subject);
      return senders.at(-1) ?? '';
    };
    assert.match(await forward('onward one'), /^SRS0=.*@own\.test$/i);
    await world.set('delivery.srsDomain', 'srs.test');
    assert.match(await forward('onward two'), /^SRS0=.*@srs\.test$/i);
    await world.set('delivery.srs', 'off');
    assert.equal(await forward('onward three'), 'olive@far.test');
  });

  prove('sending.burstFailures', async (world) => {
    const domain = await open(world, (step) => (step === 'rcpt' ? '550 5.1.1 who?' : undefined));
    await world.set('sending.burstFailures', '1');
    for (const name of ['a', 'b']) {
      await world.submit(bob, { to: `${name}@${domain}`, subject: 'To a bought list' });
      await world.event('bounced', `"recipient" = '${name}@${domain}'`);
    }
    const [{ sendingHold } = {}] = world.select(
      'SELECT "sendingHold" FROM "Account" WHERE "address" = ?',
      bob,
    );
    assert.ok(sendingHold);
  });
});
