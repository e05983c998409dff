// NOTIFY (RFC 5465) where transcripts are too small: what is news between two readings, bursts, thousands of
// mailboxes, too much of it, and what is left when a client goes.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { updateAccount } from '#lib/accounts/account.ts';
import { EVENT, findEvents, parseNotify, type Scopes } from '#server/imap/notify/request.ts';
import { compareSnapshots, type MailboxState, type Snapshot } from '#server/imap/notify/state.ts';
import { Bad } from '#server/imap/wire/bad.ts';
import { Cursor } from '#server/imap/wire/cursor.ts';
import { appendMessages } from '#server/store/append.ts';
import { stageBytes } from '#server/store/bodies/stage.ts';
import { createMailbox, findMailbox } from '#server/store/mailboxes.ts';
import { pokeAnnotations } from '#server/store/sharing/annotation-marks.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { connectLines, type LineClient } from '#tests/support/line-client.ts';

const all = EVENT.messages | EVENT.flags | EVENT.name | EVENT.subscription;
const personal: Scopes = {
  personal: all,
  subscribed: 0,
  subtrees: new Map(),
  mailboxes: new Map(),
};

function mailbox(id: string, name: string, change: Partial<MailboxState> = {}): MailboxState {
  return {
    accountId: 'a',
    id,
    name,
    isPersonal: true,
    isReadable: true,
    specialUse: null,
    uidValidity: 1,
    uidNext: 5,
    messages: 4,
    unseen: 2,
    modseq: 9,
    ...change,
  };
}

function snapshot(mailboxes: MailboxState[], subscribed: string[] = []): Snapshot {
  return {
    mailboxes: new Map(mailboxes.map((one) => [one.id, one])),
    subscribed: new Set(subscribed),
  };
}

/** "list name < oldName" and "status name", as they are told. */
function told(before: Snapshot, after: Snapshot, scopes = personal): string[] {
  return compareSnapshots(before, after, scopes, null).map((news) => {
    if (news.kind === 'status') return `status ${news.mailbox.name}`;
    if (news.kind === 'metadata') return `metadata ${news.name}`;
    const gone = news.mailbox === null ? ' gone' : '';
    return `list ${news.name}${news.oldName === null ? '' : ` < ${news.oldName}`}${gone}`;
  });
}

describe('what is news to NOTIFY', () => {
  const inbox = mailbox('1', 'INBOX');
  const cases: [string, Snapshot, Snapshot, string[]][] = [
    ['nothing', snapshot([inbox]), snapshot([inbox]), []],
    ['new mail', snapshot([inbox]), snapshot([{ ...inbox, uidNext: 6 }]), ['status INBOX']],
    ['a flag', snapshot([inbox]), snapshot([{ ...inbox, modseq: 10 }]), ['status INBOX']],
    ['an expunge', snapshot([inbox]), snapshot([{ ...inbox, messages: 3 }]), ['status INBOX']],
    [
      'two that change names',
      snapshot([mailbox('1', 'a'), mailbox('2', 'b')]),
      snapshot([mailbox('1', 'b'), mailbox('2', 'a')]),
      ['list b < a', 'list a < b', 'status b', 'status a'],
    ],
    [
      'deleted and made again: its numbers are new too',
      snapshot([mailbox('1', 'a')]),
      snapshot([mailbox('2', 'a', { uidValidity: 2, uidNext: 1, messages: 0 })]),
      ['list a', 'status a'],
    ],
    [
      'made and filled before anybody looked',
      snapshot([]),
      snapshot([mailbox('1', 'a')]),
      ['list a', 'status a'],
    ],
    ['deleted', snapshot([mailbox('1', 'a')]), snapshot([]), ['list a gone']],
    [
      'renamed and subscribed at once: one line',
      snapshot([mailbox('1', 'a')]),
      snapshot([mailbox('1', 'b')], ['b']),
      ['list b < a'],
    ],
    ['a subscription without a mailbox', snapshot([], ['x']), snapshot([]), []],
    [
      'no longer readable: nothing else of it',
      snapshot([inbox]),
      snapshot([{ ...inbox, isReadable: false, uidNext: 9 }]),
      ['list INBOX'],
    ],
  ];
  for (const [name, before, after, expected] of cases) {
    it(name, () => assert.deepEqual(told(before, after), expected));
  }

  it('keeps what a selected mailbox has not told for later', () => {
    const after = snapshot([{ ...inbox, uidNext: 6 }]);
    const selected = { id: '1', isTold: () => false };
    assert.deepEqual(compareSnapshots(snapshot([inbox]), after, personal, selected), []);
    assert.deepEqual(told(after, snapshot([{ ...inbox, uidNext: 6 }])), ['status INBOX']);
    const known = snapshot([{ ...inbox, uidNext: 6 }]);
    const current = { id: '1', isTold: () => true };
    assert.deepEqual(compareSnapshots(snapshot([inbox]), known, personal, current), []);
    assert.deepEqual(told(known, snapshot([{ ...inbox, uidNext: 6 }])), []);
  });

  it('finds events of a mailbox in all groups that it is in', () => {
    const scopes = {
      personal: EVENT.name,
      subscribed: EVENT.messages,
      subtrees: new Map([['a', EVENT.flags]]),
      mailboxes: new Map([['a/b', EVENT.subscription]]),
    };
    const at = (name: string, isPersonal: boolean, isSubscribed: boolean) =>
      findEvents(scopes, { name, isPersonal, isSubscribed });
    assert.equal(at('a/b', true, true), all);
    assert.equal(at('a/b/c', false, false), EVENT.flags);
    assert.equal(at('ab', false, false), 0);
  });
});

describe('the grammar of NOTIFY', () => {
  it('takes a command whole and nothing less', () => {
    const text =
      'SET STATUS (selected (MessageNew (UID BODY.PEEK[HEADER.FIELDS (TO)]) MessageExpunge)) ' +
      '(subtree (a "b c") (MailboxName)) (personal NONE)';
    const parse = (part: string) => parseNotify(new Cursor([{ kind: 'text', text: part }]));
    assert.equal(parse(text)?.scopes.subtrees.get('b c'), EVENT.name);
    for (let end = 0; end < text.length; end++) {
      const part = text.slice(0, end);
      // Complete groups stand alone, too.
      if (/\)\)$/.test(part) && !/\)\)\)?$/.test(text.slice(0, end + 1))) continue;
      try {
        parse(part);
      } catch (error) {
        assert.ok(error instanceof Bad, `${part}: ${error}`);
      }
    }
  });
});

describe('NOTIFY', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
  });
  after(() => server.close());

  async function signIn(address: string): Promise<LineClient> {
    const client = connectLines(server.port);
    await client.expect(/^\* OK/);
    await client.ask(`a LOGIN ${address} "${password}"`, /^a OK/m);
    return client;
  }

  async function append(accountId: string, mailboxId: string, count = 1): Promise<void> {
    const body = await stageBytes(Buffer.from('Subject: x\r\n\r\n'));
    const one = { body, prefix: Buffer.alloc(0), flags: 0, keywords: [], internalDate: new Date() };
    await appendMessages(accountId, mailboxId, Array(count).fill(one));
  }

  it('tells a burst in few lines, and the last numbers', async () => {
    const { id, address } = await server.addUser('burst');
    const client = await signIn(address);
    await client.ask('b NOTIFY SET (personal (MessageNew MessageExpunge))', /^b OK/m);
    const inbox = (await findMailbox(id, 'INBOX'))!;
    const sent = (await findMailbox(id, 'Sent'))!;
    await Promise.all(
      Array.from({ length: 100 }, (_, at) => append(id, (at % 2 ? inbox : sent).id)),
    );
    await append(id, inbox.id);
    await append(id, sent.id);
    let text = '';
    while (!(text.includes('INBOX (MESSAGES 51 ') && text.includes('Sent (MESSAGES 51 '))) {
      text += await client.expect(/STATUS .*\r\n$/);
    }
    // Each change at most once; mostly many in one.
    assert.ok(text.split('\r\n').length <= 103, text);
    client.close();
  });

  it('watches two thousand mailboxes by a few listeners', async () => {
    const { id, address } = await server.addUser('many');
    const first = await signIn(address);
    for (let at = 0; at < 1900; at += 100) {
      await Promise.all(
        Array.from({ length: 100 }, (_, more) => createMailbox(id, `m/${at + more}`)),
      );
    }
    const listening = countListeners();
    await first.ask(
      'b NOTIFY SET STATUS (personal (MessageNew MessageExpunge FlagChange MailboxName))',
      /^b OK/m,
    );
    assert.ok(countListeners() <= listening + 4);
    await append(id, (await findMailbox(id, 'm/1234'))!.id);
    const text = await first.expect(/STATUS .*\r\n$/);
    assert.match(
      text,
      /^\* STATUS m\/1234 \(MESSAGES 1 UIDNEXT 2 UIDVALIDITY \d+ UNSEEN 1 HIGHESTMODSEQ 2\)\r\n$/,
    );
    await first.ask('c NOTIFY NONE', /^c OK/m);
    assert.equal(countListeners(), listening);
    first.close();
  });

  it('refuses more names than it keeps, and the former registration stays', async () => {
    const { id, address } = await server.addUser('names');
    const client = await signIn(address);
    await client.ask('b NOTIFY SET (personal (MailboxName))', /^b OK/m);
    const names = Array.from({ length: 2001 }, (_, at) => `n${at}`).join(' ');
    await client.ask(
      `c NOTIFY SET (mailboxes (${names}) (MailboxName))`,
      /^c NO \[NOTIFICATIONOVERFLOW\]/m,
    );
    await createMailbox(id, 'Other');
    await client.expect(/^\* LIST \(\\HasNoChildren\) "\/" Other\r\n/m);
    client.close();
  });

  it('ends with NOTIFICATIONOVERFLOW where too many messages come with attributes', async () => {
    const { id, address } = await server.addUser('flood');
    const client = await signIn(address);
    await client.ask('b SELECT INBOX', /^b OK/m);
    await client.ask('c NOTIFY SET (selected (MessageNew (UID) MessageExpunge))', /^c OK/m);
    const inbox = (await findMailbox(id, 'INBOX'))!;
    await append(id, inbox.id, 2001);
    const text = await client.expect(/NOTIFICATIONOVERFLOW/);
    assert.match(text, /^\* 2001 EXISTS\r\n/);
    assert.match(text, /^\* OK \[NOTIFICATIONOVERFLOW\] /m);
    assert.doesNotMatch(text, /FETCH/);
    // As behind NOTIFY NONE.
    await append(id, inbox.id);
    assert.match(await client.ask('d NOOP', /^d OK/m), /^d OK/);
    client.close();
  });

  it('says goodbye to an account that has been disabled', async (test) => {
    const { id, address } = await server.addUser('disabled');
    const client = await signIn(address);
    await client.ask('b NOTIFY SET (personal (MailboxName))', /^b OK/m);
    test.mock.timers.enable({ apis: ['Date'], now: Date.now() + 60_000 });
    await updateAccount(id, { isDisabled: true }, 'test');
    await createMailbox(id, 'After');
    await client.expect(/^\* BYE /m);
  });

  it('leaves nothing behind when the client goes', async () => {
    const { address } = await server.addUser('gone');
    const listening = countListeners();
    const client = await signIn(address);
    await client.ask('b SELECT INBOX', /^b OK/m);
    await client.ask(
      'c NOTIFY SET (selected (MessageNew MessageExpunge)) (personal (MailboxName MailboxMetadataChange))',
      /^c OK/m,
    );
    assert.ok(countListeners() > listening);
    const closed = client.ask('d LOGOUT', /^d OK/m);
    await closed;
    while (countListeners() > listening) await new Promise(setImmediate);
    pokeAnnotations('nobody');
    client.close();
  });
});

/** Everybody who listens for pokes in this process. */
function countListeners(): number {
  const { dreyPokes } = globalThis as unknown as {
    dreyPokes: { emitter: import('node:events').EventEmitter };
  };
  const { emitter } = dreyPokes;
  return emitter.eventNames().reduce((sum, name) => sum + emitter.listenerCount(name), 0);
}
