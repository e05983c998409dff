// Every mechanism besides SCRAM (scram-protocols.test.ts) over every protocol, with and without an initial response,
// and the setting that says which are offered: announced is what works, and nothing else.
import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { requireAccount } from '#lib/accounts/account.ts';
import { createInternalToken } from '#lib/accounts/sessions.ts';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { startPop3Servers } from '#server/pop3/servers.ts';
import { startSmtpServers } from '#server/smtp/servers.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

const protocols = {
  imap: {
    greeting: /^\* OK/m,
    hello: null,
    capabilities: ['c CAPABILITY', /^c OK.*\r\n/m],
    announced: /AUTH=(\S+)/g,
    begin: 'a AUTHENTICATE',
    challenge: /^\+ .*\r\n/m,
    ok: /^a OK .*\r\n/m,
    refused: /^a NO .*\r\n/m,
  },
  pop3: {
    greeting: /^\+OK/m,
    hello: null,
    capabilities: ['CAPA', /^\.\r\n/m],
    announced: /(?<=^SASL .*)([A-Z0-9-]{4,})/gm,
    begin: 'AUTH',
    challenge: /^\+ .*\r\n/m,
    ok: /^\+OK .*\r\n/m,
    refused: /^-ERR .*\r\n/m,
  },
  submission: {
    greeting: /^220 /m,
    hello: 'EHLO client.test',
    capabilities: ['EHLO client.test', /^250 .*\r\n/m],
    announced: /(?<=^250.AUTH .*)([A-Z0-9-]{4,})/gm,
    begin: 'AUTH',
    challenge: /^334 .*\r\n/m,
    ok: /^235 .*\r\n/m,
    refused: /^(504|535) .*\r\n/m,
  },
} as const;
type Name = keyof typeof protocols;
const names = Object.keys(protocols) as Name[];

let imap: ImapServer;
let ports: Record<string, number>;
let address: string;
let token: string;
const stops: (() => Promise<void>)[] = [];
before(async () => {
  for (const name of ['POP3', 'POP3S', 'SMTP', 'SUBMISSION', 'SUBMISSIONS']) {
    process.env[`DREY_${name}_PORT`] = '0';
  }
  imap = await openImapServer();
  const [pop3, smtp] = [await startPop3Servers(), await startSmtpServers()];
  stops.push(pop3.stop, smtp.stop);
  ports = { ...pop3.ports, ...smtp.ports, imap: imap.port };
  address = (await imap.addUser('mechanisms')).address;
  token = createInternalToken(await requireAccount(address));
  await writeSetting('security.maxLoginFailures', 1000, 'test');
});
afterEach(() => resetSetting('security.mechanisms', 'test'));
after(async () => {
  for (const stop of stops) await stop();
  await imap.close();
});

const encode = (text: string) => Buffer.from(text).toString('base64');

async function open(name: Name): Promise<LineClient> {
  const { greeting, hello } = protocols[name];
  const client = connectLines(ports[name] ?? 0, '127.0.0.1');
  await client.expect(greeting);
  if (hello) await client.ask(hello, /^250 .*\r\n/m);
  return client;
}

/** What the client says, answer by answer. */
const answers: Record<string, (secret: string) => string[]> = {
  PLAIN: (secret) => [`\0${address}\0${secret}`],
  LOGIN: (secret) => [address, secret],
  OAUTHBEARER: (secret) => [`n,a=${address},\x01auth=Bearer ${secret}\x01\x01`],
  XOAUTH2: (secret) => [`user=${address}\x01auth=Bearer ${secret}\x01\x01`],
};
const secretOf = (mechanism: string) => (/AUTH/.test(mechanism) ? token : password);

/** The last line of the server. */
async function authenticate(
  name: Name,
  mechanism: string,
  { secret = secretOf(mechanism), isInitial = false } = {},
): Promise<string> {
  const { begin, challenge, ok, refused } = protocols[name];
  const client = await open(name);
  const end = new RegExp(`${challenge.source}|${ok.source}|${refused.source}`, 'm');
  const lines = (answers[mechanism] as (typeof answers)[string])(secret).map(encode);
  const initial = isInitial ? ` ${lines.shift()}` : '';
  let said = await client.ask(`${begin} ${mechanism}${initial}`, end);
  while (challenge.test(said) && !ok.test(said)) {
    // RFC 7628 §3.2.3: after the error a client says one more byte, and is refused.
    said = await client.ask(lines.shift() ?? encode('\x01'), end);
  }
  client.close();
  return said;
}

async function listAnnounced(name: Name): Promise<string[]> {
  const { capabilities, announced } = protocols[name];
  const client = await open(name);
  const said = await client.ask(capabilities[0], capabilities[1]);
  client.close();
  return [...said.matchAll(announced)].map(([, mechanism]) => mechanism ?? '').sort();
}

for (const name of names) {
  const { ok, refused } = protocols[name];
  describe(`${name}: mechanisms`, () => {
    for (const mechanism of Object.keys(answers)) {
      it(`${mechanism}, at once and asked for`, async () => {
        assert.match(await authenticate(name, mechanism, { isInitial: true }), ok);
        assert.match(await authenticate(name, mechanism), ok);
        assert.match(await authenticate(name, mechanism, { secret: 'wrong' }), refused);
      });
    }

    it('are those of the setting, and no others work', async () => {
      await writeSetting('security.mechanisms', ['PLAIN'], 'test');
      // On this machine itself the webmail's stay.
      assert.deepEqual(await listAnnounced(name), ['OAUTHBEARER', 'PLAIN', 'XOAUTH2']);
      assert.match(await authenticate(name, 'PLAIN', { isInitial: true }), ok);
      assert.match(await authenticate(name, 'LOGIN', { isInitial: true }), refused);
      await writeSetting('security.mechanisms', ['LOGIN', 'SCRAM-SHA-256'], 'test');
      assert.deepEqual(await listAnnounced(name), [
        ...['LOGIN', 'OAUTHBEARER', 'SCRAM-SHA-256', 'XOAUTH2'],
      ]);
      assert.match(await authenticate(name, 'PLAIN', { isInitial: true }), refused);
      assert.match(await authenticate(name, 'LOGIN', { isInitial: true }), ok);
    });
  });
}
