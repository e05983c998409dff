// Checks of strangers before their mail is read: each by a stranger with an address of its own, since what is counted is
// counted by address.
import assert from 'node:assert/strict';
import { describe } from 'node:test';
import { waitFor } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { ada, bob, hoursAgo, openWorld, type World } from './world.ts';

const reply = /^\d{3} .*\r\n/m;

describe('settings of checks', () => {
  const prove = openWorld();

  /** The reply to RCPT. */
  async function ask(
    { smtp }: World,
    { helo = 'client.test', sender = 'olive@far.test', to = ada, from = '127.0.9.9' } = {},
  ): Promise<string> {
    const client = await smtp(from);
    await client.ask(`EHLO ${helo}`, /^250 .*\r\n/m);
    await client.ask(`MAIL FROM:<${sender}>`, /^250 /m);
    const answer = await client.ask(`RCPT TO:<${to}>`, reply);
    client.close();
    return answer;
  }

  prove('checks.connectionsPerMinute', async ({ set, smtp }) => {
    await set('checks.connectionsPerMinute', '1');
    assert.match((await smtp('127.0.1.1')).greeting, /^220/);
    assert.match((await smtp('127.0.1.1')).greeting, /^421/);
  });

  prove('checks.connectionsPerMinuteOfNetwork', async ({ set, smtp }) => {
    await set('checks.connectionsPerMinuteOfNetwork', '1');
    assert.match((await smtp('127.0.2.1')).greeting, /^220/);
    assert.match((await smtp('127.0.2.2')).greeting, /^421/);
  });

  prove('checks.messagesPerMinute', async ({ set, smtp }) => {
    await set('checks.messagesPerMinute', '1');
    const client = await smtp('127.0.3.1');
    await client.ask('EHLO client.test', /^250 .*\r\n/m);
    assert.match(await client.ask('MAIL FROM:<olive@far.test>', reply), /^250/);
    await client.ask('RSET', /^250 /m);
    assert.match(await client.ask('MAIL FROM:<olive@far.test>', reply), /^450 4\.7\.1/);
  });

  prove('checks.recipientsPerMinute', async ({ set, mail }) => {
    await set('checks.recipientsPerMinute', '1');
    const client = await mail(undefined, '127.0.4.1');
    assert.match(await client.ask(`RCPT TO:<${ada}>`, reply), /^250/);
    assert.match(await client.ask(`RCPT TO:<${bob}>`, reply), /^450 4\.7\.1/);
  });

  prove('checks.unknownRecipientsPerHour', async ({ set, mail }) => {
    await set('checks.unknownRecipientsPerHour', '1');
    const client = await mail(undefined, '127.0.5.1');
    assert.match(await client.ask('RCPT TO:<x1@own.test>', reply), /^550 5\.1\.1/);
    assert.match(await client.ask('RCPT TO:<x2@own.test>', reply), /^450 4\.7\.1/);
  });

  prove('checks.reverseName', async (world) => {
    assert.match(await ask(world), /^250/);
    await world.set('checks.reverseName', 'refuse');
    assert.match(await ask(world), /^550 5\.7\.25/);
  });

  prove('checks.heloIsOurs', async (world) => {
    await world.set('server.hostname', 'mail.own.test');
    // Who comes from this machine itself may say its name.
    await world.set('smtp.proxyHosts', '127.0.0.7');
    const askFromAfar = async () => {
      const client = connectLines(world.daemon.ports.smtp, '127.0.0.7');
      world.clients.push(client);
      client.say('PROXY TCP4 192.0.2.77 192.0.2.1 5000 25');
      await client.expect(/^220 /m);
      await client.ask('EHLO mail.own.test', /^250 .*\r\n/m);
      await client.ask('MAIL FROM:<olive@far.test>', /^250 /m);
      return client.ask(`RCPT TO:<${ada}>`, reply);
    };
    assert.match(await askFromAfar(), /^550 5\.7\.1/);
    await world.set('checks.heloIsOurs', 'off');
    assert.match(await askFromAfar(), /^250/);
  });

  prove('checks.heloName', async (world) => {
    assert.match(await ask(world, { helo: 'pc7' }), /^250/);
    await world.set('checks.heloName', 'refuse');
    assert.match(await ask(world, { helo: 'pc7' }), /^550 5\.7\.1/);
  });

  prove('checks.heloResolves', async (world) => {
    await world.set('checks.heloResolves', 'refuse');
    assert.match(await ask(world, { helo: 'nowhere.test' }), /^550 5\.7\.1/);
  });

  prove('checks.senderDomain', async (world) => {
    await world.set('checks.senderDomain', 'refuse');
    assert.match(await ask(world, { sender: 'olive@nowhere.test' }), /^550 5\.1\.8/);
  });

  prove(['checks.dnsLists', 'checks.dnsListRefuse', 'checks.dnsListJunk'], async (world) => {
    const { dns, set, bring, read } = world;
    const from = '127.0.6.1';
    dns.zone['1.6.0.127.bl.test'] = { A: ['127.0.0.2'] };
    assert.match(await ask(world, { from }), /^250/);
    await set('checks.dnsLists', 'bl.test*2');
    assert.match(await ask(world, { from }), /^554 5\.7\.1/);
    await set('checks.dnsListRefuse', '3');
    assert.match(await ask(world, { from }), /^250/);
    await set('checks.dnsListJunk', '2');
    const lines = ['From: olive@far.test', 'Subject: on a list', '', 'Hello'];
    assert.match(await bring(lines, { from }), /^250/);
    await read(ada, /on a list/, 'Junk');
  });

  prove(['checks.greylisting', 'checks.dnsListWelcome'], async (world) => {
    const { dns, set } = world;
    const from = '127.0.7.1';
    await set('checks.greylisting', 'on');
    assert.match(await ask(world, { from, sender: 'a@grey.test' }), /^450 4\.7\.1/);
    dns.zone['1.7.0.127.wl.test'] = { A: ['127.0.0.2'] };
    await set('checks.dnsLists', 'wl.test*-2');
    assert.match(await ask(world, { from, sender: 'b@grey2.test' }), /^250/);
    await set('checks.dnsListWelcome', '-3');
    assert.match(await ask(world, { from, sender: 'c@grey3.test' }), /^450 4\.7\.1/);
  });

  prove('checks.greylistSeconds', async (world) => {
    await world.set('checks.greylisting', 'on');
    await world.set('checks.greylistSeconds', '1');
    const again = { from: '127.0.8.1', sender: 'a@patient.test' };
    assert.match(await ask(world, again), /^450 4\.7\.1/);
    await waitFor(async () => /^250/.test(await ask(world, again)), 'a second try that is taken');
  });

  prove('checks.greylistHours', async (world) => {
    await world.set('checks.greylisting', 'on');
    await world.set('checks.greylistSeconds', '1');
    const late = { from: '127.0.10.1', sender: 'a@late.test' };
    const comeAfter = async (hours: number) => {
      world.alter('UPDATE "Greylist" SET "firstAt" = ? WHERE "passes" = 0', hoursAgo(hours));
      return ask(world, late);
    };
    assert.match(await ask(world, late), /^450 4\.7\.1/);
    await world.set('checks.greylistHours', '10');
    assert.match(await comeAfter(20), /^450 4\.7\.1/, 'begins anew');
    await world.set('checks.greylistHours', '30');
    assert.match(await comeAfter(20), /^250/);
  });

  prove('checks.greylistDays', async (world) => {
    await world.set('checks.greylisting', 'on');
    const known = { from: '127.0.11.1', sender: 'a@known.test' };
    assert.match(await ask(world, known), /^450 4\.7\.1/);
    world.alter('UPDATE "Greylist" SET "firstAt" = ? WHERE "passes" = 0', hoursAgo(1));
    assert.match(await ask(world, known), /^250/);
    world.alter('UPDATE "Greylist" SET "lastAt" = ? WHERE "passes" > 0', hoursAgo(20 * 24));
    await world.set('checks.greylistDays', '10');
    assert.match(await ask(world, { ...known, sender: 'b@known.test' }), /^450 4\.7\.1/);
    await world.set('checks.greylistDays', '30');
    assert.match(await ask(world, { ...known, sender: 'c@known.test' }), /^250/);
  });
});
