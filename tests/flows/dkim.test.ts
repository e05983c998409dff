// From a user's mail program through the real daemon to a server elsewhere: what arrives there verifies, with the
// records that the command line shows.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { dkimVerify } from 'mailauth/lib/dkim/verify.js';
import { createTransport } from 'nodemailer';
import { type Daemon, startDaemon, waitFor } from '#tests/support/daemon.ts';
import { type Sink, startSink } from '#tests/support/smtp-sink.ts';

const password = 'a long password';
const ada = 'ada@example.test';

type Key = { selector: string; record: { name: string; value: string } };

describe('signed mail', () => {
  let daemon: Daemon;
  let sink: Sink;
  before(async () => {
    [daemon, sink] = await Promise.all([startDaemon(), startSink()]);
    await daemon.dreyJson(['setup', '--admin', ada, '--password-stdin'], `${password}\n`);
    await daemon.dreyJson(['settings', 'set', 'delivery.allowPrivateAddresses', 'true']);
    await daemon.dreyJson(['route', 'add', 'hosts', '--hosts', `127.0.0.1:${sink.port}`]);
  });
  after(async () => {
    await daemon.stop();
    await sink.close();
  });

  async function send(): Promise<Buffer> {
    const transport = createTransport({
      host: '127.0.0.1',
      port: daemon.ports.submission,
      auth: { user: ada, pass: password },
      tls: { rejectUnauthorized: false },
    });
    const count = sink.messages.length + 1;
    await transport.sendMail({
      from: { name: 'Ada Käfer', address: ada },
      to: 'ben@far.test',
      bcc: 'eve@far.test',
      subject: 'Grüße',
      text: 'Hello \r\n  there\t.\r\n\r\n',
      html: '<p>Hello</p>',
      attachments: [{ filename: 'a.bin', content: Buffer.alloc(300_000, 7) }],
    });
    transport.close();
    return (await sink.waitFor(count)).at(-1)?.bytes ?? Buffer.alloc(0);
  }

  async function verify(bytes: Buffer, keys: Key[]): Promise<string[]> {
    const resolver = async (name: string) => {
      const key = keys.find(({ record }) => record.name === name);
      if (!key) throw Object.assign(new Error('none'), { code: 'ENOTFOUND' });
      return [[key.record.value]];
    };
    const { results } = await dkimVerify(bytes, { resolver } as never);
    return results
      .filter(({ signingDomain }) => signingDomain)
      .map(({ status }) => `${status.result} ${status.aligned}`);
  }

  it('is signed from the activation on, with both keys', async () => {
    const { keys } = (await daemon.dreyJson(['dkim', 'create', 'example.test'])) as { keys: Key[] };
    assert.deepEqual(await verify(await send(), keys), []);
    await daemon.dreyJson(['dkim', 'activate', 'example.test', '--force']);
    // The daemon looks for keys of another process once a second.
    const found = await waitFor(async () => {
      const signed = await verify(await send(), keys);
      return signed.length > 0 && signed;
    }, 'a signed mail');
    assert.deepEqual(found, ['pass example.test', 'pass example.test']);
    assert.ok(!daemon.output().includes('PRIVATE KEY'));
  });
});
