// `drey …` beside a running server: what it changes is in force for the next command or connection.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Daemon, startDaemon } from '#tests/support/daemon.ts';
import { connectLines } from '#tests/support/line-client.ts';
import { askRecipient, stranger } from '#tests/support/smtp-dialogue.ts';

let daemon: Daemon;
before(async () => {
  daemon = await startDaemon();
});
after(() => daemon.stop());

/** The last reply to RCPT from a stranger on the loopback net. */
const tryRecipient = (recipient: string, from = stranger) =>
  askRecipient(daemon.ports.smtp, recipient, { from });

async function tryLogin(password: string): Promise<string> {
  const imap = connectLines(daemon.ports.imap);
  await imap.expect(/^\* OK .*\r\n/m);
  const reply = await imap.ask(`a LOGIN bob@example.test "${password}"`, /^a \w+ .*\r\n/m);
  imap.close();
  return reply;
}

describe('the command line beside a running server', () => {
  it('sets up once', async () => {
    const args = ['setup', '--admin', 'ada@example.test', '--password-stdin'];
    assert.equal((await daemon.dreyProcess(args, 'a long password\n')).code, 0);
    const again = await daemon.dreyProcess(args, 'a long password\n');
    assert.equal(again.code, 1);
    assert.match(again.stderr, /set up already/);
    assert.equal((await daemon.dreyProcess(['setup-link'])).code, 1, 'no link any more');
  });

  it('adds, disables and removes a user, live', async () => {
    assert.match(await tryRecipient('bob@example.test'), /^550 5\.1\.1 /);
    await daemon.dreyJson(
      ['user', 'add', 'bob@example.test', '--password-stdin', '--name', 'Bob', '--quota', '1G'],
      'bob his password',
    );
    assert.match(await tryRecipient('bob@example.test'), /^250 /);
    assert.match(await tryLogin('bob his password'), /^a OK/m);
    await daemon.dreyJson(
      ['user', 'passwd', 'bob@example.test', '--password-stdin'],
      'another password',
    );
    assert.match(await tryLogin('bob his password'), /^a NO/m);
    assert.match(await tryLogin('another password'), /^a OK/m);
    await daemon.dreyJson(['user', 'disable', 'bob@example.test']);
    assert.match(await tryRecipient('bob@example.test'), /^5/);
    assert.match(await tryLogin('another password'), /^a NO/m);
    await daemon.dreyJson(['user', 'enable', 'bob@example.test']);
    const rows = (await daemon.dreyJson(['user', 'list', 'bob'])) as { quotaBytes: number }[];
    assert.equal(rows[0]?.quotaBytes, 1024 ** 3);
  });

  it('limits what users and domains may keep, live', async () => {
    const set = async (what: string, name: string, ...options: string[]) =>
      (await daemon.dreyJson([what, 'set', name, ...options])) as Record<string, unknown>;
    const setBob = (...options: string[]) => set('user', 'bob@example.test', ...options);
    const setDomain = (...options: string[]) => set('domain', 'example.test', ...options);
    const limited = await setBob('--quota', '2M', '--messages', '10', '--name', 'Robert');
    assert.equal(limited.quotaBytes, 2 * 1024 ** 2);
    assert.equal(limited.quotaMessages, 10);
    assert.equal(limited.displayName, 'Robert');
    const usual = await setBob('--messages', 'default');
    assert.equal(usual.quotaBytes, 2 * 1024 ** 2);
    assert.equal(usual.quotaMessages, null);
    await setBob('--quota', 'default');
    await setDomain('--quota', '1M', '--messages', '5', '--comment', 'small');
    const [domain] = (await daemon.dreyJson(['domain', 'list'])) as Record<string, unknown>[];
    assert.equal(domain?.quotaBytes, 1024 ** 2);
    assert.equal(domain?.quotaMessages, 5);
    assert.equal(domain?.usedMessages, 0);
    await setDomain('--quota', '0', '--messages', '0');
    for (const args of [
      ['domain', 'set', 'example.test', '--quota', 'default'],
      ['domain', 'set', 'example.test', '--messages', '-1'],
      ['domain', 'set', 'example.test'],
      ['user', 'set', 'bob@example.test', '--quota', 'much'],
      ['user', 'set', 'bob@example.test', '--messages', '1.5'],
      ['user', 'set', 'bob@example.test'],
      ['user', 'set', 'nobody@example.test', '--quota', '1G'],
      ['domain', 'set', 'elsewhere.test', '--quota', '1G'],
    ]) {
      assert.equal((await daemon.drey(args)).code, 1, args.join(' '));
    }
    assert.match(await tryRecipient('bob@example.test'), /^250 /);
  });

  it('adds aliases and catch-alls, live', async () => {
    assert.match(await tryRecipient('team@example.test'), /^550/);
    await daemon.dreyJson([
      'alias',
      'add',
      'team@example.test',
      'ada@example.test',
      'out@far.test',
    ]);
    assert.match(await tryRecipient('team@example.test'), /^250/);
    await daemon.dreyJson(['alias', 'add', '@example.test', 'ada@example.test']);
    assert.match(await tryRecipient('whoever@example.test'), /^250/);
    await daemon.dreyJson(['alias', 'rm', '@example.test']);
    assert.match(await tryRecipient('whoever@example.test'), /^550/);
  });

  it('trusts a network, live', async () => {
    assert.match(await tryRecipient('x@outside.test'), /^554 5\.7\.1 /);
    await daemon.dreyJson(['network', 'add', '127.0.0.8/30', '--comment', 'printers']);
    assert.match(await tryRecipient('x@outside.test'), /^250/);
    assert.match(await tryRecipient('x@outside.test', '127.0.0.20'), /^554 5\.7\.1 /);
    await daemon.dreyJson(['network', 'rm', '127.0.0.8/30']);
    assert.match(await tryRecipient('x@outside.test'), /^554 5\.7\.1 /);
  });

  it('changes the banner and the size limit, live', async () => {
    await daemon.dreyJson(['settings', 'set', 'smtp.banner', 'mx.example.test ready when you are']);
    await daemon.dreyJson(['settings', 'set', 'smtp.messageSizeBytes', '1M']);
    const smtp = connectLines(daemon.ports.smtp);
    assert.match(
      await smtp.expect(/^220 .*\r\n/m),
      /^220 mx\.example\.test ready when you are\r\n$/,
    );
    assert.match(await smtp.ask('EHLO client.test', /^250 .*\r\n/m), /SIZE 1048576/);
    smtp.close();
    await daemon.dreyJson(['settings', 'reset', 'smtp.banner']);
    const wrong = await daemon.drey(['settings', 'set', 'smtp.messageSizeBytes', 'many']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /Give a size from 10 KB to 1 GB/);
  });

  it('keeps domains, routes and the queue', async () => {
    await daemon.dreyJson(['domain', 'add', 'second.test']);
    await daemon.dreyJson(['domain', 'rm', 'second.test']);
    const route = (await daemon.dreyJson([
      'route',
      'add',
      'hosts',
      '--to',
      'far.test',
      '--hosts',
      '127.0.0.1:2600',
      '--tls',
      'none',
    ])) as { id: string };
    assert.equal(((await daemon.dreyJson(['route', 'list'])) as unknown[]).length, 1);
    await daemon.dreyJson(['route', 'rm', route.id]);
    assert.deepEqual(await daemon.dreyJson(['queue', 'list']), []);
    assert.match((await daemon.drey(['complete', '--', 'user'])).stdout, /passwd/);
    assert.match((await daemon.drey(['complete', '--', 'user', 'rm'])).stdout, /ada@example\.test/);
  });

  it('answers wrong usage with code 2 and rubbish with one clear line', async () => {
    assert.equal((await daemon.dreyProcess(['user', 'add'])).code, 2);
    assert.equal((await daemon.dreyProcess(['nonsense'])).code, 2);
    const result = await daemon.dreyProcess(
      ['user', 'add', 'not an address', '--password-stdin', '--json'],
      'a long password',
    );
    assert.equal(result.code, 1);
    assert.equal((JSON.parse(result.stdout) as { reason: string }).reason, 'invalid');
    assert.equal(result.stderr.trim().split('\n').length, 1);
  });
});
