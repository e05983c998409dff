// Calendars: events over the change of clocks, files in and out, hostile files, invitations and their answers.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { addAccount } from '#lib/accounts/account.ts';
import { addDomain } from '#lib/accounts/domain.ts';
import {
  addEvent,
  leaveOut,
  listEvents,
  readEvent,
  removeEvent,
  restoreEvent,
  updateEvent,
} from '#lib/calendar/event.ts';
import { readEvents } from '#lib/calendar/ics-events.ts';
import { writeEvents } from '#lib/calendar/ics-text.ts';
import { importCalendar } from '#lib/calendar/import-calendar.ts';
import { answerInvitation, importInvitation, readInvitation } from '#lib/calendar/invitation.ts';
import { listOccurrences } from '#lib/calendar/occurrences.ts';
import { listReminders } from '#lib/calendar/reminder.ts';
import { now } from '#lib/clock.ts';
import { openTestDatabase } from '#tests/support/database.ts';

const berlin = 'Europe/Berlin';
const lines = (...all: string[]) => `BEGIN:VCALENDAR\r\n${all.join('\r\n')}\r\nEND:VCALENDAR\r\n`;
const invitation = (sequence: number, extra: string[] = [], method = 'REQUEST') =>
  lines(
    `METHOD:${method}`,
    'BEGIN:VEVENT',
    'UID:lunch@far.example',
    `SEQUENCE:${sequence}`,
    'DTSTART;TZID=Europe/Berlin:20261124T120000',
    'DURATION:PT1H',
    'SUMMARY:Lunch\\, with "them"',
    'ORGANIZER;CN=Bob:mailto:Bob@Far.example',
    'ATTENDEE;CN=Ada;PARTSTAT=NEEDS-ACTION;RSVP=TRUE:mailto:ada@example.org',
    'ATTENDEE:mailto:eve@far.example',
    ...extra,
    'END:VEVENT',
  );

describe('calendar', () => {
  let database: Awaited<ReturnType<typeof openTestDatabase>>;
  let ada: { id: string; address: string; displayName: string };
  let eve: typeof ada;
  const times = async (from: string, to: string, zone = berlin) =>
    (await listOccurrences(ada.id, new Date(from), new Date(to), zone)).map(
      ({ title, startsAt }) => `${title} ${startsAt.toISOString().slice(0, 16)}`,
    );

  before(async () => {
    database = await openTestDatabase();
    await addDomain({ name: 'example.org' }, 'test');
    const add = (address: string, displayName: string) =>
      addAccount({ address, displayName, password: 'a long enough phrase 1' }, 'test');
    ada = await add('ada@example.org', 'Ada Lovelace');
    eve = await add('eve@example.org', 'Eve');
  });
  after(() => database.close());

  it('keeps nine o’clock when the clocks change', async () => {
    const event = await addEvent(ada.id, {
      title: 'Stand-up',
      startsAt: '2026-10-22T07:00:00Z',
      endsAt: '2026-10-22T07:15:00Z',
      recurrence: 'FREQ=WEEKLY;BYDAY=TH',
      timeZone: berlin,
      reminderMinutes: 10,
    });
    assert.deepEqual(await times('2026-10-20T00:00:00Z', '2026-11-06T00:00:00Z'), [
      'Stand-up 2026-10-22T07:00',
      'Stand-up 2026-10-29T08:00',
      'Stand-up 2026-11-05T08:00',
    ]);
    await leaveOut(ada.id, event.id, '20261029T090000');
    assert.deepEqual(await times('2026-10-28T00:00:00Z', '2026-11-06T00:00:00Z'), [
      'Stand-up 2026-11-05T08:00',
    ]);
    const due = await listReminders(
      ada.id,
      new Date('2026-11-05T07:45:00Z'),
      new Date('2026-11-05T08:45:00Z'),
      berlin,
    );
    assert.deepEqual(
      due.map(({ title, at }) => `${title} ${at.toISOString()}`),
      ['Stand-up 2026-11-05T07:50:00.000Z'],
    );
    await updateEvent(ada.id, event.id, { ...event, title: 'Daily' });
    assert.equal(
      (await times('2026-10-28T00:00:00Z', '2026-10-30T00:00:00Z')).length,
      0,
      'still left out',
    );
    await removeEvent(ada.id, event.id);
    await restoreEvent(ada.id, { ...event, title: 'Back' });
    assert.deepEqual(await times('2026-11-05T00:00:00Z', '2026-11-06T00:00:00Z'), [
      'Back 2026-11-05T08:00',
    ]);
  });

  it('shows whole days on their day, wherever one is', async () => {
    await addEvent(ada.id, {
      title: 'Holiday',
      startsAt: '2026-12-24T00:00:00Z',
      endsAt: '2026-12-25T00:00:00Z',
      isAllDay: true,
    });
    const count = async (...span: [string, string, string]) =>
      (await times(...span)).filter((each) => each.startsWith('Holiday')).length;
    for (const [zone, from, to] of [
      ['Pacific/Auckland', '2026-12-23T11:00:00Z', '2026-12-24T11:00:00Z'],
      ['America/Los_Angeles', '2026-12-24T08:00:00Z', '2026-12-25T08:00:00Z'],
    ] as const) {
      assert.equal(await count(from, to, zone), 1, zone);
      const dayLater = (text: string) => new Date(Date.parse(text) + 86_400_000).toISOString();
      assert.equal(await count(dayLater(from), dayLater(to), zone), 0, zone);
    }
  });

  it('refuses what is no event, and what is another’s', async () => {
    const good = { title: 'x', startsAt: '2026-01-01T00:00:00Z', endsAt: '2026-01-01T01:00:00Z' };
    for (const change of [
      { title: ' ' },
      { startsAt: 'soon' },
      { endsAt: '2025-01-01T00:00:00Z' },
      { endsAt: '2029-01-01T00:00:00Z' },
      { recurrence: 'FREQ=SECONDLY' },
      { startsAt: '0001-01-01T00:00:00Z' },
    ]) {
      await assert.rejects(
        addEvent(ada.id, { ...good, ...change }),
        { reason: 'invalid' },
        JSON.stringify(change),
      );
    }
    const { id } = await addEvent(ada.id, good);
    await assert.rejects(readEvent(eve.id, id), { reason: 'not-found' });
    await assert.rejects(updateEvent(eve.id, id, good), { reason: 'not-found' });
    await assert.rejects(removeEvent(eve.id, id), { reason: 'not-found' });
    await removeEvent(ada.id, id);
  });

  it('writes files that it reads again', async () => {
    const events = await listEvents(ada.id);
    const text = writeEvents(events, berlin, now());
    for (const line of text.split('\r\n')) assert.ok(Buffer.byteLength(line) <= 75, line);
    assert.match(
      text,
      /BEGIN:VTIMEZONE\r\nTZID:Europe\/Berlin\r\nBEGIN:DAYLIGHT\r\nDTSTART:\d{4}03\d\dT020000\r\nTZOFFSETFROM:\+0100\r\nTZOFFSETTO:\+0200\r\nRRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU/,
    );
    const read = readEvents(text, 'UTC');
    assert.equal(read.unreadable, 0);
    assert.deepEqual(
      read.events.map(({ fields }) => fields),
      events.map(({ id: _i, uid: _u, answer: _a, ...fields }) => fields),
    );
  });

  it('reads files of others', async () => {
    const result = await importCalendar(
      eve.id,
      Buffer.from(
        lines(
          'BEGIN:VTIMEZONE',
          'TZID:W. Europe Standard Time',
          'END:VTIMEZONE',
          'BEGIN:VEVENT',
          'UID:1',
          'DTSTART;TZID="W. Europe Standard Time":20261124T120000',
          'DTEND;TZID="W. Europe Standard Time":20261124T130000',
          'SUMMARY:Out',
          ' look',
          'RRULE:FREQ=DAILY;COUNT=3',
          'EXDATE;TZID=W. Europe Standard Time:20261125T120000',
          'BEGIN:VALARM',
          'TRIGGER:-PT15M',
          'END:VALARM',
          'END:VEVENT',
          'BEGIN:VEVENT',
          'UID:1',
          'RECURRENCE-ID;TZID=Europe/Berlin:20261126T120000',
          'DTSTART;TZID=Europe/Berlin:20261126T150000',
          'SUMMARY:Moved',
          'END:VEVENT',
          'BEGIN:VEVENT',
          'UID:2',
          'DTSTART:20261201T100000',
          'RRULE:FREQ=HOURLY',
          'SUMMARY:Too fine',
          'END:VEVENT',
          'BEGIN:VEVENT',
          'UID:3',
          'SUMMARY:No time',
          'END:VEVENT',
        ),
      ),
      berlin,
    );
    assert.deepEqual(result, { added: 3, unreadable: 1, simplified: 1 });
    const found = await listOccurrences(
      eve.id,
      new Date('2026-11-01T00:00:00Z'),
      new Date('2027-01-01T00:00:00Z'),
      berlin,
    );
    assert.deepEqual(
      found.map(
        ({ title, startsAt, reminderMinutes }) =>
          `${title} ${startsAt.toISOString().slice(0, 16)} ${reminderMinutes}`,
      ),
      [
        'Outlook 2026-11-24T11:00 15',
        'Moved 2026-11-26T14:00 null',
        'Too fine 2026-12-01T09:00 null',
      ],
    );
    await assert.rejects(importCalendar(eve.id, Buffer.from('nothing'), berlin), {
      reason: 'invalid',
    });
  });

  it('survives hostile files', () => {
    const event = (...all: string[]) =>
      lines('BEGIN:VEVENT', 'UID:1', 'DTSTART:20260101T000000Z', ...all, 'END:VEVENT');
    for (const [why, text] of [
      [
        'markup everywhere',
        event(
          'SUMMARY:<script>alert(1)</script>',
          'DESCRIPTION:<svg onload=alert(1)>',
          'LOCATION:<b>',
          'ATTACH:http://evil.example/x',
          'X-ALT-DESC;FMTTYPE=text/html:<html>',
        ),
      ],
      ['deep nesting', lines(...Array.from({ length: 5000 }, () => 'BEGIN:VEVENT'))],
      ['an endless rule', event('RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30', 'SUMMARY:x')],
      [
        'a rule with a thousand parts',
        event(`RRULE:FREQ=DAILY;BYDAY=${'MO,'.repeat(5000)}`, 'SUMMARY:x'),
      ],
      [
        'many alarms and attendees',
        event(
          ...Array.from({ length: 3000 }, (_, i) => `ATTENDEE:mailto:a${i}@x.example`),
          'SUMMARY:x',
        ),
      ],
      ['a huge line', event(`SUMMARY:${'a'.repeat(2_000_000)}`)],
      ['many parameters', event(`SUMMARY${';X=1'.repeat(10_000)}:x`)],
      [
        'huge numbers',
        event(
          'SUMMARY:x',
          'PRIORITY:99999999999999999999',
          'SEQUENCE:-1',
          'DURATION:P99999W',
          'TRIGGER:-P999999999W',
        ),
      ],
      ['a year far away', lines('BEGIN:VEVENT', 'UID:1', 'DTSTART:99991231T235959Z', 'END:VEVENT')],
    ] as const) {
      const { events } = readEvents(text, 'UTC');
      for (const { fields, attendees } of events) {
        assert.ok(fields.title.length <= 300 && attendees.length <= 500, why);
      }
    }
    const [event1] = readEvents(
      event('SUMMARY:<script>alert(1)</script>\\n\u202eevil'),
      'UTC',
    ).events;
    assert.equal(event1?.fields.title, '<script>alert(1)</script> evil');
  });

  it('answers invitations', async () => {
    const shown = await readInvitation(ada, invitation(1));
    assert.equal(shown.kind, 'request');
    assert.equal(shown.mayAnswer, true);
    assert.equal(shown.kept, null);
    assert.equal(shown.event.startsAt.toISOString(), '2026-11-24T11:00:00.000Z');
    const { to, from, subject, ics, event } = await answerInvitation(
      ada,
      invitation(1),
      'accepted',
      'Yes; gladly',
    );
    assert.deepEqual(to, { name: 'Bob', address: 'bob@far.example' });
    assert.deepEqual(from, { name: 'Ada Lovelace', address: 'ada@example.org' });
    assert.equal(subject, 'Accepted: Lunch, with "them"');
    assert.equal(event?.answer, 'accepted');
    const plain = ics.replace(/\r\n /g, '');
    for (const part of [
      'METHOD:REPLY',
      'UID:lunch@far.example',
      'SEQUENCE:1',
      'ORGANIZER:mailto:bob@far.example',
      'ATTENDEE;PARTSTAT=ACCEPTED;CN="Ada Lovelace":mailto:ada@example.org',
      'COMMENT:Yes\\; gladly',
      'SUMMARY:Lunch\\, with "them"',
    ]) {
      assert.ok(plain.includes(`${part}\r\n`), part);
    }
    assert.ok(!plain.includes('eve@far.example'), 'of nobody else');
  });

  it('follows changes and cancellations, not older ones', async () => {
    await importInvitation(ada, invitation(3, ['LOCATION:Roof']));
    const shown = await readInvitation(ada, invitation(2));
    assert.equal(shown.kept?.answer, 'accepted');
    assert.equal(shown.kept?.place, 'Roof');
    assert.equal(shown.isOld, true);
    await assert.rejects(importInvitation(ada, invitation(2)), { reason: 'conflict' });
    assert.equal(await importInvitation(ada, invitation(4, [], 'CANCEL')), null);
    assert.equal((await readInvitation(ada, invitation(4))).kept, null);
    await assert.rejects(answerInvitation(ada, invitation(4, [], 'PUBLISH'), 'declined'), {
      reason: 'invalid',
    });
    assert.equal((await readInvitation(eve, invitation(5, [], 'REPLY'))).kind, 'reply');
  });
});
