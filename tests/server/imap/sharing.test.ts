// Mailboxes of others over IMAP: what members of shared mailboxes may, what nobody else may, whose quota counts,
// and how an open session loses what it may not read any more (CVE-2020-24386: nobody ever gets into another
// user's mail).
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { readAccount, removeAccount, updateAccount } from '#lib/accounts/account.ts';
import { removeMember, setMember } from '#lib/accounts/member.ts';
import { addSharedMailbox, removeSharedMailbox } from '#lib/accounts/shared.ts';
import { db, write } from '#lib/db.ts';
import { renameAccount } from '#lib/renaming/rename-user.ts';
import { writeSetting } from '#lib/settings/index.ts';
import { createMailbox, ensureMailboxes } from '#server/store/mailboxes.ts';
import { checkCounters } from '#tests/server/store/fixture.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { playTranscript } from '#tests/support/transcript.ts';

type User = { id: string; address: string };

describe('mailboxes of others', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
  });
  after(() => server.close());

  const addShared = (name: string) => addSharedMailbox({ address: `${name}@example.test` }, 'test');
  const play = (dialogue: string, variables: Record<string, string>) =>
    playTranscript(dialogue, 'sharing.test.ts', { connect: () => server.connect(), variables });
  const signIn = (name: string, { address }: User) =>
    [`${name}< * OK ...`, `${name}> 0 LOGIN ${address} "${password}"`, `${name}< 0 OK ...`].join(
      '\n',
    );

  it('are there for members as soon as they are members, to read or to write', async () => {
    const shared = await addShared('team');
    const [writer, reader] = [await server.addUser('writer'), await server.addUser('reader')];
    const team = `Shared/${shared.address}`;
    await setMember(shared.id, writer.id, { mayWrite: true, maySend: false }, 'test');
    await play(
      `${signIn('W', writer)}
W> 1 LIST "" ${team}/%
W< * LIST (\\HasNoChildren) "/" ${team}/Archive
W< * LIST (\\HasNoChildren) "/" ${team}/Drafts
W< * LIST (\\HasNoChildren) "/" ${team}/INBOX
W<< 1 OK ...
W> 2 MYRIGHTS ${team}/INBOX
W= * MYRIGHTS ${team}/INBOX lrswipkxtecd
W< 2 OK ...
W> 3 CREATE ${team}/Offers/2026
W< 3 OK ...
W> 4 APPEND ${team}/Offers/2026 (\\Flagged) {=+}
| Subject: offer
W< 4 OK ...
W> 5 GETACL ${team}/INBOX
W< 5 NO [NOPERM] ...
W> 6 SETACL ${team}/INBOX ${reader.address} lr
W< 6 NO [NOPERM] ...
${signIn('R', reader)}
R> 1 SELECT ${team}/Offers/2026
R< 1 NO [NONEXISTENT] There is no such mailbox`,
      {},
    );
    await setMember(shared.id, reader.id, { mayWrite: false, maySend: false }, 'test');
    await play(
      `${signIn('R', reader)}
R> 1 SELECT ${team}/Offers/2026
R<< * OK [PERMANENTFLAGS (\\Seen)] ...
R<< 1 OK [READ-WRITE] ...
R> 2 STORE 1 +FLAGS (\\Answered)
R< 2 NO [NOPERM] ...
R> 3 STORE 1 +FLAGS (\\Seen)
R< * 1 FETCH ...
R< 3 OK ...
R> 4 CREATE ${team}/Mine
R< 4 NO [NOPERM] ...
R> 5 DELETE ${team}/Offers/2026
R< 5 NO [NOPERM] ...
R> 6 LSUB "" ${team}/*
R<< * LSUB () "/" ${team}/Offers/2026
R<< 6 OK ...`,
      {},
    );
  });

  it('are lost in an open session at once, also in IDLE', async () => {
    const shared = await addShared('leave');
    const user = await server.addUser('leaver');
    await setMember(shared.id, user.id, { mayWrite: true, maySend: false }, 'test');
    const path = `Shared/${shared.address}/INBOX`;
    const socket = await server.connect();
    const answers = readAnswers(socket);
    await answers.next('*');
    await answers.ask(`x LOGIN ${user.address} "${password}"`);
    assert.match(await answers.ask(`x APPEND ${path} {10+}\r\nSubject: x`), /^x OK/);
    assert.match(await answers.ask(`x SELECT ${path}`), /x OK \[READ-WRITE\]/);
    socket.write('x IDLE\r\n');
    await answers.next('+');
    await removeMember(shared.id, user.id, 'test');
    assert.equal(await answers.next('*'), '* 1 EXPUNGE');
    assert.match(await answers.ask('DONE'), /^x OK/);
    const gone = 'There is no such mailbox';
    const after: [string, string][] = [
      ['x FETCH 1:* (FLAGS)', `x NO [NONEXISTENT] ${gone}`],
      ['x UID FETCH 1:* (BODY[])', `x NO [NONEXISTENT] ${gone}`],
      [`x APPEND ${path} {10}`, `x NO [TRYCREATE] ${gone}`],
      ['x LIST "" Shared*', 'x OK List completed'],
      ['x LSUB "" Shared*', 'x OK Lsub completed'],
      ['x CLOSE', 'x OK Close completed'],
    ];
    for (const [line, answer] of after) assert.equal(await answers.ask(line), answer);
    socket.destroy();
  });

  it('have the new address of their owner at once, also where they are selected', async () => {
    const shared = await addShared('was-here');
    const user = await server.addUser('follower');
    await setMember(shared.id, user.id, { mayWrite: true, maySend: false }, 'test');
    const [before, after] = [`Shared/${shared.address}`, 'Shared/is-here@example.test'];
    const socket = await server.connect();
    const answers = readAnswers(socket);
    await answers.next('*');
    await answers.ask(`x LOGIN ${user.address} "${password}"`);
    assert.match(await answers.ask(`x CREATE ${before}/Offers`), /^x OK/);
    assert.match(await answers.ask(`x APPEND ${before}/INBOX {10+}\r\nSubject: x`), /^x OK/);
    assert.match(await answers.ask(`x SELECT ${before}/INBOX`), /x OK \[READ-WRITE\]/);
    await renameAccount(shared.id, { address: 'is-here@example.test', keepsOld: true }, 'test');
    assert.match(await answers.ask('x STORE 1 +FLAGS (\\Flagged)'), /FETCH.*\|x OK/);
    assert.match(await answers.ask('x FETCH 1 BODY[]'), /Subject: x.*x OK/);
    assert.match(await answers.ask(`x COPY 1 ${after}/Offers`), /^x OK \[COPYUID/);
    for (const command of ['LIST', 'LSUB']) {
      const told = await answers.ask(`x ${command} "" Shared/*`);
      assert.ok(told.includes(`${after}/Offers`), command);
      assert.ok(!told.includes(before), command);
    }
    // The alias that is left is an address for mail, not a name of mailboxes.
    assert.match(await answers.ask(`x SELECT ${before}/INBOX`), /x NO \[NONEXISTENT\]/);
    assert.match(await answers.ask(`x SELECT ${after}/INBOX`), /x OK \[READ-WRITE\]/);
    socket.destroy();
  });

  it('answer a stranger in every command like mailboxes that are not there', async () => {
    const owner = await server.addUser('owner');
    const stranger = await server.addUser('stranger');
    await ensureMailboxes(owner.id);
    await createMailbox(owner.id, 'Secret/Plans');
    const commands = [
      'SELECT NAME',
      'EXAMINE NAME',
      'STATUS NAME (MESSAGES)',
      'DELETE NAME',
      'RENAME NAME Mine',
      'SUBSCRIBE NAME',
      'APPEND NAME {10}',
      'COPY 1 NAME',
      'UID COPY 1 NAME',
      'MOVE 1 NAME',
      'UID MOVE 1 NAME',
      'GETACL NAME',
      'SETACL NAME WHO lrs',
      'DELETEACL NAME WHO',
      'LISTRIGHTS NAME WHO',
      'MYRIGHTS NAME',
      'GETMETADATA NAME /shared/comment',
      'SETMETADATA NAME (/shared/comment "x")',
      'SETMETADATA NAME (/private/comment "x")',
      'GETQUOTAROOT NAME',
      'CREATE NAME/Below',
      'RENAME Archive NAME/Archive',
      'LIST "" NAME',
      'LSUB "" NAME',
      'LIST (SUBSCRIBED) "" NAME RETURN (STATUS (MESSAGES) MYRIGHTS)',
    ];
    const names = {
      there: `Shared/${owner.address}/Secret/Plans`,
      missing: `Shared/${owner.address}/Secret/Nowhere`,
      nobody: 'Shared/nobody@example.test/Secret/Plans',
      inbox: `Shared/${owner.address}/INBOX`,
      deleted: `Shared/${owner.address}/#deleted/INBOX`,
      odd: `Shared/${owner.address}/../../${owner.address}/INBOX`,
    };
    const socket = await server.connect();
    const answers = readAnswers(socket);
    await answers.next('*');
    await answers.ask(`x LOGIN ${stranger.address} "${password}"`);
    await answers.ask('x SELECT INBOX');
    for (const command of commands) {
      const told = new Set<string>();
      for (const name of Object.values(names)) {
        const line = command.replace(/\bNAME\b/, name).replace('WHO', stranger.address);
        // SELECT of what is not there closes the mailbox that COPY needs.
        if (/COPY|MOVE/.test(command)) {
          await answers.ask('x SELECT INBOX');
          await answers.ask('x APPEND INBOX {10+}\r\nSubject: x');
        }
        if (/^(SELECT|EXAMINE)/.test(command)) await answers.ask('x SELECT INBOX');
        told.add((await answers.ask(`x ${line}`)).replaceAll(name, 'NAME'));
      }
      assert.equal(told.size, 1, `${command}: ${[...told].join(' | ')}`);
      assert.match([...told][0]!, /^(\* OK \[CLOSED\][^|]*\|)?x (NO|OK)/, command);
    }
    socket.destroy();
  });

  it('count in the quota of their owner', async () => {
    const owner = await server.addUser('small', 100);
    const guest = await server.addUser('guest', 10_000);
    await play(
      `${signIn('A', owner)}
A> 1 SETACL INBOX ${guest.address} lrite
A< 1 OK ...
${signIn('B', guest)}
B> 1 APPEND INBOX {=+}
| Subject: ${'x'.repeat(60)}
B< 1 OK ...
B> 2 SELECT INBOX
B<< 2 OK ...
B> 3 COPY 1 Shared/${owner.address}/INBOX
B< 3 OK [COPYUID ...] ...
B> 4 COPY 1 Shared/${owner.address}/INBOX
B< 4 NO [OVERQUOTA] ...
B> 5 MOVE 1 Shared/${owner.address}/INBOX
B< 5 NO [OVERQUOTA] ...
B> 6 APPEND Shared/${owner.address}/INBOX {90}
B< 6 NO [OVERQUOTA] ...
B> 7 SELECT Shared/${owner.address}/INBOX
B<< 7 OK ...
B> 8 MOVE 1 Archive
B<< * 1 EXPUNGE
B<< 8 OK ...`,
      {},
    );
    const used = async ({ id }: User) => {
      const account = await readAccount(id);
      return [account?.usedMessages, account?.usedBytes];
    };
    assert.deepEqual(await used(owner), [0, 0]);
    assert.deepEqual(await used(guest), [2, 2 * 71]);
  });

  it('keep their counters, flags and ids through every crossing', async () => {
    const [owner, guest] = [await server.addUser('crossing'), await server.addUser('carrier')];
    const path = `Shared/${owner.address}`;
    await play(
      `${signIn('A', owner)}
A> 1 SETACL INBOX ${guest.address} lrswite
A< 1 OK ...
A> 2 SETACL Archive ${guest.address} lri
A< 2 OK ...
${signIn('B', guest)}
B> 1 APPEND INBOX (\\Seen $a) "21-Nov-2020 10:00:00 +0000" {=+}
| Subject: one
B>>  (\\Flagged) {=+}
| Subject: two
B>>  {=+}
| Subject: three
B< 1 OK ...
B> 2 SELECT INBOX
B<< 2 OK ...
B> 3 FETCH 1 (EMAILID)
B< * 1 FETCH (EMAILID (\${email=[^)]+}))
B< 3 OK ...
B> 4 MOVE 1:2 ${path}/INBOX
B< * OK [COPYUID ...] ...
B= * 1 EXPUNGE
B= * 1 EXPUNGE
B< 4 OK ...
B> 5 SELECT ${path}/INBOX
B<< 5 OK ...
B> 6 FETCH 1 (FLAGS INTERNALDATE EMAILID)
B< * 1 FETCH (FLAGS (\\Seen $a...) INTERNALDATE "21-Nov-2020 10:00:00 +0000" EMAILID (\${email}))
B< 6 OK ...
B> 7 COPY 1:2 ${path}/Archive
B< 7 OK [COPYUID ...] ...
B> 8 MOVE 2 ${path}/Archive
B< * OK [COPYUID ...] ...
B= * 2 EXPUNGE
B< 8 OK ...
B> 9 COPY 1 Drafts
B< 9 OK [COPYUID ...] ...
B> 10 EXAMINE ${path}/Archive
B<< 10 OK [READ-ONLY] ...
B> 11 FETCH 1:3 (FLAGS)
B! Seen
B! Flagged
B! $a
B<< 11 OK ...
B> 12 MOVE 1 INBOX
B< 12 NO [READ-ONLY] ...`,
      {},
    );
    await checkCounters(owner.id);
    await checkCounters(guest.id);
  });

  it('are open to anyone only where the setting says so', async () => {
    const [owner, guest] = [await server.addUser('public'), await server.addUser('visitor')];
    const name = `Shared/${owner.address}/Archive`;
    await writeSetting('imap.sharesWithAnyone', true, 'test');
    await play(
      `${signIn('A', owner)}
A> 1 SETACL Archive anyone lr
A< 1 OK ...
A> 2 GETACL Archive
A= * ACL Archive ${owner.address} lrswipkxteacd anyone lr
A< 2 OK ...
A> 3 SETACL Archive -${guest.address} r
A< 3 OK ...
${signIn('B', guest)}
B> 1 MYRIGHTS ${name}
B= * MYRIGHTS ${name} l
B< 1 OK ...`,
      {},
    );
    await writeSetting('imap.sharesWithAnyone', false, 'test');
    await play(
      `${signIn('B', guest)}
B> 1 MYRIGHTS ${name}
B< 1 NO [NONEXISTENT] ...
${signIn('A', owner)}
A> 1 DELETEACL Archive anyone
A< 1 OK ...
A> 2 SETACL Archive anyone lr
A< 2 NO [NOPERM] ...`,
      {},
    );
  });

  it('go with their owner, and rights go with who had them', async () => {
    const owner = await server.addUser('going');
    const [guest, other] = [await server.addUser('stays'), await server.addUser('goes')];
    await play(
      `${signIn('A', owner)}
A> 1 SETACL INBOX ${guest.address} lr
A< 1 OK ...
A> 2 SETACL INBOX ${other.address} lr
A< 2 OK ...
A> 3 SETACL INBOX -${other.address} w
A< 3 OK ...
${signIn('C', other)}
C> 1 SETMETADATA Shared/${owner.address}/INBOX (/private/comment "x")
C< 1 OK ...`,
      {},
    );
    await removeAccount(other.id, 'test');
    await play(
      `${signIn('A', owner)}
A> 1 GETACL INBOX
A= * ACL INBOX ${owner.address} lrswipkxteacd ${guest.address} lr
A< 1 OK ...`,
      {},
    );
    assert.equal(await db.annotation.count({ where: { ownerId: other.id } }), 0);
    await updateAccount(owner.id, { isDisabled: true }, 'test');
    const dialogue = `${signIn('B', guest)}
B> 1 LIST "" Shared*
B< 1 OK ...
B> 2 SELECT Shared/${owner.address}/INBOX
B< 2 NO [NONEXISTENT] There is no such mailbox`;
    await play(dialogue, {});
    await updateAccount(owner.id, { isDisabled: false }, 'test');
    await removeAccount(owner.id, 'test');
    await play(dialogue, {});
    assert.equal(await db.mailboxRight.count({ where: { accountId: owner.id } }), 0);
  });

  it('lose members’ sight when the shared mailbox is removed', async () => {
    const shared = await addShared('closing');
    const user = await server.addUser('closer');
    await setMember(shared.id, user.id, { mayWrite: true, maySend: true }, 'test');
    const path = `Shared/${shared.address}/INBOX`;
    await play(
      `${signIn('A', user)}
A> 1 SELECT ${path}
A<< 1 OK ...`,
      {},
    );
    await removeSharedMailbox(shared.address, 'test');
    await play(
      `${signIn('A', user)}
A> 1 SELECT ${path}
A< 1 NO [NONEXISTENT] ...
A> 2 LIST "" *
A! Shared
A<< 2 OK ...`,
      {},
    );
  });

  it('stand behind a mailbox of one’s own that was called Shared before', async () => {
    const user = await server.addUser('former');
    await ensureMailboxes(user.id);
    await createMailbox(user.id, 'Shared/Old');
    await play(
      `${signIn('A', user)}
A> 1 SELECT Shared/Old
A<< 1 OK [READ-WRITE] ...
A> 2 CREATE Shared/New
A< 2 NO [NOPERM] ...
A> 3 CREATE Shared/Old/New
A< 3 NO [NOPERM] ...
A> 4 LIST "" Shared*
A< * LIST (\\HasChildren) "/" Shared
A< * LIST (\\HasNoChildren) "/" Shared/Old
A< 4 OK ...
A> 5 RENAME Shared Mine
A< 5 OK ...
A> 6 LIST "" Mine*
A< * LIST (\\HasChildren) "/" Mine
A< * LIST (\\HasNoChildren) "/" Mine/Old
A< 6 OK ...`,
      {},
    );
  });

  it('know owners whose address has the separator in it', async () => {
    const [owner, guest] = [await server.addUser('a/b'), await server.addUser('slash')];
    await play(
      `${signIn('A', owner)}
A> 1 SETACL INBOX ${guest.address} lr
A< 1 OK ...
${signIn('B', guest)}
B> 1 STATUS Shared/${owner.address}/INBOX (MESSAGES)
B= * STATUS Shared/${owner.address}/INBOX (MESSAGES 0)
B< 1 OK ...`,
      {},
    );
  });

  it('keep annotations within their limits', async () => {
    const user = await server.addUser('notes');
    const many = Array.from({ length: 60 }, (_, index) => `/private/vendor/x/${index} "v"`);
    const more = Array.from({ length: 41 }, (_, index) => `/private/vendor/y/${index} "v"`);
    await play(
      `${signIn('A', user)}
A> 1 SETMETADATA INBOX (/shared/comment {65537+}
A: raw ${'x'.repeat(65_537)})\\r\\n
A< 1 NO [METADATA MAXSIZE 65536] ...
A> 2 SETMETADATA INBOX (${many.join(' ')})
A< 2 OK ...
A> 3 SETMETADATA INBOX (/shared/comment "not kept" ${more.join(' ')})
A< 3 NO [METADATA TOOMANY] ...
A> 4 GETMETADATA INBOX /shared/comment
A= * METADATA INBOX (/shared/comment NIL)
A< 4 OK ...
A> 5 SETMETADATA INBOX (${more.slice(0, 40).join(' ')})
A< 5 OK ...`,
      {},
    );
    assert.equal(await db.annotation.count({ where: { accountId: user.id } }), 100);
    await write((tx) => tx.annotation.deleteMany({ where: { accountId: user.id } }));
  });
});

/** The replies of one connection, command by command: lines joined by "|", numbers and codes as they are. */
function readAnswers(socket: import('node:net').Socket) {
  let text = '';
  let wake = () => {};
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    wake();
  });
  const next = async (tag: string) => {
    for (;;) {
      const lines = text.split('\r\n');
      const end = lines.findIndex((line) => line.startsWith(`${tag} `));
      if (end >= 0 && end < lines.length - 1) {
        text = lines.slice(end + 1).join('\r\n');
        return lines.slice(0, end + 1).join('|');
      }
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const ask = (line: string) => {
    socket.write(`${line}\r\n`);
    return next('x');
  };
  return { next, ask };
}
