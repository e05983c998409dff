import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freezeClock } from '#lib/clock.ts';
import { write } from '#lib/db.ts';
import { appendMessages, type NewMessage } from '#server/store/append.ts';
import { changeFlags } from '#server/store/flags.ts';
import { readMessages } from '#server/store/read.ts';
import { type Criterion, searchMessages } from '#server/store/search/search.ts';
import { type SortKey, sortMessages } from '#server/store/search/sort.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
let account: string;
let inbox: string;

/** The folder that is searched: UID = place in this list. */
const folder: [string | Buffer, Partial<Omit<NewMessage, 'body'>>][] = [
  [
    'From: "Ann Example" <ann@example.org>\nTo: bob@test.example, Carol <carol@x.example>\nSubject: Quarterly report\nDate: Mon, 5 Jan 2026 23:30:00 -0800\nMessage-ID: <1@x>\nX-Tag: first\n\nThe uidvalidity of a folder.\n',
    { flags: 1, keywords: ['$Forwarded'], internalDate: new Date('2026-01-06T08:00:00Z') },
  ],
  [
    'From: =?utf-8?Q?J=C3=BCrgen?= <juergen@example.de>\nCc: Ann <ann@example.org>\nSubject: =?iso-8859-1?Q?Gr=FC=DFe_aus_K=F6ln?=\nDate: Tue, 6 Jan 2026 10:00:00 +0100\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\nDie Stra=C3=9Fe ist lang und der Satz =\nbricht um.\n',
    { flags: 2, internalDate: new Date('2026-01-07T12:00:00Z') },
  ],
  [
    'From: yamada@example.jp\nBcc: secret@example.net\nSubject: =?UTF-8?B?5pel5pys6Kqe44Gu5Lu25ZCN?=\nDate: nonsense\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: base64\n\n5pys5paH44Gr5p2x5Lqs44GM44GC44KL44CC\n',
    { flags: 4, internalDate: new Date('2026-01-08T00:00:00Z') },
  ],
  [
    `From: Иван <ivan@example.ru>\nSubject: ПРИВЕТ из Москвы\nDate: Thu, 8 Jan 2026 00:30:00 +0300\nContent-Type: text/html; charset=utf-8\n\n<p>Большое <b>СПАСИБО</b> &amp; до встречи</p>\n`,
    { flags: 8, keywords: ['Work', '$MDNSent'], internalDate: new Date('2026-01-09T23:59:59Z') },
  ],
  [
    'From: "=?utf-8?B?zpPOuc+Oz4HOs86/z4I=?=" <g@example.gr>\nSubject: Re: quarterly REPORT\nDate: Fri, 9 Jan 2026 10:00:00 +0000\nX-Tag:\n folded\n value\n\nΟ ΔΡΟΜΟΣ και η οδός. 100%_sure \\ "quoted"\n',
    {
      flags: 16,
      internalDate: new Date('2026-01-10T00:00:00Z'),
      prefix: Buffer.from('Delivered-To: me+detail@here.example\r\n'),
    },
  ],
  [
    Buffer.from(
      'Subject: caf\xe9 latin\r\nFrom: x\r\nDate: Sat, 10 Jan 2026 10:00:00 GMT\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nna\xefve \xc9t\xe9\r\n',
      'latin1',
    ),
    { internalDate: new Date('2026-01-11T00:00:00Z') },
  ],
  [`\n${'z'.repeat(5000)}`, { internalDate: new Date('2026-01-12T00:00:00Z') }],
];

before(async () => {
  database = await openTestDatabase();
  account = await makeAccount();
  inbox = (await mailboxOf(account, 'INBOX')).id;
  freezeClock(new Date('2026-01-12T00:00:00Z'));
  for (const [text, more] of folder) {
    await appendMessages(account, inbox, [await makeMessage(text, more)]);
  }
});
after(async () => {
  freezeClock(null);
  await database.close();
});

const text = (field: Extract<Criterion, { kind: 'text' }>['field'], value: string): Criterion => ({
  kind: 'text',
  field,
  value,
});
const sent = (relation: 'before' | 'on' | 'since', day: string): Criterion => ({
  kind: 'date',
  field: 'sent',
  relation,
  day,
});
const internal = (relation: 'before' | 'on' | 'since', day: string): Criterion => ({
  kind: 'date',
  field: 'internal',
  relation,
  day,
});
const everything = [1, 2, 3, 4, 5, 6, 7];

const flag = (bit: number): Criterion => ({ kind: 'flag', flag: bit });
const not = (item: Criterion): Criterion => ({ kind: 'not', item });

const cases: [string, Criterion, number[]][] = [
  ['all', { kind: 'all' }, everything],
  ['flag', { kind: 'flag', flag: 1 }, [1]],
  ['not flag', { kind: 'not', item: { kind: 'flag', flag: 1 } }, [2, 3, 4, 5, 6, 7]],
  ['two flags', { kind: 'and', items: [flag(1), not(flag(8)), { kind: 'all' }] }, [1]],
  ['a flag and not the same one', { kind: 'and', items: [flag(1), not(flag(1))] }, []],
  ['a flag twice', { kind: 'and', items: [flag(1), flag(1)] }, [1]],
  ['keyword without case', { kind: 'keyword', keyword: '$forwarded' }, [1]],
  ['no part of a keyword', { kind: 'keyword', keyword: 'Wor' }, []],
  [
    'uid ranges, mixed up and overlapping',
    {
      kind: 'uid',
      ranges: [
        [6, 5],
        [2, 2],
        [5, 9],
      ],
    },
    [2, 5, 6, 7],
  ],
  ['no uid', { kind: 'uid', ranges: [] }, []],
  ['subject, part of a word, without case', text('subject', 'QUARTER'), [1, 5]],
  ['subject, encoded Latin', text('subject', 'grüsse AUS kÖln'), [2]],
  ['subject with ß as written', text('subject', 'Grüße'), [2]],
  ['subject, decomposed needle', text('subject', 'gru\u0308ße'), [2]],
  ['subject, Japanese in base64', text('subject', '本語の'), [3]],
  ['subject, raw Cyrillic', text('subject', 'привет ИЗ'), [4]],
  ['subject, raw Latin 1', text('subject', 'CAFÉ'), [6]],
  ['subject, accents follow their letters (RFC 5051)', text('subject', 'cafe'), [6]],
  ['body, an accent in between (RFC 5051)', text('body', 'ete'), []],
  ['subject, nothing there', text('subject', 'absent'), []],
  ['the empty string is in every subject', text('subject', ''), everything],
  ['from, name', text('from', 'jürgen'), [2]],
  ['from, part of an address', text('from', 'example'), [1, 2, 3, 4, 5]],
  ['from, Greek final sigma', text('from', 'ΓΙΏΡΓΟΣ'), [5]],
  ['to, second address', text('to', 'CAROL@x'), [1]],
  ['cc', text('cc', 'ann'), [2]],
  ['bcc', text('bcc', 'secret'), [3]],
  ['body', text('body', 'UIDVALIDITY'), [1]],
  ['body, across a soft line break', text('body', 'satz bricht'), [2]],
  ['body, ß in quoted-printable', text('body', 'STRASSE'), [2]],
  ['body, base64 Japanese', text('body', '東京'), [3]],
  ['body, HTML without its marks', text('body', 'большое спасибо & до'), [4]],
  ['body, Greek', text('body', 'ο δρομος'), [5]],
  ['body, wildcards are letters', text('body', '100%_SURE \\ "'), [5]],
  ['body, a wildcard finds no other letter', text('body', 'uid%ity'), []],
  ['body, another charset', text('body', 'NAÏVE été'), [6]],
  ['body is not the header', text('body', 'report'), []],
  ['text is both', text('text', 'report'), [1, 5]],
  ['text, encoded header', text('text', 'köln'), [2]],
  ['text, header of this copy', text('text', 'me+detail@here'), [5]],
  ['header', { kind: 'header', name: 'x-tag', value: 'FIRST' }, [1]],
  ['header, folded', { kind: 'header', name: 'X-TAG', value: 'folded value' }, [5]],
  ['header, any value', { kind: 'header', name: 'X-Tag', value: '' }, [1, 5]],
  ['header, absent', { kind: 'header', name: 'X-None', value: '' }, []],
  ['header, message id', { kind: 'header', name: 'message-id', value: '<1@x>' }, [1]],
  ['header of this copy', { kind: 'header', name: 'Delivered-To', value: 'detail' }, [5]],
  ['header name is whole', { kind: 'header', name: 'Sub', value: '' }, []],
  ['sent on the day as written, whatever the zone', sent('on', '2026-01-05'), [1]],
  ['sent on, not the day in UTC', sent('on', '2026-01-07'), []],
  ['sent on, east of Greenwich', sent('on', '2026-01-08'), [4]],
  ['sent before', sent('before', '2026-01-06'), [1]],
  ['sent since', sent('since', '2026-01-08'), [4, 5, 6]],
  [
    'no Date is on no side',
    { kind: 'and', items: [{ kind: 'not', item: sent('before', '2030-01-01') }] },
    [3, 7],
  ],
  ['internal on', internal('on', '2026-01-09'), [4]],
  ['internal before', internal('before', '2026-01-08'), [1, 2]],
  ['internal since', internal('since', '2026-01-11'), [6, 7]],
  ['saved', { kind: 'date', field: 'saved', relation: 'on', day: '2026-01-12' }, everything],
  ['larger', { kind: 'size', relation: 'larger', bytes: 4999 }, [7]],
  ['larger than exactly that', { kind: 'size', relation: 'larger', bytes: 5002 }, []],
  ['smaller', { kind: 'size', relation: 'smaller', bytes: 4999 }, [1, 2, 3, 4, 5, 6]],
  ['modseq', { kind: 'modseq', value: 7 }, [6, 7]],
  ['older (RFC 5032)', { kind: 'age', relation: 'older', seconds: 86_400 }, [1, 2, 3, 4, 5, 6]],
  ['younger', { kind: 'age', relation: 'younger', seconds: 86_400 }, [6, 7]],
  [
    'or of cheap and dear',
    { kind: 'or', items: [text('body', 'uidvalidity'), { kind: 'flag', flag: 4 }] },
    [1, 3],
  ],
  [
    'and of cheap and dear',
    { kind: 'and', items: [text('text', 'e'), { kind: 'flag', flag: 2 }] },
    [2],
  ],
  ['not of dear', { kind: 'not', item: text('from', 'example') }, [6, 7]],
  ['no items: and is true', { kind: 'and', items: [] }, everything],
  ['no items: or is false', { kind: 'or', items: [] }, []],
  [
    'deep mixture of stages',
    {
      kind: 'and',
      items: [
        {
          kind: 'or',
          items: [
            text('subject', 'report'),
            text('body', '東京'),
            { kind: 'header', name: 'cc', value: 'ann' },
          ],
        },
        {
          kind: 'not',
          item: { kind: 'or', items: [sent('on', '2026-01-05'), text('body', 'nothing')] },
        },
        { kind: 'uid', ranges: [[1, 4]] },
      ],
    },
    [2, 3],
  ],
];

describe('search', () => {
  for (const [name, criterion, expected] of cases) {
    test(name, async () => {
      assert.deepEqual(await searchMessages(account, inbox, criterion), expected);
    });
  }

  test('ids of objects', async () => {
    const [first] = await readMessages(account, inbox, [1]);
    assert.ok(first);
    const byId = { kind: 'emailid', value: first.emailId } as const;
    assert.deepEqual(await searchMessages(account, inbox, byId), [1]);
    const byThread = { kind: 'threadid', value: first.threadId } as const;
    assert.deepEqual(await searchMessages(account, inbox, byThread), [1]);
  });

  test('nesting of a thousand levels is fine, a monster is refused', async () => {
    let deep: Criterion = text('subject', 'quarterly');
    for (let level = 0; level < 1000; level++) {
      deep = { kind: 'or', items: [deep, { kind: 'flag', flag: 2 }] };
    }
    assert.deepEqual(await searchMessages(account, inbox, deep), [1, 2, 5]);
    for (let level = 0; level < 100_000; level++) deep = { kind: 'not', item: deep };
    await assert.rejects(searchMessages(account, inbox, deep), { reason: 'limit' });
    const items = Array.from({ length: 6000 }, () => text('body', 'x'));
    await assert.rejects(searchMessages(account, inbox, { kind: 'or', items }), {
      reason: 'limit',
    });
    // Looking for a long text in a repetitive one takes time with the product of both lengths.
    await assert.rejects(searchMessages(account, inbox, text('body', 'a'.repeat(501))), {
      reason: 'limit',
    });
    const many = Array.from({ length: 11 }, () => text('body', 'a'.repeat(500)));
    await assert.rejects(searchMessages(account, inbox, { kind: 'or', items: many }), {
      reason: 'limit',
    });
  });

  test('hundreds of keys read a text once, and others are served between messages', async () => {
    const owner = await makeAccount();
    const { id } = await mailboxOf(owner, 'INBOX');
    const letters = 'lorem ipsum é '.repeat(5000);
    for (let round = 0; round < 20; round++) {
      await appendMessages(owner, id, [await makeMessage(`Subject: ${round}\n\n${letters}`)]);
    }
    const keys = Array.from({ length: 300 }, (_, i): Criterion => {
      return { kind: 'not', item: text('body', `zz${i}`) };
    });
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const found = await searchMessages(owner, id, { kind: 'and', items: keys });
    clearInterval(timer);
    assert.equal(found.length, 20);
    assert.ok(turns > 0, 'timers run during the search');
  });

  test('a folder of more than one piece, while others are served', async () => {
    const owner = await makeAccount();
    const { id } = await mailboxOf(owner, 'INBOX');
    const odd = await makeMessage('Subject: odd\n\nneedle in it\n');
    const even = await makeMessage('Subject: even\n\nhay\n', { flags: 1 });
    for (let round = 0; round < 5; round++) {
      await appendMessages(
        owner,
        id,
        Array.from({ length: 1000 }, (_, i) => (i % 2 === 0 ? odd : even)),
      );
    }
    let turns = 0;
    const timer = setInterval(() => turns++, 1);
    const found = await searchMessages(owner, id, text('body', 'NEEDLE'));
    clearInterval(timer);
    assert.deepEqual(
      found,
      Array.from({ length: 2500 }, (_, index) => 2 * index + 1),
    );
    assert.ok(turns > 0, 'timers run during a long search');
    const both: Criterion = {
      kind: 'and',
      items: [{ kind: 'flag', flag: 1 }, text('text', 'hay')],
    };
    assert.equal((await searchMessages(owner, id, both)).length, 2500);
  });

  test('nothing of another account', async () => {
    const stranger = await makeAccount();
    await assert.rejects(searchMessages(stranger, inbox, { kind: 'all' }), { reason: 'not-found' });
    assert.deepEqual(await sortMessages(stranger, inbox, everything, []), []);
  });
});

describe('sort (RFC 5256)', () => {
  let box: string;
  before(async () => {
    box = (await mailboxOf(account, 'Archive')).id;
    const day = (number: number) => new Date(Date.UTC(2026, 0, number));
    const list: [string, Date][] = [
      ['From: zoe@x\nTo: b@x\nSubject: Re: beta\nDate: 3 Jan 2026 00:00:00 +0000\n\n', day(9)],
      [
        'From: "AAA" <mike@x>\nCc: k@x\nSubject: [list] Alpha (fwd)\nDate: 2 Jan 2026 01:00:00 +0500\n\n12345',
        day(8),
      ],
      ['From: Émile <émile@x>, a@x\nTo: a@x\nSubject: alpha\n\n1', day(5)],
      ['From: BOB@x\nSubject: ÄRGER\nDate: 1 Jan 2026 22:00:00 +0000\n\n', day(1)],
      ['From: bob@y\nTo: B@z\nSubject: Fwd: re: ärger\nDate: garbage\n\n', day(2)],
    ];
    for (const [message, internalDate] of list) {
      await appendMessages(account, box, [await makeMessage(message, { internalDate })]);
    }
  });
  const up = (key: SortKey['key']): SortKey => ({ key, isReverse: false });
  const down = (key: SortKey['key']): SortKey => ({ key, isReverse: true });
  const orders: [string, SortKey[], number[]][] = [
    ['arrival', [up('arrival')], [4, 5, 3, 2, 1]],
    ['arrival, reverse', [down('arrival')], [1, 2, 3, 5, 4]],
    ['date in UTC, else arrival', [up('date')], [2, 4, 5, 1, 3]],
    ['from: local part, not the name; É as E', [up('from')], [4, 5, 3, 2, 1]],
    ['cc, none first, then by UID', [up('cc')], [1, 3, 4, 5, 2]],
    ['to, then reverse arrival', [up('to'), down('arrival')], [2, 4, 3, 1, 5]],
    ['base subject without case, ties by UID', [up('subject')], [2, 3, 4, 5, 1]],
    ['base subject, reverse, ties still by UID', [down('subject')], [1, 4, 5, 2, 3]],
    ['subject, then size', [up('subject'), up('size')], [3, 2, 4, 5, 1]],
    ['no key', [], [1, 2, 3, 4, 5]],
  ];
  for (const [name, keys, expected] of orders) {
    test(name, async () => {
      assert.deepEqual(await sortMessages(account, box, [5, 4, 3, 2, 1, 99], keys), expected);
    });
  }

  test('by what this version reads of a message, not by what another one did', async () => {
    await write(async (tx) => {
      await tx.$executeRaw`UPDATE "Rendering" SET "version" = 1, "baseSubject" = 'old'
        WHERE "blobId" IN (SELECT "blobId" FROM "Message" WHERE "mailboxId" = ${box} AND "uid" = 1)`;
      await tx.$executeRaw`DELETE FROM "Rendering"
        WHERE "blobId" IN (SELECT "blobId" FROM "Message" WHERE "mailboxId" = ${box} AND "uid" = 4)`;
    });
    assert.deepEqual(
      await sortMessages(account, box, [1, 2, 3, 4, 5], [up('subject')]),
      [2, 3, 4, 5, 1],
    );
  });
});

describe('threads', () => {
  test('messages that come together find each other, and what was there before', async () => {
    const owner = await makeAccount();
    const other = await makeAccount();
    const box = (await mailboxOf(owner, 'INBOX')).id;
    const otherBox = (await mailboxOf(other, 'INBOX')).id;
    const append = async (texts: string[], account = owner, mailbox = box) => {
      const messages = await Promise.all(texts.map((text) => makeMessage(text)));
      return (await appendMessages(account, mailbox, messages)).threadIds;
    };
    const [known] = await append(['Message-ID: <known@x>\n\n']);
    const [[root, answer, old, oldest], [alone]] = await Promise.all([
      append([
        'Message-ID: <a@x>\n\n',
        'Message-ID: <b@x>\nIn-Reply-To: <a@x>\n\n',
        'Message-ID: <c@x>\nReferences: <lost@x> <known@x>\n\n',
        'Message-ID: <lost@x>\n\n',
      ]),
      append(['Message-ID: <d@x>\nReferences: <a@x> <known@x>\n\n'], other, otherBox),
    ]);
    assert.equal(answer, root);
    assert.deepEqual([old, oldest], [known, known]);
    assert.equal(new Set([root, known, alone]).size, 3);
    assert.deepEqual(await append(['In-Reply-To: <b@x>\n\n']), [root]);
    assert.deepEqual(await append(['In-Reply-To: <c@x>\n\n']), [known]);
    assert.deepEqual(await append(['In-Reply-To: <known@x>\n\n'], other, otherBox), [alone]);
  });

  const threadOf = async (owner: string, mailboxId: string, message: string) => {
    const staged = await makeMessage(message);
    return (await appendMessages(owner, mailboxId, [staged])).threadIds[0]!;
  };

  test('an answer joins, in whatever mailbox and order', async () => {
    const owner = await makeAccount();
    const box = (await mailboxOf(owner, 'INBOX')).id;
    const sentBox = (await mailboxOf(owner, 'Sent')).id;
    const root = await threadOf(owner, box, 'Message-ID: <root@x>\nSubject: a\n\n');
    const answer = await threadOf(owner, sentBox, 'Message-ID: <2@x>\nIn-Reply-To: <root@x>\n\n');
    const next = await threadOf(owner, box, 'Message-ID: <3@x>\nReferences: <root@x> <2@x>\n\n');
    const far = await threadOf(owner, box, 'Message-ID: <5@x>\nReferences: <4@x> <3@x>\n\n');
    const missing = await threadOf(owner, box, 'Message-ID: <4@x>\nSubject: late\n\n');
    assert.deepEqual(new Set([answer, next, far, missing]), new Set([root]));
    const alone = await threadOf(owner, box, 'Message-ID: <9@x>\nSubject: a\n\n');
    const nameless = await threadOf(owner, box, 'Subject: a\n\n');
    assert.equal(new Set([root, alone, nameless]).size, 3);
    const copy = await threadOf(owner, sentBox, 'Message-ID: <9@x>\nSubject: a\n\n');
    assert.equal(copy, alone);
  });

  test('not across accounts', async () => {
    const threads = new Set<string>();
    for (let round = 0; round < 2; round++) {
      const owner = await makeAccount();
      const box = (await mailboxOf(owner, 'INBOX')).id;
      threads.add(await threadOf(owner, box, 'Message-ID: <root@x>\n\n'));
    }
    assert.equal(threads.size, 2);
  });

  test('a flood of references is cut', async () => {
    const owner = await makeAccount();
    const box = (await mailboxOf(owner, 'INBOX')).id;
    const root = await threadOf(owner, box, 'Message-ID: <r0@x>\n\n');
    const references = Array.from({ length: 5000 }, (_, index) => `<r${index}@x>`).join('\n ');
    const far = await threadOf(owner, box, `Message-ID: <end@x>\nReferences: ${references}\n\n`);
    assert.equal(far, root);
  });
});

test('flags that move are found where they are', async () => {
  await changeFlags(account, inbox, [7], { mode: 'add', flags: 4, keywords: ['Later'] });
  assert.deepEqual(await searchMessages(account, inbox, { kind: 'flag', flag: 4 }), [3, 7]);
  assert.deepEqual(
    await searchMessages(account, inbox, { kind: 'keyword', keyword: 'later' }),
    [7],
  );
});
