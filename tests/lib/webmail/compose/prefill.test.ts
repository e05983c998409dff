// What replies, forwarded and new messages begin with.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Original } from '#lib/webmail/compose/original.ts';
import {
  type Answering,
  findOwnAddress,
  newForm,
  prefillForm,
  prefixSubject,
} from '#lib/webmail/compose/prefill.ts';
import type { Person } from '#lib/webmail/list/message-list.ts';

const person = (address: string, name = ''): Person => ({ name, address });
const own = ['ann@example.test', 'info@example.test'];
const signature = { text: 'Ann Lee', html: '' };

function original(change: Partial<Original> = {}): Original {
  return {
    folder: 'INBOX',
    uid: 7,
    from: [person('bob@b.example', 'Bob')],
    to: [person('Ann@Example.test', 'Ann'), person('carl@c.example', 'Carl')],
    cc: [person('dora@d.example')],
    bcc: [],
    replyTo: [],
    followUpTo: [],
    listPost: null,
    deliveredTo: [],
    subject: 'Plan',
    date: '2026-05-03T12:05:00.000Z',
    messageId: '<2@b.example>',
    inReplyTo: '',
    references: ['<1@b.example>'],
    text: 'Hello',
    html: null,
    attachments: [],
    inlineImages: [],
    fields: [],
    ...change,
  };
}

function answering(
  habits: Partial<Answering['habits']> = {},
  change: Partial<Answering> = {},
): Answering {
  return {
    habits: {
      citation: 'date-author',
      citationText: '{name}:',
      quotePrefix: '> ',
      isSignatureCut: true,
      hasMe: false,
      cursor: 'above',
      signatureOn: 'all',
      signaturePlace: 'above',
      ...habits,
    },
    words: {
      dateAuthor: 'On {date}, {name} wrote:',
      author: '{name} wrote:',
      forwarded: 'Forwarded message',
      from: 'From',
      date: 'Date',
      subject: 'Subject',
      to: 'To',
      cc: 'Cc',
    },
    place: { locale: 'en', zone: 'UTC' },
    identity: {
      id: '',
      address: 'ann@example.test',
      bcc: '',
      replyTo: '',
      signature: { text: '', html: '' },
    },
    isOwn: (address) => own.includes(address),
    isHtml: false,
    quoteId: null,
    ...change,
  };
}
const addresses = (people: Person[]) => people.map((each) => each.address);
const identity = { ...answering().identity, signature };

describe('recipients of an answer', () => {
  const me = person('ann@example.test');
  const mine = { from: [me], to: [person('bob@b.example')] };
  const list = person('list@l.example');
  const cases: [
    why: string,
    mode: 'reply' | 'reply-all' | 'reply-list',
    change: Partial<Original>,
    to: string[],
    cc: string[],
    habits?: Partial<Answering['habits']>,
  ][] = [
    ['the sender', 'reply', {}, ['bob@b.example'], []],
    ['Reply-To before the sender', 'reply', { replyTo: [list] }, ['list@l.example'], []],
    ['all but oneself', 'reply-all', {}, ['bob@b.example'], ['carl@c.example', 'dora@d.example']],
    [
      'nobody twice, no other own address',
      'reply-all',
      { cc: [person('dora@d.example'), person('BOB@b.example'), person('info@example.test')] },
      ['bob@b.example'],
      ['carl@c.example', 'dora@d.example'],
    ],
    [
      'oneself too by choice',
      'reply-all',
      { cc: [] },
      ['bob@b.example'],
      ['Ann@Example.test', 'carl@c.example'],
      { hasMe: true },
    ],
    ['one’s own message goes on to the same people', 'reply', mine, ['bob@b.example'], []],
    ['all of them', 'reply-all', mine, ['bob@b.example'], ['dora@d.example']],
    [
      'Mail-Followup-To says who all are',
      'reply-all',
      { followUpTo: [list, me] },
      ['list@l.example'],
      [],
    ],
    ['but not for the sender alone', 'reply', { followUpTo: [list] }, ['bob@b.example'], []],
    ['the list', 'reply-list', { listPost: list }, ['list@l.example'], []],
  ];
  for (const [why, mode, change, to, cc, habits] of cases) {
    it(why, () => {
      const form = prefillForm(original(change), mode, answering(habits));
      assert.deepEqual([addresses(form.to), addresses(form.cc)], [to, cc]);
    });
  }
});

describe('prefillForm', () => {
  it('stays in the thread and remembers the original', () => {
    const form = prefillForm(original(), 'reply', answering());
    assert.equal(form.inReplyTo, '<2@b.example>');
    assert.deepEqual(form.references, ['<1@b.example>', '<2@b.example>']);
    assert.deepEqual(form.origin, { kind: 'reply', folder: 'INBOX', uids: [7] });
  });

  it('begins the thread with what the original answered where it has no references', () => {
    const parent = original({ references: [], inReplyTo: '<0@b.example>' });
    assert.deepEqual(prefillForm(parent, 'reply', answering()).references, [
      '<0@b.example>',
      '<2@b.example>',
    ]);
  });

  const texts: [why: string, habits: Partial<Answering['habits']>, text: string][] = [
    ['above the quote', {}, '\n\n-- \nAnn Lee\n\nOn 3 May 2026, 12:05 UTC, Bob wrote:\n> Hello\n'],
    [
      'the signature below',
      { signaturePlace: 'below' },
      '\n\nOn 3 May 2026, 12:05 UTC, Bob wrote:\n> Hello\n\n-- \nAnn Lee',
    ],
    [
      'below the quote',
      { cursor: 'below' },
      'On 3 May 2026, 12:05 UTC, Bob wrote:\n> Hello\n\n\n\n-- \nAnn Lee',
    ],
    [
      'no signature in answers',
      { signatureOn: 'new' },
      '\n\nOn 3 May 2026, 12:05 UTC, Bob wrote:\n> Hello\n',
    ],
    ['the author', { citation: 'author', signatureOn: 'none' }, '\n\nBob wrote:\n> Hello\n'],
    ['nothing', { citation: 'none', signatureOn: 'none' }, '\n\n> Hello\n'],
    [
      'own words and prefix',
      {
        citation: 'own',
        citationText: '{name} <{address}>:',
        quotePrefix: '| ',
        signatureOn: 'none',
      },
      '\n\nBob <bob@b.example>:\n| Hello\n',
    ],
  ];
  for (const [why, habits, text] of texts) {
    it(`cites: ${why}`, () => {
      assert.equal(prefillForm(original(), 'reply', answering(habits, { identity })).text, text);
    });
  }

  it('quotes quotes with one mark more, without the signature of the other', () => {
    const text = 'Hello\r\n\r\n> old\r\n-- \r\nBob\r\n';
    const how = answering({ citation: 'none' });
    assert.equal(prefillForm(original({ text }), 'reply', how).text, '\n\n> Hello\n>\n>> old\n');
    const kept = answering({ citation: 'none', isSignatureCut: false });
    assert.match(prefillForm(original({ text }), 'reply', kept).text, /> Bob/);
  });

  it('forwards to nobody yet, with the head of the message, outside the thread', () => {
    const form = prefillForm(original(), 'forward', answering());
    assert.deepEqual([form.to, form.cc, form.inReplyTo, form.references], [[], [], '', []]);
    assert.match(form.text, /From: Bob <bob@b\.example>\nDate: .*\nSubject: Plan\nTo: Ann/);
    assert.equal(form.origin?.kind, 'forward');
  });

  it('leaves HTML sealed, on the side the cursor is not', () => {
    const rich = (habits: Partial<Answering['habits']>) =>
      prefillForm(original({ html: '<b>x</b>' }), 'reply', {
        ...answering(habits),
        isHtml: true,
        quoteId: 'Q'.repeat(24),
      });
    assert.deepEqual(rich({}).quote, { id: 'Q'.repeat(24), place: 'below' });
    assert.equal(rich({ cursor: 'below' }).quote?.place, 'above');
    assert.doesNotMatch(rich({}).html, /<b>x/);
  });

  it('quotes text as markup where HTML is written', () => {
    const how = answering({}, { isHtml: true });
    const form = prefillForm(original({ text: 'a < b' }), 'reply', how);
    assert.match(form.html, /<blockquote type="cite"[^>]*><div>a &lt; b<\/div><\/blockquote>/);
  });

  it('brings along what the identity wants', () => {
    const sender = { ...identity, bcc: 'archive@example.test', replyTo: 'desk@example.test' };
    const form = prefillForm(original(), 'reply', answering({}, { identity: sender }));
    assert.deepEqual(addresses(form.bcc), ['archive@example.test']);
    assert.deepEqual(addresses(form.replyTo), ['desk@example.test']);
  });
});

describe('newForm', () => {
  it('holds the signature alone', () => {
    const { habits } = answering();
    assert.equal(newForm({ habits, identity, isHtml: false }).text, '\n\n-- \nAnn Lee');
    const { html } = newForm({ habits, identity, isHtml: true });
    assert.match(html, /<div class="drey-signature"><div>Ann Lee<\/div><\/div>$/);
    const none = { ...habits, signatureOn: 'none' as const };
    assert.equal(newForm({ habits: none, identity, isHtml: true }).html, '');
  });
});

describe('findOwnAddress', () => {
  const cases: [why: string, change: Partial<Original>, found: string | null][] = [
    ['the address it names', {}, 'ann@example.test'],
    ['an alias', { to: [person('info@example.test')] }, 'info@example.test'],
    ['the one in Cc', { to: [], cc: [person('info@example.test')] }, 'info@example.test'],
    [
      'where it was delivered',
      { to: [], cc: [], deliveredTo: ['info@example.test'] },
      'info@example.test',
    ],
    ['none', { to: [], cc: [] }, null],
  ];
  for (const [why, change, found] of cases) {
    it(why, () => {
      const isOwn = (address: string) => own.includes(address);
      assert.equal(findOwnAddress(original(change), isOwn), found);
    });
  }
});

describe('prefixSubject', () => {
  const cases: [subject: string, prefix: 'Re' | 'Fwd', expected: string][] = [
    ['Plan', 'Re', 'Re: Plan'],
    ['Re: Plan', 'Re', 'Re: Plan'],
    ['RE: AW: Re[2]: Plan', 'Re', 'Re: Plan'],
    ['Re: Plan', 'Fwd', 'Fwd: Re: Plan'],
    ['Fw: WG: Plan', 'Fwd', 'Fwd: Plan'],
    ['', 'Re', 'Re:'],
    ['Reformation', 'Re', 'Re: Reformation'],
  ];
  for (const [subject, prefix, expected] of cases) {
    it(`${prefix} of “${subject}”`, () => assert.equal(prefixSubject(subject, prefix), expected));
  }
});
