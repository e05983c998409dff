// What replies and forwarded messages begin with.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { prefillForm, prefixSubject } from '#lib/webmail/compose/prefill.ts';
import type { Person } from '#lib/webmail/list/message-list.ts';
import type { MessageView } from '#lib/webmail/reader/message.ts';

const person = (address: string, name = ''): Person => ({ name, address });
const own = ['ann@example.test', 'info@example.test'];

function message(change: Partial<MessageView> = {}): MessageView {
  return {
    uid: 7,
    emailId: 'e',
    threadId: null,
    folder: 'INBOX',
    from: [person('bob@b.example', 'Bob')],
    sender: [],
    replyTo: [person('bob@b.example', 'Bob')],
    to: [person('Ann@Example.test', 'Ann'), person('carl@c.example', 'Carl')],
    cc: [person('dora@d.example')],
    bcc: [],
    subject: 'Plan',
    sentAt: '2026-05-03T12:05:00.000Z',
    receivedAt: '2026-05-03T12:06:00.000Z',
    messageId: '<2@b.example>',
    references: ['<1@b.example>'],
    isMailingList: false,
    bodies: [],
    attachments: [],
    sizeBytes: 1,
    isSeen: true,
    isFlagged: false,
    isAnswered: false,
    isForwarded: false,
    isDraft: false,
    hasAttachments: false,
    keywords: [],
    ...change,
  };
}
const addresses = (people: Person[]) => people.map((each) => each.address);

describe('prefillForm', () => {
  it('answers the sender, in the thread, from the address it came to', () => {
    const form = prefillForm(message(), 'Hello', 'reply', own);
    assert.deepEqual(addresses(form.to), ['bob@b.example']);
    assert.deepEqual(form.cc, []);
    assert.equal(form.from, 'ann@example.test');
    assert.equal(form.inReplyTo, '<2@b.example>');
    assert.deepEqual(form.references, ['<1@b.example>', '<2@b.example>']);
    assert.deepEqual(form.origin, { kind: 'reply', folder: 'INBOX', uid: 7 });
  });

  it('answers an alias as that alias', () => {
    const form = prefillForm(message({ to: [person('info@example.test')] }), '', 'reply', own);
    assert.equal(form.from, 'info@example.test');
  });

  it('goes where Reply-To says', () => {
    const form = prefillForm(message({ replyTo: [person('list@l.example')] }), '', 'reply', own);
    assert.deepEqual(addresses(form.to), ['list@l.example']);
  });

  it('answers all without oneself and without doubles', () => {
    const form = prefillForm(
      message({
        cc: [person('dora@d.example'), person('BOB@b.example'), person('info@example.test')],
      }),
      '',
      'reply-all',
      own,
    );
    assert.deepEqual(addresses(form.to), ['bob@b.example']);
    assert.deepEqual(addresses(form.cc), ['carl@c.example', 'dora@d.example']);
  });

  it('goes on to the same people after one’s own message', () => {
    const mine = message({
      from: [person('ann@example.test')],
      replyTo: [person('ann@example.test')],
      to: [person('bob@b.example')],
    });
    assert.deepEqual(addresses(prefillForm(mine, '', 'reply', own).to), ['bob@b.example']);
    const all = prefillForm(mine, '', 'reply-all', own);
    assert.deepEqual(
      [addresses(all.to), addresses(all.cc)],
      [['bob@b.example'], ['dora@d.example']],
    );
  });

  it('quotes without the signature of the other', () => {
    const form = prefillForm(message(), 'Hello\r\n\r\n> old\r\n-- \r\nBob\r\n', 'reply', own);
    assert.equal(form.text, '\n\nOn 3 May 2026, 12:05 UTC, Bob wrote:\n> Hello\n>\n>> old\n');
  });

  it('forwards to nobody yet, with the head of the message, outside the thread', () => {
    const form = prefillForm(message(), 'Hello', 'forward', own);
    assert.deepEqual([form.to, form.cc, form.inReplyTo, form.references], [[], [], '', []]);
    assert.match(form.text, /From: Bob <bob@b\.example>\nDate: .*\nSubject: Plan\nTo: Ann/);
    assert.equal(form.origin?.kind, 'forward');
  });
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
