// Quota as IMAP tells it (RFC 9208): roots, resources, refusals, what \Deleted would give back.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ImapFlow } from 'imapflow';
import { addAccount, updateAccount } from '#lib/accounts/account.ts';
import { addDomain, updateDomain } from '#lib/accounts/domain.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { playTranscript } from '#tests/support/transcript.ts';

describe('quota over IMAP', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
  });
  after(() => server.close());

  type Limits = { quotaBytes?: number; quotaMessages?: number };
  type Case = { why: string; user?: Limits; domain?: Limits; dialogue: string };

  const message = ['| Subject: 12345', '|', '| 6789'];
  const cases: Case[] = [
    {
      why: 'no limit: no root, and nothing is told',
      dialogue: `
A> a1 GETQUOTAROOT INBOX
A= * QUOTAROOT INBOX
A< a1 OK ...
A> a2 GETQUOTA ""
A< a2 NO [NONEXISTENT] ...
A> a3 GETQUOTA "Domain \${domain}"
A< a3 NO [NONEXISTENT] ...`,
    },
    {
      why: 'messages of the user',
      user: { quotaMessages: 2 },
      dialogue: `
A> a1 GETQUOTAROOT INBOX
A= * QUOTAROOT INBOX ""
A= * QUOTA "" (MESSAGE 0 2)
A< a1 OK ...
A> a2 APPEND INBOX (\\Deleted) {=}
${message.join('\n')}
A< a2 OK ...
A> a3 SELECT INBOX
A<< a3 OK ...
A> a4 COPY 1 INBOX
A<< a4 OK ...
A> a5 COPY 1 INBOX
A< a5 NO [OVERQUOTA] The mailbox is full: it has as many messages as it may hold.
A> a6 APPEND INBOX {10}
A< a6 NO [OVERQUOTA] The mailbox is full: it has as many messages as it may hold.
A> a7 STATUS INBOX (DELETED DELETED-STORAGE)
A= * STATUS INBOX (DELETED 2 DELETED-STORAGE 48)
A< a7 OK ...
A> a8 EXPUNGE
A<< a8 OK ...
A> a9 STATUS INBOX (DELETED DELETED-STORAGE)
A= * STATUS INBOX (DELETED 0 DELETED-STORAGE 0)
A< a9 OK ...
A> b1 GETQUOTA ""
A= * QUOTA "" (MESSAGE 0 2)
A< b1 OK ...`,
    },
    {
      why: 'several messages of one APPEND count together before they are sent',
      user: { quotaMessages: 1 },
      dialogue: `
A> a1 APPEND INBOX {=}
${message.join('\n')}
A>>  {20}
A< a1 NO [OVERQUOTA] ...
A> a2 GETQUOTA ""
A= * QUOTA "" (MESSAGE 0 1)
A< a2 OK ...`,
    },
    {
      why: 'both of the user, both of the domain',
      user: { quotaBytes: 20_480, quotaMessages: 7 },
      domain: { quotaBytes: 1_048_576, quotaMessages: 1 },
      dialogue: `
A> a1 GETQUOTAROOT INBOX
A= * QUOTAROOT INBOX "" "Domain \${domain}"
A= * QUOTA "Domain \${domain}" (STORAGE 0 1024 MESSAGE 0 1)
A= * QUOTA "" (STORAGE 0 20 MESSAGE 0 7)
A< a1 OK ...
A> a2 APPEND INBOX {=}
${message.join('\n')}
A< a2 OK ...
A> a3 APPEND INBOX {10}
A< a3 NO [OVERQUOTA] The domain \${domain} has as many messages as it may hold.
A> a4 GETQUOTA "Domain \${domain}"
A= * QUOTA "Domain \${domain}" (STORAGE 1 1024 MESSAGE 1 1)
A< a4 OK ...
A> a5 SELECT INBOX
A<< a5 OK ...
A> a6 COPY 1 INBOX
A< a6 NO [OVERQUOTA] The domain \${domain} has as many messages as it may hold.
A> a7 UID MOVE 1 Archive
A<< a7 OK ...`,
    },
    {
      why: 'only the domain is limited',
      domain: { quotaBytes: 1024 },
      dialogue: `
A> a1 GETQUOTAROOT INBOX
A= * QUOTAROOT INBOX "Domain \${domain}"
A= * QUOTA "Domain \${domain}" (STORAGE 0 1)
A< a1 OK ...
A> a2 APPEND INBOX {1025}
A< a2 NO [OVERQUOTA] The domain \${domain} has used up its storage.
A> a3 GETQUOTA "Domain example.net"
A< a3 NO [NONEXISTENT] ...`,
    },
  ];

  for (const [index, { why, user, domain, dialogue }] of cases.entries()) {
    it(why, async () => {
      const name = `d${index}.test`;
      await addDomain({ name, ...domain }, 'test');
      await addAccount({ address: `ada@${name}`, password, ...user }, 'test');
      const login = `A< * OK ...\nA> a0 LOGIN ada@${name} "${password}"\nA< a0 OK ...`;
      await playTranscript(`${login}${dialogue}\n`, why, {
        connect: () => server.connect(),
        variables: { domain: name },
      });
    });
  }

  it('imapflow shows the room of the user, not that of the domain', async () => {
    const { id, address } = await server.addUser('flow');
    await updateAccount(id, { quotaBytes: 2048, quotaMessages: 3 }, 'test');
    await updateDomain('example.test', { quotaBytes: 10_240, quotaMessages: 0 }, 'test');
    const client = new ImapFlow({
      host: '127.0.0.1',
      port: server.port,
      secure: false,
      doSTARTTLS: false,
      auth: { user: address, pass: password },
      logger: false,
    });
    await client.connect();
    const quota = await client.getQuota('INBOX');
    await client.logout();
    assert.ok(quota);
    assert.equal(quota.storage?.limit, 2048);
    assert.deepEqual((quota as { message?: object }).message, {
      usage: 0,
      limit: 3,
      status: '0%',
    });
  });
});
