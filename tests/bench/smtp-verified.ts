// Mail of strangers with SPF, DKIM and DMARC to check, against a name server on this machine.
import { generateKeyPairSync } from 'node:crypto';
import { dkimSign } from 'mailauth/lib/dkim/sign.js';
import { startDns } from '#tests/support/dns.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';
import type { Figure } from './run.ts';
import type { Watched } from './watched-daemon.ts';

const runs = 3;
const messages = 600;
const clients = 20;
/** Not trusted, so it is a stranger. */
const stranger = '127.0.0.7';

async function makeSigned(count: number): Promise<{ texts: string[]; key: string }> {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const signature = { signingDomain: 'far.test', selector: 's1', privateKey: pem };
  const texts: string[] = [];
  for (let index = 0; index < count; index += 1) {
    const text =
      `From: eve@far.test\r\nTo: ada@example.test\r\nSubject: signed ${index}\r\nMessage-ID: <${Math.random()}@far.test>\r\n\r\n${'x'.repeat(70)}\r\n`.concat(
        `${'y'.repeat(70)}\r\n`.repeat(55),
      );
    const { signatures } = await dkimSign(text, { ...signature, signatureData: [signature] });
    texts.push(signatures + text);
  }
  const key = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
  return { texts, key };
}

async function send(client: LineClient, texts: string[], user: string): Promise<void> {
  await client.expect(/^220 /m);
  await client.ask('EHLO relay.far.test', /^250 .*\r\n/m);
  for (const text of texts) {
    await client.ask('MAIL FROM:<eve@far.test>', /^250 /m);
    await client.ask(`RCPT TO:<${user}>`, /^250 /m);
    await client.ask('DATA', /^354 /m);
    await client.ask(`${text}.`, /^250 .*\r\n/m);
  }
  client.close();
}

/** Messages a second, each with its signature, SPF record and DMARC policy looked up and judged. */
export async function measureVerified(daemon: Watched, user: string): Promise<Figure[]> {
  const { texts, key } = await makeSigned(messages);
  const dns = await startDns({
    'far.test': { TXT: [`v=spf1 ip4:${stranger} -all`] },
    '_dmarc.far.test': { TXT: ['v=DMARC1; p=reject'] },
    's1._domainkey.far.test': { TXT: [`v=DKIM1; k=rsa; p=${key}`] },
  });
  await daemon.dreyJson(['settings', 'set', 'delivery.dnsServers', dns.server]);
  await daemon.dreyJson(['settings', 'set', 'checks.messagesPerMinute', '0']);
  await daemon.dreyJson(['settings', 'set', 'checks.recipientsPerMinute', '0']);
  const rates: number[] = [];
  const late: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await daemon.takeLoopDelay();
    const started = performance.now();
    const share = Math.ceil(texts.length / clients);
    await Promise.all(
      Array.from({ length: clients }, (_, index) =>
        send(
          connectLines(daemon.ports.smtp, stranger),
          texts.slice(index * share, (index + 1) * share),
          user,
        ),
      ),
    );
    rates.push(texts.length / ((performance.now() - started) / 1000));
    late.push((await daemon.takeLoopDelay()).max);
  }
  await dns.close();
  return [
    { name: 'SPF, DKIM and DMARC checked (goal 300 or more)', unit: 'messages/s', values: rates },
    { name: '  event loop late, longest (goal 50 or less)', unit: 'ms', values: late },
  ];
}
