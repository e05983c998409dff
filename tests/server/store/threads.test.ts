// Which messages are of one thread: by references across all mailboxes, by subject only between the same people.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { freezeClock, now } from '#lib/clock.ts';
import { db, write } from '#lib/db.ts';
import { newId } from '#lib/id.ts';
import { threadSubject } from '#lib/mail/subject.ts';
import { appendMessages } from '#server/store/append.ts';
import { moveMessages } from '#server/store/copy.ts';
import { dayOf } from '#server/store/day.ts';
import { readMessages } from '#server/store/read.ts';
import { pruneThreadReferences } from '#server/store/thread-subject.ts';
import { openTestDatabase } from '#tests/support/database.ts';
import { mailboxOf, makeAccount, makeMessage } from './fixture.ts';

let database: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  database = await openTestDatabase();
});
after(() => database.close());

const dayMs = 86_400_000;

type Mail = {
  from?: string;
  to?: string;
  cc?: string;
  subject?: string;
  id?: string;
  references?: string;
};

function compose({ from, to, cc, subject, id, references }: Mail): string {
  const fields = [
    ['From', from ?? 'me@own.test'],
    ['To', to ?? 'ann@far.test'],
    ['Cc', cc],
    ['Subject', subject],
    ['Message-ID', id],
    ['References', references],
  ];
  const lines = fields.flatMap(([name, value]) => (value ? [`${name}: ${value}\n`] : []));
  return `${lines.join('')}\n`;
}

type Put = (mail: Mail, box?: string) => Promise<string>;

/** Puts messages into an account of its own, one after the other; returns their threads. */
async function makePut(): Promise<{ account: string; put: Put }> {
  const account = await makeAccount();
  const put: Put = async (mail, box = 'INBOX') => {
    const { id } = await mailboxOf(account, box);
    const { threadIds } = await appendMessages(account, id, [await makeMessage(compose(mail))]);
    return threadIds[0]!;
  };
  return { account, put };
}

const [me, ann, bob] = ['me@own.test', 'ann@far.test', 'bob@far.test'];

describe('threads by reference', () => {
  test('an answer to sent mail arrives in INBOX and goes to Archive', async () => {
    const { account, put } = await makePut();
    const sent = await put({ from: me, to: ann, subject: 'Offer', id: '<1@own>' }, 'Sent');
    const answer = { from: ann, to: me, subject: 'Something else', references: '<1@own>' };
    assert.equal(await put({ ...answer, id: '<2@far>' }), sent);
    const [inbox, archive] = [
      await mailboxOf(account, 'INBOX'),
      await mailboxOf(account, 'Archive'),
    ];
    await moveMessages(account, inbox.id, [1], archive.id);
    const [moved] = await readMessages(account, archive.id, [1]);
    assert.equal(moved?.threadId, sent);
    assert.equal(await put({ from: me, to: ann, references: '<1@own> <2@far>' }, 'Sent'), sent);
    const other = await makePut();
    assert.notEqual(await other.put({ ...answer, id: '<3@far>' }), sent, 'another account');
  });

  test('an answer that comes before what it answers', async () => {
    const { put } = await makePut();
    const answer = await put({ from: ann, to: me, id: '<b@far>', references: '<a@far>' });
    assert.equal(await put({ from: bob, to: me, id: '<a@far>' }), answer);
  });
});

describe('threads by subject', () => {
  type Case = { name: string; first: Mail; second: Mail; isOne: boolean };
  const from = (sender: string, to: string, subject: string): Mail => ({
    from: sender,
    to,
    subject,
  });
  const cases: Case[] = [
    {
      name: 'an answer of the other one',
      first: from(me, ann, 'Offer'),
      second: from(ann, me, 'Re: offer'),
      isOne: true,
    },
    {
      name: 'in German',
      first: from(me, ann, 'Angebot'),
      second: from(ann, me, 'AW: Angebot'),
      isOne: true,
    },
    {
      name: 'with a counter',
      first: from(me, ann, 'Offer'),
      second: from(ann, me, 'Re[2]: Offer'),
      isOne: true,
    },
    {
      name: 'a forward to where it came from',
      first: from(ann, me, 'Plan'),
      second: from(me, ann, 'Fwd: Plan'),
      isOne: true,
    },
    {
      name: 'an answer to an answer',
      first: from(ann, me, 'Re: Plan'),
      second: from(me, ann, 'Re: Re: Plan'),
      isOne: true,
    },
    {
      name: 'a reader of the copy',
      first: { ...from(ann, me, 'Plan'), cc: bob },
      second: from(bob, ann, 'Re: Plan'),
      isOne: true,
    },
    {
      name: 'names and case do not matter',
      first: from(`Ann <${ann}>`, me, 'Plan'),
      second: from(me, `"A" <ANN@FAR.TEST>`, 'RE: PLAN'),
      isOne: true,
    },
    {
      name: 'no answer by its subject',
      first: from(ann, me, 'Plan'),
      second: from(me, ann, 'Plan'),
      isOne: false,
    },
    {
      name: 'two strangers',
      first: from(ann, me, 'hello'),
      second: from(bob, me, 'Re: hello'),
      isOne: false,
    },
    {
      name: 'my own to somebody else',
      first: from(ann, me, 'hello'),
      second: from(me, bob, 'Re: hello'),
      isOne: false,
    },
    {
      name: 'another subject',
      first: from(me, ann, 'Offer'),
      second: from(ann, me, 'Re: Offers'),
      isOne: false,
    },
    { name: 'no subject', first: from(me, ann, ''), second: from(ann, me, 'Re:'), isOne: false },
    {
      name: 'an empty one',
      first: from(me, ann, '(no subject)'),
      second: from(ann, me, 'Re: (no subject)'),
      isOne: false,
    },
    {
      name: 'it names another message',
      first: from(me, ann, 'Offer'),
      second: { ...from(ann, me, 'Re: Offer'), references: '<x@y>' },
      isOne: false,
    },
    {
      name: 'nobody to answer',
      first: { from: me, to: '', subject: 'Offer' },
      second: from(ann, me, 'Re: Offer'),
      isOne: false,
    },
  ];
  for (const { name, first, second, isOne } of cases) {
    test(`${isOne ? 'one' : 'two'}: ${name}`, async () => {
      const { put } = await makePut();
      const one = await put({ ...first, id: '<1@x>' }, 'Sent');
      const other = await put({ ...second, id: '<2@x>' });
      if (isOne) assert.equal(other, one);
      else assert.notEqual(other, one);
    });
  }

  test('the newest conversation, within thirty days', async () => {
    const { put } = await makePut();
    const start = now();
    const [question, answer] = [from(ann, me, 'Plan'), from(me, ann, 'Re: Plan')];
    try {
      await put(question);
      const newer = await put(question);
      assert.equal(await put(answer), newer);
      freezeClock(new Date(start.getTime() + 25 * dayMs));
      assert.equal(await put(answer), newer, 'seen again, so it goes on');
      freezeClock(new Date(start.getTime() + 50 * dayMs));
      assert.equal(await put(from(ann, me, 'Re: Plan')), newer);
      freezeClock(new Date(start.getTime() + 81 * dayMs));
      assert.notEqual(await put(answer), newer, 'too late');
    } finally {
      freezeClock(null);
    }
  });

  test('many at once, the answer among them', async () => {
    const account = await makeAccount();
    const { id } = await mailboxOf(account, 'INBOX');
    const mails = [
      from(ann, me, 'A'),
      from(bob, me, 'A'),
      from(me, bob, 'Re: A'),
      from(me, ann, 'Re: A'),
    ];
    const messages = await Promise.all(mails.map((mail) => makeMessage(compose(mail))));
    const { threadIds } = await appendMessages(account, id, messages);
    const [one, two, three, four] = threadIds;
    assert.deepEqual([three, four], [two, one]);
    assert.notEqual(one, two);
  });
});

test('references of old subjects and of accounts that are gone are removed, others stay', async () => {
  const { account, put } = await makePut();
  const start = now();
  const count = (accountId: string) => db.threadReference.count({ where: { accountId } });
  try {
    await put({ from: ann, to: me, cc: bob, subject: 'Old', id: '<1@x>' });
    freezeClock(new Date(start.getTime() + 40 * dayMs));
    await put({ from: ann, to: me, subject: 'New', id: '<2@x>' });
    assert.equal(await count(account), 2 + 1 + 1 + 1);
    const stray = newId();
    const day = dayOf(now());
    await write((tx) =>
      tx.threadReference.createMany({
        data: Array.from({ length: 30 }, (_, at) => ({
          accountId: stray,
          reference: `${at}`,
          threadId: 't',
          day,
        })),
      }),
    );
    const { references } = await pruneThreadReferences();
    assert.ok(references >= 32);
    assert.equal(await count(stray), 0);
    assert.equal(await count(account), 3, 'two ids and the subject of today');
    assert.equal((await pruneThreadReferences()).references, 0);
  } finally {
    freezeClock(null);
  }
});

test('subjects without their marks, also hostile ones', () => {
  const cases: [string, string, boolean][] = [
    ['Hello', 'Hello', false],
    ['Re: AW: Fwd: WG: Hello', 'Hello', true],
    ['Antwort: SV: Hello', 'Hello', true],
    ['回复：Hello', 'Hello', true],
    ['[list] Re: Hello', 'Hello', true],
    ['Rewrite: yes', 'Rewrite: yes', false],
    ['AW', 'AW', false],
    ['AW:', '', true],
  ];
  for (const [subject, base, isReply] of cases) {
    assert.deepEqual(threadSubject(subject), { base, isReply }, subject);
  }
  for (const piece of ['AW: ', 'Re[1]: ', '[a] ', '[', 'AW[', 'fwd: aw:', '(fwd)']) {
    threadSubject(piece.repeat(4000));
  }
});
