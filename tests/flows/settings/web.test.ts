// The web pages, the directory and the mail log, seen by HTTP, in a file and by a syslog server.
import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { waitFor } from '#tests/support/daemon.ts';
import { visit } from '#tests/support/web-client.ts';
import { ada, openWorld, password, type World } from './world.ts';

describe('settings of web pages, directory and log', () => {
  const prove = openWorld({
    lines: [
      ['domain', 'add', 'other.test'],
      ['user', 'add', 'zoe@other.test', '--password-stdin'],
    ],
  });

  const readLogin = async ({ daemon }: World) => (await fetch(`${daemon.url}/login`)).text();

  prove(
    ['web.title', 'web.organisation', 'web.organisationLink', 'web.motd', 'web.signOutText'],
    async (world) => {
      await world.set('web.title', 'Squirrel Post');
      await world.set('web.organisation', 'The Old Oak');
      await world.set('web.organisationLink', 'https://oak.test/');
      await world.set('web.motd', 'Closed on Sunday');
      const page = await readLogin(world);
      for (const words of ['Squirrel Post', 'The Old Oak', 'https://oak.test/', 'Closed on Sunday'])
        assert.ok(page.includes(words), words);
      await world.set('web.signOutText', 'Come back soon');
      const left = await (await fetch(`${world.daemon.url}/login?bye=1`)).text();
      assert.match(left, /Come back soon/);
    },
  );

  prove('web.logo', async ({ set, daemon }) => {
    const file = join(daemon.folder, 'logo.svg');
    writeFileSync(file, '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"></svg>');
    await set('web.logo', file);
    const answer = await fetch(`${daemon.url}/logo`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get('content-type') ?? '', /svg/);
  });

  prove('web.pageSize', async ({ set, panel, daemon }) => {
    const addresses = Array.from({ length: 15 }, (_, row) => `alias${row}@own.test`);
    for (const address of addresses) await daemon.dreyJson(['alias', 'add', address, ada]);
    const shown = async () => {
      const { text } = await panel.get('/admin/aliases');
      return addresses.filter((address) => text.includes(address)).length;
    };
    assert.equal(await shown(), 15);
    await set('web.pageSize', '10');
    assert.equal(await shown(), 10);
  });

  prove(['log.file', 'log.name', 'log.syslog'], async ({ set, mail, daemon }) => {
    const file = join(daemon.folder, 'mail.log');
    const server = createSocket('udp4');
    server.bind(0, '127.0.0.1');
    await once(server, 'listening');
    const heard: string[] = [];
    server.on('message', (bytes) => heard.push(bytes.toString('utf8')));
    await set('log.file', file);
    await set('log.name', 'squirrel');
    await set('log.syslog', `127.0.0.1:${server.address().port}`);
    await (await mail()).ask('RCPT TO:<nobody@own.test>', /^550 /m);
    await waitFor(() => heard.find((line) => /squirrel\/smtpd.*nobody@own/.test(line)), 'syslog');
    assert.match(readFileSync(file, 'utf8'), /squirrel\/smtpd\[\d+\]: NOQUEUE: reject: RCPT/);
    server.close();
  });

  prove(['directory.isShown', 'directory.scope'], async ({ set, daemon }) => {
    const user = await visit(daemon.url, { address: ada, password });
    const find = async (words: string) => (await user.get(`/api/mail/suggest?q=${words}`)).text;
    assert.match(await find('bob'), /bob@own\.test/);
    assert.doesNotMatch(await find('zoe'), /zoe@other\.test/);
    await set('directory.scope', 'all');
    assert.match(await find('zoe'), /zoe@other\.test/);
    await set('directory.isShown', 'off');
    assert.doesNotMatch(await find('bob'), /bob@own\.test/);
  });
});
