// Sending with the real daemon: a stolen login is braked and let go from the command line; mail is scheduled by
// FUTURERELEASE, survives a restart of the queue and arrives at its time.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTransport } from 'nodemailer';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';

const password = 'a long password';
const ada = 'ada@example.test';
const bob = 'bob@example.test';

type Sending = { hold: string; messagesToday: number; held: number };
type Queued = { id: string; state: string; holdReason: string; recipient: string };

describe('sending', () => {
  let daemon: Daemon;
  before(async () => {
    daemon = await startDaemon();
    await daemon.dreyJson(['setup', '--admin', ada, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['user', 'add', bob, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['settings', 'set', 'sending.burstMessages', '3']);
  });
  after(() => daemon.stop());

  const usage = async () => {
    const found = await daemon.dreyJson(['user', 'sending', bob]);
    return (Array.isArray(found) ? found[0] : found) as Sending;
  };
  const queued = async (...more: string[]) =>
    (await daemon.dreyJson(['queue', 'list', ...more])) as Queued[];

  async function submit(subject: string): Promise<string> {
    const transport = createTransport({
      host: '127.0.0.1',
      port: daemon.ports.submission,
      auth: { user: bob, pass: password },
      tls: { rejectUnauthorized: false },
    });
    const sent = await transport.sendMail({ from: bob, to: ada, subject, text: 'Hello' });
    transport.close();
    return sent.response;
  }

  /** Subjects in an inbox. */
  async function inboxOf(user: string): Promise<string> {
    const imap = connectLines(daemon.ports.imap);
    await imap.expect(/^\* OK .*\r\n/m);
    await imap.ask(`a LOGIN ${user} "${password}"`, /^a OK .*\r\n/m);
    await imap.ask('b EXAMINE INBOX', /^b OK .*\r\n/m);
    const found = await imap.ask(
      'c FETCH 1:* (BODY.PEEK[HEADER.FIELDS (SUBJECT)])',
      /^c (OK|BAD) .*\r\n/m,
    );
    imap.close();
    return found;
  }

  it('brakes a burst: takes, holds, tells; one command lets all go', async () => {
    for (const subject of ['one', 'two', 'three']) await submit(subject);
    assert.match(await inboxOf(ada), /three/);
    assert.match(await submit('four'), /^250 /);
    await Promise.all([submit('five'), submit('six')]);
    assert.deepEqual({ ...(await usage()), address: '' }.hold, 'burst');
    const held = await queued('--reason', 'burst');
    assert.deepEqual(
      held.map(({ state, recipient }) => `${state} ${recipient}`),
      Array(3).fill(`held ${ada}`),
    );
    assert.match(await inboxOf(bob), /Your outgoing mail waits for the administrator/);
    const before = await inboxOf(ada);
    assert.match(before, /Outgoing mail of bob@example\.test is held/);
    assert.doesNotMatch(before, /four|five|six/);
    assert.equal((await daemon.drey(['queue', 'release', held[0]?.id ?? ''])).code, 1);

    await daemon.dreyJson(['user', 'sending', bob, '--release']);
    await waitFor(async () => (await queued()).length === 0, 'the queue to empty');
    assert.match(await inboxOf(ada), /four/);
    assert.equal((await usage()).hold, '');
  });

  it('locks: no sign-in, the mail stays, and can be dropped', async () => {
    await daemon.dreyJson(['user', 'sending', bob, '--hold']);
    await submit('never');
    await daemon.dreyJson(['user', 'sending', bob, '--lock']);
    await assert.rejects(submit('no more'), /535/);
    assert.equal((await queued('--state', 'held')).length, 1);
    const refused = await daemon.drey(['user', 'sending', bob, '--hold', '--release']);
    assert.equal(refused.code, 1);
    await daemon.dreyJson(['user', 'sending', bob, '--drop']);
    assert.deepEqual(await queued(), []);
    assert.doesNotMatch(await inboxOf(ada), /never/);
    await daemon.dreyJson(['user', 'sending', bob, '--release']);
    await daemon.dreyJson(['user', 'passwd', bob, '--password-stdin'], `${password}\n`);
    assert.match(await submit('back again'), /^250 /);
  });

  it('a limit of the user, told before the body', async () => {
    const { messagesToday } = await usage();
    await daemon.dreyJson(['user', 'set', bob, '--daily-messages', String(messagesToday)]);
    await assert.rejects(submit('too many'), /452 4\.7\.28 .*as many messages today/);
    await daemon.dreyJson(['user', 'set', bob, '--daily-messages', 'default']);
  });

  it('sends later, also into a mailbox here', async () => {
    await daemon.dreyJson(['settings', 'set', 'sending.burstMessages', '0']);
    const smtp = connectLines(daemon.ports.submission);
    await smtp.expect(/^220 .*\r\n/m);
    const features = await smtp.ask('EHLO client.test', /^250 .*\r\n/m);
    assert.match(features, /FUTURERELEASE \d+ /);
    const secret = Buffer.from(`\0${bob}\0${password}`).toString('base64');
    await smtp.ask(`AUTH PLAIN ${secret}`, /^235 .*\r\n/m);
    await smtp.ask(`MAIL FROM:<${bob}> HOLDFOR=10`, /^250 .*\r\n/m);
    await smtp.ask(`RCPT TO:<${ada}>`, /^250 .*\r\n/m);
    await smtp.ask('DATA', /^354 .*\r\n/m);
    await smtp.ask(`From: ${bob}\r\nSubject: later\r\n\r\nHi\r\n.`, /^250 .*\r\n/m);
    smtp.close();
    assert.deepEqual(
      (await queued()).map(({ state, recipient }) => `${state} ${recipient}`),
      [`queued ${ada}`],
    );
    assert.doesNotMatch(await inboxOf(ada), /later/);
    await waitFor(async () => /later/.test(await inboxOf(ada)), 'its time', 30_000);
    assert.deepEqual(await queued(), []);
  });
});
