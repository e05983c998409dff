// Receiving mail: the settings of the groups smtp and server that port 25 and submission read.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { waitFor } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { ada, bob, openWorld, password, stranger } from './world.ts';

const reply = /^\d{3} .*\r\n/m;
const letter = (subject: string) => ['From: olive@far.test', `Subject: ${subject}`, '', 'Hello'];

describe('settings of SMTP', () => {
  const prove = openWorld();

  prove('server.hostname', async ({ set, smtp }) => {
    await set('server.hostname', 'mail.proof.test');
    assert.match((await smtp()).greeting, /^220 mail\.proof\.test ESMTP/);
  });

  prove('server.domain', async ({ set, smtp, read }) => {
    const say = async (from: string) => {
      const client = await smtp(from);
      await client.ask('EHLO client.test', /^250 .*\r\n/m);
      return client.ask('MAIL FROM:<root>', reply);
    };
    assert.match(await say('127.0.0.1'), /^553/m);
    await set('server.domain', 'own.test');
    assert.match(await say(stranger), /^553/m, 'strangers say a whole address');
    const client = await smtp('127.0.0.1');
    for (const line of ['EHLO client.test', 'MAIL FROM:<root>', 'RCPT TO:<ada>']) {
      await client.ask(line, /^250 .*\r\n/m);
    }
    await client.ask('DATA', /^354/m);
    await client.ask('Subject: from cron\r\n\r\nDone\r\n.', /^250 .*\r\n/m);
    assert.match(await read(ada, /from cron/), /^Return-Path: <root@own\.test>/);
  });

  prove('server.timeZone', async ({ set, bring, read }) => {
    await set('server.timeZone', 'Asia/Kathmandu');
    await bring(letter('Where is it late?'));
    assert.match(await read(ada, /Where is it late/), /^\t\w{3}, .* \+0545\r$/m);
  });

  prove('smtp.banner', async ({ set, smtp, select }) => {
    const stored = () => select('SELECT "id" FROM "Setting"').map(({ id }) => String(id));
    const before = new Set(stored());
    await set('smtp.banner', 'mail.own.test at your service');
    const written = stored().filter((key) => !before.has(key));
    assert.deepEqual(written, ['smtp.banner'], 'nothing that nobody touched');
    assert.match((await smtp()).greeting, /^220 mail\.own\.test at your service/);
  });

  prove('smtp.messageSizeBytes', async ({ set, smtp }) => {
    await set('smtp.messageSizeBytes', '20k');
    const client = await smtp();
    assert.match(await client.ask('EHLO client.test', /^250 .*\r\n/m), /SIZE 20480\r/);
    assert.match(await client.ask('MAIL FROM:<olive@far.test> SIZE=30000', reply), /^552/m);
  });

  prove('smtp.maxRecipients', async ({ set, refuse, mail }) => {
    assert.match(
      await refuse('smtp.maxRecipients', '0'),
      /"value":"Give a whole number from 1 to 10000\./,
    );
    const client = await mail();
    await set('smtp.maxRecipients', '1');
    assert.match(await client.ask(`RCPT TO:<${ada}>`, reply), /^250/m);
    assert.match(await client.ask(`RCPT TO:<${bob}>`, reply), /^452 4\.5\.3/m);
  });

  prove('smtp.recipientDelimiter', async ({ set, mail }) => {
    const client = await mail();
    assert.match(await client.ask('RCPT TO:<ada+shop@own.test>', reply), /^250/m);
    await set('smtp.recipientDelimiter', '=');
    assert.match(await client.ask('RCPT TO:<ada+shop@own.test>', reply), /^550/m);
    assert.match(await client.ask('RCPT TO:<ada=shop@own.test>', reply), /^250/m);
  });

  prove('smtp.hopLimit', async ({ set, bring }) => {
    const hops = Array.from(
      { length: 12 },
      (_, hop) => `Received: from a by b with SMTP id ${hop}`,
    );
    const lines = [...hops, ...letter('Far')];
    assert.match(await bring(lines), /^250/);
    await set('smtp.hopLimit', '10');
    assert.match(await bring(lines), /^554 5\.4\.6/);
  });

  prove('smtp.maxConnections', async ({ set, smtp }) => {
    await set('smtp.maxConnections', '1');
    const [first, second] = [await smtp(), await smtp('127.0.0.8')];
    assert.match(first.greeting, /^220/);
    assert.match(second.greeting, /^421/);
    first.close();
  });

  prove('smtp.maxConnectionsPerAddress', async ({ set, smtp }) => {
    await set('smtp.maxConnectionsPerAddress', '1');
    const first = await smtp();
    assert.match((await smtp()).greeting, /^421/);
    assert.match((await smtp('127.0.0.8')).greeting, /^220/);
    first.close();
  });

  prove('smtp.idleTimeoutSeconds', async ({ set, smtp }) => {
    await set('smtp.idleTimeoutSeconds', '10');
    const client = await smtp();
    await client.expect(/^421 4\.4\.2 /m);
  });

  prove('smtp.maxErrors', async ({ set, smtp }) => {
    await set('smtp.maxErrors', '2');
    const client = await smtp();
    await client.ask('WHAT', /^500 /m);
    await client.ask('WHAT', /^421 4\.7\.0 /m);
  });

  prove(['smtp.softErrors', 'smtp.errorDelayMs'], async ({ set, smtp }) => {
    await set('smtp.errorDelayMs', '30000');
    await set('smtp.softErrors', '1');
    const client = await smtp();
    await client.ask('NOOP', /^250 /m);
    await client.ask('WHAT', /^500 /m);
    // Its answer waits for half a minute; somebody else is answered meanwhile.
    let isAnswered = false;
    void client.ask('NOOP', reply).then(
      () => {
        isAnswered = true;
      },
      () => {},
    );
    const other = await smtp();
    for (let round = 0; round < 20; round++) await other.ask('RSET', /^250 /m);
    assert.equal(isAnswered, false);
    client.close();
    await set('smtp.errorDelayMs', '1');
    const quick = await smtp();
    await quick.ask('WHAT', /^500 /m);
    await quick.ask('NOOP', /^250 /m);
  });

  prove('smtp.maxIdleCommands', async ({ set, smtp }) => {
    await set('smtp.maxIdleCommands', '5');
    const client = await smtp();
    for (let round = 0; round < 5; round++) await client.ask('NOOP', /^250 /m);
    await client.ask('NOOP', /^421 4\.7\.0 /m);
  });

  prove('smtp.answersVrfy', async ({ set, smtp }) => {
    assert.match(await (await smtp()).ask(`VRFY ${ada}`, reply), /^252/m);
    await set('smtp.answersVrfy', 'off');
    assert.match(await (await smtp()).ask(`VRFY ${ada}`, reply), /^502/m);
  });

  prove('smtp.greetingDelayMs', async ({ set, daemon }) => {
    await set('smtp.greetingDelayMs', '30000');
    const hasty = connectLines(daemon.ports.smtp, stranger);
    hasty.say('EHLO client.test');
    await hasty.expect(/^554 5\.5\.0|^554 /m);
  });

  prove('smtp.futureReleaseDays', async ({ set, daemon, clients }) => {
    const login = Buffer.from(`\0${ada}\0${password}`).toString('base64');
    const features = async (days: string) => {
      await set('smtp.futureReleaseDays', days);
      const client = connectLines(daemon.ports.submission);
      clients.push(client);
      await client.expect(/^220 /m);
      await client.ask('EHLO client.test', /^250 .*\r\n/m);
      await client.ask(`AUTH PLAIN ${login}`, /^235 /m);
      return client.ask('EHLO client.test', /^250 .*\r\n/m);
    };
    assert.match(await features('3'), /FUTURERELEASE 259200 /);
    assert.doesNotMatch(await features('0'), /FUTURERELEASE/);
  });

  prove(['smtp.masqueradeDomains', 'smtp.masqueradeExceptions'], async ({ set, bring, read }) => {
    await set('smtp.masqueradeDomains', '!lab.far.test\nfar.test');
    await set('smtp.masqueradeExceptions', 'root');
    for (const name of ['olive@pc7', 'root@pc7', 'olive@x.lab']) {
      const sender = `${name}.far.test`;
      const from = `From: <${sender}>`;
      await bring([from, `Subject: of ${name}`, '', 'Hello'], { sender, from: '127.0.0.1' });
    }
    const seen = async (name: string) => read(ada, new RegExp(`Subject: of ${name}`));
    assert.match(
      await seen('olive@pc7'),
      /^Return-Path: <olive@far\.test>[\s\S]*From: <?olive@far\.test/,
    );
    assert.match(await seen('root@pc7'), /^Return-Path: <root@pc7\.far\.test>/);
    assert.match(await seen('olive@x.lab'), /^Return-Path: <olive@x\.lab\.far\.test>/);
  });

  prove('smtp.xclientHosts', async ({ set, smtp }) => {
    await set('smtp.xclientHosts', '127.0.0.7/32');
    const features = async (from: string) =>
      (await smtp(from)).ask('EHLO client.test', /^250 .*\r\n/m);
    assert.match(await features('127.0.0.7'), /XCLIENT /);
    assert.doesNotMatch(await features(stranger), /XCLIENT /);
  });

  prove('smtp.proxyHosts', async ({ set, daemon, event }) => {
    await set('smtp.proxyHosts', '127.0.0.7');
    const client = connectLines(daemon.ports.smtp, '127.0.0.7');
    client.say('PROXY TCP4 192.0.2.77 192.0.2.1 5000 25');
    await client.expect(/^220 /m);
    await client.ask('EHLO client.test', /^250 .*\r\n/m);
    await client.ask('MAIL FROM:<olive@far.test>', /^250 /m);
    await client.ask('RCPT TO:<nobody@own.test>', /^550 /m);
    const { remote } = await event('refused', `"recipient" = 'nobody@own.test'`);
    assert.equal(remote, '192.0.2.77');
  });

  prove('storage.minFreeBytes', async ({ set, smtp }) => {
    const ask = async () => {
      const client = await smtp();
      await client.ask('EHLO client.test', /^250 .*\r\n/m);
      return client.ask('MAIL FROM:<olive@far.test>', reply);
    };
    assert.match(await ask(), /^250/m);
    await set('storage.minFreeBytes', '1T');
    assert.match(await ask(), /^452 4\.3\.1/m);
  });

  prove('log.debugPeers', async ({ set, daemon, smtp }) => {
    await set('log.debugPeers', '127.0.0.6');
    await (await smtp('127.0.0.6')).ask('EHLO watched.test', /^250 .*\r\n/m);
    await (await smtp()).ask('EHLO unwatched.test', /^250 .*\r\n/m);
    await waitFor(() => /"peer":"127\.0\.0\.6".*EHLO watched\.test/.test(daemon.output()), 'it');
    assert.doesNotMatch(daemon.output(), /unwatched/);
  });
});
