// What a client says of itself ends up in headers, in the trail, in the mail log and on pages: it stays one word
// of one line there, wherever it was said.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { resetSetting, writeSetting } from '#lib/settings/index.ts';
import { listEvents } from '#lib/trail/list.ts';
import { flushTrail } from '#lib/trail/record.ts';
import { startMaillog } from '#server/maillog/writer.ts';
import type { Running } from '#server/net/running.ts';
import { until } from '#tests/server/queue/fixture.ts';
import { connectTo } from './client.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let maillog: Running;
const folder = mkdtempSync(join(tmpdir(), 'drey-injection-'));
const file = join(folder, 'mail.log');
before(async () => {
  world = await openWorld();
  maillog = await startMaillog();
  await writeSetting('log.file', file, 'test');
  await writeSetting('smtp.maxErrors', 1000, 'test');
});
after(async () => {
  await resetSetting('log.file', 'test');
  await maillog.stop();
  await world.close();
  rmSync(folder, { recursive: true, force: true });
});

const marker = 'X-Evil: 1';
/** What would begin a line, a field, a tag or a colour of its own. */
const poisons = [
  `a\r\n${marker}`,
  `a\n${marker}`,
  `a\r${marker}`,
  `a\0${marker}`,
  `a\u2028${marker}`,
  `a\u0085${marker}`,
  'a\x1b[31mred',
  'a\u202egnp.exe',
  'a);status=sent',
  'a>,status=sent,<',
  '"><script>alert(1)</script>',
  'x;spf=pass;dkim=pass',
  'x)\tby\tmail.example.org',
  `a=0D=0A${marker}`,
  `a+0D+0A${marker}`,
];

const places: [name: string, lines: (poison: string) => string[]][] = [
  ['HELO', (poison) => [`EHLO ${poison}`]],
  ['a sender', (poison) => ['EHLO far.test', `MAIL FROM:<${poison}@far.test>`]],
  ['a quoted sender', (poison) => ['EHLO far.test', `MAIL FROM:<"${poison}"@far.test>`]],
  ['a domain', (poison) => ['EHLO far.test', `MAIL FROM:<eve@${poison}>`]],
  ['ENVID', (poison) => ['EHLO far.test', `MAIL FROM:<eve@far.test> ENVID=${poison}`]],
  [
    'a recipient',
    (poison) => ['EHLO far.test', 'MAIL FROM:<eve@far.test>', `RCPT TO:<${poison}@example.org>`],
  ],
  [
    'ORCPT',
    (poison) => [
      'EHLO far.test',
      'MAIL FROM:<eve@far.test>',
      `RCPT TO:<ada@example.org> ORCPT=rfc822;${poison}`,
    ],
  ],
  ['a command', (poison) => ['EHLO far.test', `${poison} now`]],
];

const usual = ['EHLO far.test', 'MAIL FROM:<eve@far.test>', 'RCPT TO:<ada@example.org>', 'DATA'];

/** Says the lines, then brings a message whatever came of them. */
async function play(lines: string[], message: string): Promise<string> {
  const client = await world.asStranger();
  await client.send(Buffer.from(lines.map((line) => `${line}\r\n`).join('')));
  await client.read();
  // Torn lines have been answered one by one when this is.
  await client.send('HELP\r\n');
  while (!(await client.read()).startsWith('214 ')) {}
  const isKept = lines.length > 1;
  if (isKept) await client.say('RSET');
  for (const line of isKept ? usual : usual.slice(1)) {
    const reply = await client.say(line);
    assert.match(reply, /^[2345]\d\d[ -]/);
    assert.doesNotMatch(reply, /[^\x20-\x7e\n]/);
    if (/^[45]/.test(reply)) break;
    if (line === 'DATA') {
      await client.send(Buffer.from(message), '.\r\n');
      await client.read();
    }
  }
  client.destroy();
  return '';
}

for (const [name, lines] of places) {
  test(`in ${name}`, async () => {
    const before = (await world.readInbox(world.ada)).length;
    const message = 'From: eve@far.test\r\nTo: ada@example.org\r\nSubject: x\r\n\r\nHi.\r\n';
    for (const poison of poisons) await play(lines(poison), message);
    for (const stored of (await world.readInbox(world.ada)).slice(before)) {
      const header = stored.slice(0, stored.indexOf('\r\n\r\n'));
      assert.doesNotMatch(header, /^(X-Evil|[ \t]*by\tmail)/m);
      assert.doesNotMatch(header, /\r(?!\n)|(?<!\r)\n|[\0\x1b]/);
      assert.doesNotMatch(header, /^[ \t]*(spf|dkim)=pass/m);
    }
  });
}

test('who has HELO and a sender at once: a message arrives with both', async () => {
  for (const helo of ['a);spf=pass', '"><b>', 'x;dkim=pass', 'a(b', "a'b\\"]) {
    const client = await world.asStranger();
    assert.match(await client.say(`EHLO ${helo}`), /^250/);
    assert.match(await client.deliver({ from: '', to: 'ada@example.org' }), /^250 /);
    const stored = (await world.readInbox(world.ada)).at(-1) ?? '';
    const received = /^Received: from (.*)/m.exec(stored)?.[1] ?? '';
    assert.match(received, /^[^()<>";]* \(relay\.far\.test \[192\.0\.2\.7\]\)$/, helo);
    client.destroy();
  }
});

test('in the names of who signs in', async () => {
  for (const poison of poisons.filter((text) => !text.includes('\0'))) {
    const client = await connectTo(world.ports.submission);
    await client.say('EHLO x.test');
    const token = Buffer.from(`\0${poison}\0wrong`).toString('base64');
    assert.match(await client.say(`AUTH PLAIN ${token}`), /^(535 5\.7\.8|454 4\.7\.0) [ -~]*$/);
    client.destroy();
  }
});

test('in fields that the trail and the log repeat', async () => {
  for (const poison of poisons) {
    const client = await world.asStranger();
    await client.say('EHLO far.test');
    const flat = poison.replace(/[\r\n]+/g, ' ');
    const data = `From: eve@far.test\r\nSubject: ${flat}\r\nMessage-ID: <${flat}@far.test>\r\n\r\nx\r\n`;
    assert.match(await client.deliver({ to: 'ada@example.org', data }), /^(250|550) /);
    client.destroy();
  }
});

test('nothing of all that has a line of its own in the trail or the mail log', async () => {
  await flushTrail();
  const events = await listEvents({ pageSize: 1000 });
  assert.ok(events.length > 50);
  for (const event of events) {
    const text = JSON.stringify([event.sender, event.recipient, event.remote, event.text]);
    assert.doesNotMatch(text, /\\[rnu]/, 'no control character');
  }
  const client = await world.asStranger();
  await client.say('EHLO far.test');
  await client.deliver({ from: 'last@far.test', to: 'ada@example.org' });
  const text = await until('the last line', async () => {
    const log = readFileSync(file, 'utf8');
    return log.includes('from=<last@far.test>') ? log : null;
  });
  const lines = text.trimEnd().split('\n');
  assert.ok(lines.length > 50);
  for (const line of lines) {
    assert.match(
      line,
      /^[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S+ (postfix\/\w+\[\d+\]|dovecot(\[\d+\])?): /,
    );
    assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\u2028\u2029]/u);
    assert.doesNotMatch(line, /=<[^>]*,status=sent/);
  }
});
