// What mail programs do that a server has to bear, each with the name of the program that taught it (docs: research
// on clients). Those about literals before login, COMPRESS and sections stand in the tests of their own.
import assert from 'node:assert/strict';
import { after, before, describe, it, mock } from 'node:test';
import { Refusal } from '#lib/errors.ts';
import { readSetting, resetSetting, writeSetting } from '#lib/settings/index.ts';
import { Deadline } from '#server/imap/deadline.ts';
import { refuse } from '#server/imap/refusal.ts';
import { type ImapServer, openImapServer, password } from '#tests/support/imap-server.ts';
import { playTranscript } from '#tests/support/transcript.ts';

const login = `A< * OK ...\nA> a0 LOGIN \${user} \${password}\nA< a0 OK ...\n`;
const loginB = `B< * OK ...\nB> b0 LOGIN \${user} \${password}\nB< b0 OK ...\n`;
const append = 'A> a1 APPEND INBOX {=+}\n| Subject: 1\n|\n| 0123456789\nA<< a1 OK ...\n';
const select = 'A> a2 SELECT INBOX\nA<< a2 OK ...\n';

const quirks: [client: string, what: string, dialogue: string][] = [
  [
    'iOS Mail',
    'sends DONE and the next commands in one packet',
    `${login}${select}A> a3 IDLE
A< + ...
A: raw DONE\\r\\na4 NOOP\\r\\na5 IDLE\\r\\nDONE\\r\\na6 NOOP\\r\\n
A< a3 OK ...
A< a4 OK ...
A< + ...
A< a5 OK ...
A< a6 OK ...`,
  ],
  [
    'macOS Mail',
    'never asks for SPECIAL-USE, and uses what LIST says',
    `${login}A> a1 LIST "" "%"
A<< * LIST (\\HasNoChildren \\Drafts) "/" Drafts
A<< * LIST (\\HasNoChildren \\Sent) "/" Sent
A<< * LIST (\\HasNoChildren \\Trash) "/" Trash
A< a1 OK ...`,
  ],
  [
    'Apple Mail',
    'moves UIDs that it has not been told about, and those that are gone',
    `${login}${select}${loginB}B> b1 APPEND INBOX {=+}
| Subject: new
B< b1 OK ...
A> a3 UID MOVE 1 Archive
A< * 1 EXISTS
A< * 1 RECENT
A< * OK [COPYUID ... 1 1] ...
A= * 1 EXPUNGE
A< a3 OK ...
A> a4 UID MOVE 1 Archive
A< a4 OK ...
A> a5 UID COPY 1 Archive
A< a5 OK ...
A> a6 UID STORE 1 +FLAGS (\\Deleted)
A< a6 OK ...`,
  ],
  [
    'Outlook 2010',
    'wants its Sent, Drafts and Trash to be there: they are, and subscribed',
    `${login}A> a1 LSUB "" "*"
A<< * LSUB () "/" Drafts
A<< * LSUB () "/" Sent
A<< * LSUB () "/" Trash
A< a1 OK ...
A> a2 SELECT Sent
A<< a2 OK [READ-WRITE] ...`,
  ],
  [
    'Outlook 2013',
    'asks XLIST for its folders',
    `${login}A> a1 XLIST "" "%"
A<< * XLIST (... \\Sent...) "/" Sent
A<< a1 OK ...`,
  ],
  [
    'Outlook',
    'loses mail below a \\Noselect parent: parents are real',
    `${login}A> a1 CREATE one/two/three
A< a1 OK ...
A! Noselect
A> a2 LIST "" "one*"
A<< a2 OK ...
A> a3 SELECT one
A<< a3 OK ...
A> a4 STATUS one/two (MESSAGES)
A= * STATUS one/two (MESSAGES 0)
A< a4 OK ...`,
  ],
  [
    'Outlook',
    'goes on after a refused literal: the next command is not eaten',
    `${login}A> a1 APPEND Nowhere {5}
A< a1 NO [TRYCREATE] ...
A> a2 NOOP
A< a2 OK ...
A> a3 APPEND INBOX {2000000000}
A< a3 NO [TOOBIG] ...
A> a4 NOOP
A< a4 OK ...
A: raw a5 APPEND Nowhere {5+}\\r\\nhello\\r\\n
A< a5 NO [TRYCREATE] ...
A> a6 NOOP
A< a6 OK ...`,
  ],
  [
    'Outlook in the cloud',
    'wants the tag of ESEARCH in quotes, and signs in with SASL LOGIN',
    `A< * OK [CAPABILITY ...AUTH=LOGIN...] ...
A> a0 AUTHENTICATE LOGIN
A< + ...
A> \${user64}
A< + ...
A> \${password64}
A< a0 OK ...
${select}A> a3 UID SEARCH RETURN (ALL) ALL
A< * ESEARCH (TAG "a3") UID
A< a3 OK ...`,
  ],
  [
    'Outlook Express',
    'learns of new mail at NOOP only',
    `${login}${select}${loginB}B> b1 APPEND INBOX {=+}
| Subject: new
B< b1 OK ...
A> a3 NOOP
A= * 1 EXISTS
A= * 1 RECENT
A< a3 OK ...`,
  ],
  [
    'Thunderbird',
    'reads by chunks, up to the end and past it',
    `${login}${append}${select}A> a3 UID FETCH 1 (UID RFC822.SIZE BODY.PEEK[]<0.20>)
A< * 1 FETCH (UID 1 RFC822.SIZE 26 BODY[]<0> {20}
A<< a3 OK ...
A> a4 UID FETCH 1 (UID BODY.PEEK[]<20.20>)
A= * 1 FETCH (UID 1 BODY[]<20> {6}
A= 6789
A= )
A< a4 OK ...
A> a5 UID FETCH 1 (UID BODY.PEEK[]<26.20>)
A= * 1 FETCH (UID 1 BODY[]<26> "")
A< a5 OK ...
A> a6 UID FETCH 1 (UID BODY.PEEK[]<46.20>)
A= * 1 FETCH (UID 1 BODY[]<46> "")
A< a6 OK ...`,
  ],
  [
    'Thunderbird',
    'makes folders with the separator at the end, and reads LSUB of parents',
    `${login}A> a1 CREATE work/
A< a1 OK ...
A> a2 CREATE work/2026/
A< a2 OK ...
A> a3 SUBSCRIBE work/2026
A< a3 OK ...
A> a4 LSUB "" "work%"
A<< a4 OK ...
A> a5 LIST "" "work*"
A= * LIST (\\HasChildren) "/" work
A= * LIST (\\HasNoChildren) "/" work/2026
A< a5 OK ...`,
  ],
  [
    'Thunderbird for Android',
    'sends names as literals',
    `${login}A: raw a1 CREATE {5+}\\r\\na b c\\r\\n
A< a1 OK ...
A: raw a2 SELECT {5+}\\r\\na b c\\r\\n
A<< a2 OK [READ-WRITE] ...`,
  ],
  [
    'Thunderbird',
    'switches to UTF-8 by itself: names in quotes and as literals, and APPEND in both forms',
    `${login}A> a1 ENABLE UTF8=ACCEPT
A= * ENABLED UTF8=ACCEPT
A< a1 OK ...
A> a2 CREATE "Entwürfe"
A< a2 OK ...
A: raw a3 SUBSCRIBE {9+}\\r\\nEntw\\xc3\\xbcrfe\\r\\n
A< a3 OK ...
A> a4 LIST "" "Entw%"
A= * LIST (\\HasNoChildren) "/" "Entwürfe"
A< a4 OK ...
A: raw a5 APPEND "Entw\\xc3\\xbcrfe" UTF8 (~{13+}\\r\\nSubject: \\xc3\\xbc\\r\\n)\\r\\n
A< a5 OK ...
A: raw a6 APPEND "Entw\\xc3\\xbcrfe" {13+}\\r\\nSubject: \\xc3\\xbc\\r\\n\\r\\n
A< a6 OK ...
A> a7 STATUS "Entwürfe" (MESSAGES)
A= * STATUS "Entwürfe" (MESSAGES 2)
A< a7 OK ...`,
  ],
  [
    'imapflow',
    'enables IMAP4rev2 with all it knows in one command, and wants ALL in ESEARCH',
    `${login}${append}A> a2 ENABLE CONDSTORE UTF8=ACCEPT QRESYNC IMAP4rev2
A= * ENABLED CONDSTORE QRESYNC UTF8=ACCEPT IMAP4rev2
A< a2 OK ...
A> a3 SELECT INBOX
A<< a3 OK ...
A> a4 UID SEARCH RETURN (ALL) ALL
A= * ESEARCH (TAG "a4") UID ALL 1
A< a4 OK ...
A> a5 UID SEARCH ALL
A= * ESEARCH (TAG "a5") UID ALL 1
A< a5 OK ...
A> a6 GETQUOTAROOT INBOX
A< * QUOTAROOT INBOX...
A<< a6 OK ...`,
  ],
  [
    'every client',
    'asks for the header of a part: that of a message within is its own, not the one of the mail in it',
    `${login}A> a1 APPEND INBOX {=+}
| Content-Type: multipart/mixed; boundary=b
|
| --b
| Content-Type: message/rfc822
| Content-Description: outer
|
| Subject: inner
|
| text
| --b--
A< a1 OK ...
${select}A> a3 FETCH 1 BODY.PEEK[1.MIME]
A< * 1 FETCH (BODY[1.MIME] {60}
A= Content-Type: message/rfc822
A= Content-Description: outer
A=
A= )
A< a3 OK ...
A> a4 FETCH 1 BODY.PEEK[1.HEADER]
A< * 1 FETCH (BODY[1.HEADER] {18}
A= Subject: inner
A=
A= )
A< a4 OK ...`,
  ],
  [
    'Gmail for Android',
    'wants a space behind "+", and all extension fields of BODYSTRUCTURE',
    `${login}A> a1 APPEND INBOX {=}
| Content-Type: image/png
|
| x
A< a1 OK ...
${select}A> a3 FETCH 1 BODYSTRUCTURE
A< * 1 FETCH (BODYSTRUCTURE ("image" "png" NIL NIL NIL "7bit" 3 NIL NIL NIL NIL))
A< a3 OK ...
A> a4 IDLE
A< + \${text=.+}
A> DONE
A< a4 OK ...`,
  ],
  [
    'FairEmail and Roundcube',
    'know the inbox as INBOX only',
    `${login}A> a1 LIST "" inbox
A< * LIST (...) "/" INBOX
A< a1 OK ...
A> a2 LIST "" "%"
A< * LIST (...) "/" INBOX
A<< a2 OK ...
A> a3 STATUS inbox (MESSAGES)
A= * STATUS INBOX (MESSAGES 0)
A< a3 OK ...`,
  ],
  [
    'mbsync, JavaMail and MailKit',
    'are strict about BODYSTRUCTURE: an empty multipart, a message within without a header',
    `${login}A> a1 APPEND INBOX {=+}
| Content-Type: multipart/mixed; boundary=b
|
| --b--
A>>  {=+}
| Content-Type: message/rfc822
|
A< a1 OK ...
${select}A> a3 FETCH 1 BODYSTRUCTURE
A< * 1 FETCH (BODYSTRUCTURE (("text" "plain" ...) "mixed" ("boundary" "b") NIL NIL NIL))
A< a3 OK ...
A> a4 FETCH 2 BODYSTRUCTURE
A< * 2 FETCH (BODYSTRUCTURE ("message" "rfc822" NIL NIL NIL "7bit" ... (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) ("text" "plain" ...) ...))
A< a4 OK ...`,
  ],
  [
    'go-imap',
    'reads capabilities from the tagged OK of LOGIN and AUTHENTICATE',
    `A< * OK ...
A> a0 LOGIN \${user} \${password}
A< a0 OK [CAPABILITY IMAP4rev1 ...IDLE...] ...
B< * OK ...
B> b0 AUTHENTICATE PLAIN \${plain}
B< b0 OK [CAPABILITY IMAP4rev1 ...IDLE...] ...`,
  ],
  [
    'every rev1 client',
    'hears * SEARCH also of nothing, "*" as the last message, and words behind HIGHESTMODSEQ',
    `${login}${append}A> a2 SELECT INBOX
A<< * OK [HIGHESTMODSEQ \${modseq=\\d+}] \${words=\\w.*}
A<< a2 OK ...
A> a3 SEARCH SUBJECT nothing
A= * SEARCH
A< a3 OK ...
A> a4 UID SEARCH SUBJECT nothing
A= * SEARCH
A< a4 OK ...
A> a5 UID FETCH *:5 UID
A= * 1 FETCH (UID 1)
A< a5 OK ...
A> a6 FETCH * UID
A= * 1 FETCH (UID 1)
A< a6 OK ...`,
  ],
  [
    'mbsync and offlineimap',
    'stop for good when UIDVALIDITY changes: selecting, renaming and deleting others keeps it',
    `${login}A> a1 CREATE box
A< a1 OK ...
A> a2 SELECT box
A<< * OK [UIDVALIDITY \${validity=\\d+}] ...
A<< a2 OK ...
A> a3 RENAME box chest
A< a3 OK ...
A> a4 STATUS chest (UIDVALIDITY)
A= * STATUS chest (UIDVALIDITY \${validity})
A< a4 OK ...`,
  ],
];

describe('quirks of mail programs', () => {
  let server: ImapServer;
  before(async () => {
    server = await openImapServer();
  });
  after(() => server.close());

  for (const [at, [client, what, dialogue]] of quirks.entries()) {
    it(`${client} ${what}`, async () => {
      const { address } = await server.addUser(`quirk${at}`);
      await playTranscript(dialogue, client, {
        connect: () => server.connect(),
        variables: {
          user: address,
          password: `"${password}"`,
          user64: Buffer.from(address).toString('base64'),
          password64: Buffer.from(password).toString('base64'),
          plain: Buffer.from(`\0${address}\0${password}`).toString('base64'),
        },
      });
    });
  }

  it('Thunderbird asks for the password again unless a fault of ours says UNAVAILABLE', () => {
    assert.equal(refuse(new Refusal('throttled', 'later')).code, 'UNAVAILABLE');
    assert.equal(refuse(new Refusal('unavailable', 'later')).code, 'UNAVAILABLE');
  });

  // Why it shows an empty inbox nobody found out; leaving out what it stumbles over helped some.
  it('iOS Mail shows an empty inbox at some capabilities: each can be hidden, and works all the same', async () => {
    const { address } = await server.addUser('hidden');
    await writeSetting('imap.hiddenCapabilities', ['QRESYNC', 'objectid', 'APPENDLIMIT'], 'test');
    try {
      await playTranscript(
        `${login}A! QRESYNC
A! OBJECTID
A! APPENDLIMIT
A> a1 CAPABILITY
A<< a1 OK ...
A> a2 ENABLE QRESYNC
A= * ENABLED QRESYNC
A< a2 OK ...
A> a3 STATUS INBOX (MAILBOXID)
A< * STATUS INBOX (MAILBOXID (...))
A< a3 OK ...
A> a4 CAPABILITY
A< * CAPABILITY IMAP4rev1 ...CONDSTORE...
A< a4 OK ...`,
        'iOS Mail',
        {
          connect: () => server.connect(),
          variables: { user: address, password: `"${password}"` },
        },
      );
    } finally {
      await resetSetting('imap.hiddenCapabilities', 'test');
    }
  });

  // RFC 8437 §8: a proxy that only looks at the first login wants it off, not only out of sight.
  it('a proxy in front: UNAUTHENTICATE hidden is UNAUTHENTICATE off', async () => {
    const { address } = await server.addUser('proxied');
    await writeSetting('imap.hiddenCapabilities', ['UNAUTHENTICATE'], 'test');
    try {
      await playTranscript(`${login}A> a1 UNAUTHENTICATE\nA< a1 BAD ...`, 'proxy', {
        connect: () => server.connect(),
        variables: { user: address, password: `"${password}"` },
      });
    } finally {
      await resetSetting('imap.hiddenCapabilities', 'test');
    }
  });

  it('socket timers of both sides do not meet: the limit is odd, and above 30 minutes', async () => {
    const minutes = await readSetting('imap.idleTimeoutMinutes');
    assert.ok(minutes > 30 && minutes % 2 === 1, String(minutes));
  });

  it('who says nothing is waited for as long as the setting says', async () => {
    const { address } = await server.addUser('silent');
    await writeSetting('imap.idleTimeoutMinutes', 47, 'test');
    const wait = mock.method(Deadline.prototype, 'set');
    try {
      await playTranscript(`${login}A> a1 NOOP\nA< a1 OK ...`, 'silence', {
        connect: () => server.connect(),
        variables: { user: address, password: `"${password}"` },
      });
      const waits = wait.mock.calls.map((call) => call.arguments[0]);
      assert.ok(waits.includes(47 * 60_000), String(waits));
    } finally {
      wait.mock.restore();
      await resetSetting('imap.idleTimeoutMinutes', 'test');
    }
  });
});
