// The counters of the real daemon: each moves when the thing happens.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createTransport } from 'nodemailer';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';
import { onItsOwn } from '#tests/support/web-client.ts';

const password = 'a boat of seven nuts';
const ada = 'ada@example.test';

describe('metrics of the daemon', () => {
  let daemon: Daemon;
  let sink: Sink;
  let earlier: Map<string, number>;

  before(async () => {
    sink = await startSink({
      script: {
        rcpt: (recipient) => {
          if (recipient.startsWith('never')) return '550 5.1.1 nobody';
          return recipient.startsWith('later') ? '450 4.2.1 later' : null;
        },
      },
    });
    daemon = await startDaemon();
    await daemon.dreyJson(['setup', '--admin', ada, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['route', 'add', 'hosts', '--hosts', `127.0.0.1:${sink.port}`]);
    earlier = await scrape();
  });
  after(async () => {
    await daemon?.stop();
    await sink?.close();
  });

  /** Every sample, as its name with labels. */
  async function scrape(): Promise<Map<string, number>> {
    const url = `http://127.0.0.1:${daemon.ports.metrics}/metrics`;
    const answer = await fetch(url, { headers: onItsOwn });
    const lines = (await answer.text()).split('\n').filter((line) => line.startsWith('mail_'));
    return new Map(
      lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.split(' ').at(-1))]),
    );
  }

  /** Until the sample has grown by at least so much. */
  const grows = (sample: string, by = 1) =>
    waitFor(
      async () => ((await scrape()).get(sample) ?? 0) >= (earlier.get(sample) ?? 0) + by,
      `${sample} to grow`,
    );

  async function bring(recipient: string): Promise<void> {
    const smtp = connectLines(daemon.ports.smtp);
    await smtp.expect(/^220 .*\r\n/m);
    await smtp.ask('EHLO client.test', /^250 .*\r\n/m);
    await smtp.ask('MAIL FROM:<bob@far.test>', /^250 .*\r\n/m);
    const answer = await smtp.ask(`RCPT TO:<${recipient}>`, /^\d{3} .*\r\n/m);
    if (answer.startsWith('250')) {
      await smtp.ask('DATA', /^354 .*\r\n/m);
      await smtp.ask('From: bob@far.test\r\nSubject: hi\r\n\r\nHi\r\n.', /^250 .*\r\n/m);
    }
    await smtp.ask('QUIT', /^221 .*\r\n/m);
    smtp.close();
  }

  it('a delivery and a refusal', async () => {
    await bring(ada);
    await bring('nobody@example.test');
    await grows('mail_smtp_connections_total{listener="smtp",tls="none"}', 2);
    await grows('mail_messages_received_total{result="accepted",class="inbound"}');
    await grows('mail_rejects_total{stage="rcpt",reason="unknown-recipient"}');
    await grows('mail_check_hits_total{check="recipient-exists",outcome="refuse"}');
    await grows('mail_command_seconds_count{protocol="smtp",command="RCPT"}', 2);
    for (const stage of ['receive', 'checks', 'store']) {
      await grows(`mail_delivery_seconds_count{stage="${stage}"}`);
    }
    await grows('mail_database_seconds_count{step="wait"}');
    await grows('mail_database_seconds_count{step="commit"}');
  });

  it('logins, good and bad, and what is asked over IMAP and POP3', async () => {
    const imap = connectLines(daemon.ports.imap);
    await imap.expect(/^\* OK .*\r\n/m);
    await imap.ask(`a LOGIN ${ada} "wrong"`, /^a NO .*\r\n/m);
    await imap.ask(`b LOGIN ${ada} "${password}"`, /^b OK .*\r\n/m);
    await imap.ask('c SELECT INBOX', /^c OK .*\r\n/m);
    await grows('mail_sessions{protocol="imap"}');
    imap.close();
    const pop3 = connectLines(daemon.ports.pop3);
    await pop3.expect(/^\+OK .*\r\n/m);
    await pop3.ask('CAPA', /^\.\r\n/m);
    pop3.close();
    await grows('mail_auth_total{protocol="imap",result="failed"}');
    await grows('mail_auth_total{protocol="imap",result="ok"}');
    await grows('mail_command_seconds_count{protocol="imap",command="SELECT"}');
    await grows('mail_command_seconds_count{protocol="pop3",command="CAPA"}');
  });

  it('mail that leaves, waits, and comes back', async () => {
    const transport = createTransport({
      host: '127.0.0.1',
      port: daemon.ports.submission,
      auth: { user: ada, pass: password },
      tls: { rejectUnauthorized: false },
    });
    for (const name of ['good', 'later', 'never']) {
      await transport.sendMail({ from: ada, to: `${name}@far.test`, subject: name, text: 'Hello' });
    }
    transport.close();
    await grows('mail_messages_received_total{result="accepted",class="submission"}', 3);
    await grows('mail_messages_sent_total{result="delivered"}');
    await grows('mail_messages_sent_total{result="deferred"}');
    await grows('mail_messages_sent_total{result="failed"}');
    await grows('mail_bounces_total{code_class="5"}');
    await grows('mail_delivery_seconds_count{stage="queue"}');
    await grows('mail_delivery_seconds_count{stage="attempt"}', 3);
    await grows('mail_queue_messages{state="queued"}');
    await grows('mail_queue_oldest_seconds', 0);
    await grows('mail_auth_total{protocol="submission",result="ok"}');
  });

  it('jobs, disk and changes; the same is told to load balancers and on the command line', async () => {
    await daemon.dreyJson(['settings', 'set', 'web.title', 'Nest']);
    await grows('mail_config_revision');
    const samples = await scrape();
    for (const kind of ['database', 'free']) {
      assert.ok((samples.get(`mail_disk_bytes{kind="${kind}"}`) ?? 0) > 0, kind);
    }
    assert.ok((samples.get('mail_cert_expiry_seconds') ?? 0) > 0);
    const ran = (await daemon.dreyJson(['jobs', 'run', 'old-numbers'])) as { isGood: boolean };
    assert.equal(ran.isGood, true);
    const jobs = (await daemon.dreyJson(['jobs'])) as { name: string; result: string }[];
    assert.equal(jobs.find(({ name }) => name === 'old-numbers')?.result, 'good');
    const health = await daemon.drey(['health']);
    assert.match(health.stdout, /^green +IMAP +Answers on ports/m);
    assert.match(health.stdout, /^yellow +Certificate .*\n +→ Get one/m);
  });

  it('tells load balancers whether it works, and this machine or a token more', async () => {
    const ask = async (query: string, headers: Record<string, string> = {}) => {
      const answer = await fetch(`${daemon.url}/api/health${query}`, {
        headers: { ...onItsOwn, ...headers },
      });
      return { status: answer.status, ...((await answer.json()) as object) } as {
        status: number;
        live: boolean;
        ready: boolean;
        health?: string;
        parts?: { name: string; colour: string }[];
      };
    };
    const far = { 'x-forwarded-for': '203.0.113.9' };
    for (const query of ['', '?live', '?ready']) {
      // A port that answers late, on a busy machine, counts as closed.
      const answer = await waitFor(async () => {
        const asked = await ask(query, far);
        return asked.ready && asked;
      }, 'a server that is ready');
      assert.deepEqual([answer.live, answer.ready, answer.parts], [true, true, undefined]);
    }
    const near = await waitFor(async () => {
      const asked = await ask('');
      return asked.parts?.find(({ name }) => name === 'imap')?.colour === 'green' && asked;
    }, 'IMAP that answers');
    assert.equal(near.health, 'yellow');
    await daemon.dreyJson(['settings', 'set', 'server.healthToken', 'a secret word']);
    const wrong = { ...far, authorization: 'Bearer another word' };
    assert.equal((await ask('', wrong)).parts, undefined);
    const right = { ...far, authorization: 'Bearer a secret word' };
    assert.ok((await ask('', right)).parts);
  });

  it('takes nobody behind a proxy for this machine that does not say who asks, and tells the doctor', async () => {
    const look = async () => {
      const only = ['doctor', '--only', 'proxy'];
      const [found] = (await daemon.dreyJson(only)) as { verdict: string; found: string }[];
      return found;
    };
    assert.equal((await look())?.verdict, 'ok');
    const hidden = { 'x-forwarded-host': 'mail.own.test' };
    const answer = await fetch(`${daemon.url}/api/health`, { headers: hidden });
    assert.equal(((await answer.json()) as { parts?: object }).parts, undefined);
    const api = await fetch(`${daemon.url}/api/v1/domains`, { headers: hidden });
    assert.match(await api.text(), /Only by https/);
    const found = await waitFor(async () => {
      const seen = await look();
      return seen?.verdict === 'warning' && seen;
    }, 'the doctor to hear of it');
    assert.match(found.found, /mail\.own\.test.*without X-Forwarded-For/);
  });
});
