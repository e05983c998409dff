// Who is answered while somebody is away (RFC 3834 §2): a person who wrote to this person.
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { whyUnanswered } from '#lib/filters/answerable.ts';
import { isAway, type Vacation } from '#lib/filters/vacation.ts';

const isOwn = (address: string) => ['ada@example.org', 'info@example.org'].includes(address);
const why = (fields: string[], sender = 'eve@far.test') =>
  whyUnanswered(sender, Buffer.from(`${['Subject: hi', ...fields].join('\r\n')}\r\n\r\n`), isOwn);
const to = 'To: Ada <Ada@Example.org>';

describe('an answer', () => {
  const answered: [string, string[]][] = [
    ['named in To', [to]],
    ['named in Cc by an alias', ['To: x@far.test', 'Cc: y@far.test, info@example.org']],
    ['Auto-Submitted says no', [to, 'Auto-Submitted: no']],
    ['a first-class letter', [to, 'Precedence: first-class']],
  ];
  for (const [name, fields] of answered) it(name, () => assert.equal(why(fields), null));

  const unanswered: [string, string[], string?][] = [
    ['nobody of us is named', ['To: undisclosed-recipients:;']],
    ['the null sender', [to], ''],
    ['own mail', [to], 'info@example.org'],
    ['a program', [to], 'MAILER-DAEMON@far.test'],
    ['no-reply', [to], 'no-reply@far.test'],
    ['an owner of a list', [to], 'owner-walkers@far.test'],
    ['bounces of a list', [to], 'walkers-bounces@far.test'],
    ['a request address', [to], 'walkers-request@far.test'],
    ['auto-generated', [to, 'Auto-Submitted: auto-generated']],
    ['an answer of another', [to, 'auto-submitted: auto-replied (vacation)']],
    ['bulk', [to, 'Precedence: bulk']],
    ['a list', [to, 'List-Id: <walkers.example>']],
    ['list unsubscribe', [to, 'List-Unsubscribe: <mailto:x@y.example>']],
    ['Exchange says none', [to, 'X-Auto-Response-Suppress: OOF, AutoReply']],
    ['a report', [to, 'Content-Type: multipart/report; report-type=delivery-status']],
  ];
  for (const [name, fields, sender] of unanswered) {
    it(`not: ${name}`, () => assert.notEqual(why(fields, sender), null));
  }
});

describe('being away', () => {
  const at = new Date('2026-11-21T12:00:00Z');
  const away = (change: Partial<Vacation>) =>
    isAway(
      {
        isOn: true,
        startsAt: null,
        endsAt: null,
        subject: '',
        text: 'x',
        intervalDays: 7,
        audience: 'anyone',
        ...change,
      },
      at,
    );
  const cases: [string, Partial<Vacation>, boolean][] = [
    ['without dates', {}, true],
    ['off', { isOn: false }, false],
    ['from this moment', { startsAt: at }, true],
    ['not yet', { startsAt: new Date('2026-11-22T00:00:00Z') }, false],
    ['over', { endsAt: at }, false],
    ['still', { endsAt: new Date('2026-11-22T00:00:00Z') }, true],
  ];
  for (const [name, change, is] of cases)
    it(`${name}: ${is}`, () => assert.equal(away(change), is));
});
