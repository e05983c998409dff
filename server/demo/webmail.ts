// What the demo's users made in their webmail: contacts with a group, events, a label, a template, a filter.
import { addEvent } from '#lib/calendar/event.ts';
import { addContact } from '#lib/contacts/contact.ts';
import { addGroup } from '#lib/contacts/group.ts';
import { saveRule } from '#lib/filters/rules.ts';
import { changePreferences } from '#lib/preferences/index.ts';
import { addTemplate } from '#lib/webmail/compose/templates.ts';
import { ada, ben, others, type Person } from './people.ts';

const dayMs = 24 * 3600_000;

type Plan = {
  title: string;
  place?: string;
  /** Days from today, and the hour (UTC) */
  day: number;
  hour?: number;
  minutes?: number;
  days?: number;
  recurrence?: string;
  priority?: number;
};
const plans: Plan[] = [
  { title: 'Library opening', place: 'East wing', day: 5, hour: 9, minutes: 180, priority: 1 },
  { title: 'Figures with Ben', day: 2, hour: 13, minutes: 45 },
  { title: 'Choir', place: 'Hall', day: -5, hour: 18, minutes: 90, recurrence: 'FREQ=WEEKLY' },
  { title: 'Workshop with Lena', place: 'Werkstatt', day: -2, hour: 8, minutes: 240 },
  { title: 'Autumn holidays', day: -9, days: 5 },
  { title: 'Proofs to the printer', day: 9, hour: 10, minutes: 30, priority: 5 },
];

/** Furnishes the webmail of one user. */
export async function furnishWebmail(accountId: string, user: Person): Promise<void> {
  const known = [...Object.values(others), user === ada ? ben : ada];
  const school: string[] = [];
  for (const { name, address } of known) {
    const [firstName = '', ...rest] = name.split(' ');
    const { id } = await addContact(accountId, {
      name,
      firstName,
      lastName: rest.join(' '),
      addresses: [{ address, kind: 'work' }],
    });
    if (/grace|lena|paul/.test(address)) school.push(id);
  }
  await addGroup(accountId, 'Library', school);
  const midnight = Math.floor(Date.now() / dayMs) * dayMs;
  for (const { day, hour = 0, minutes = 60, days, ...plan } of plans) {
    const startsAt = new Date(midnight + day * dayMs + hour * 3600_000);
    const lengthMs = days ? days * dayMs : minutes * 60_000;
    const endsAt = new Date(startsAt.getTime() + lengthMs);
    await addEvent(accountId, { ...plan, startsAt, endsAt, isAllDay: days !== undefined });
  }
  await changePreferences(accountId, {
    'folders.labels': [
      { keyword: '$label1', name: 'Important', colour: 'red', isShown: true },
      { keyword: 'library', name: 'Library', colour: 'teal', isShown: true },
    ],
  });
  await addTemplate(accountId, {
    name: 'Thanks',
    subject: '',
    text: 'Thank you, I have it and will answer by the end of the week.\n',
    html: '',
  });
  await saveRule(accountId, {
    name: 'Mail of the library',
    match: 'any',
    conditions: [{ field: 'subject', test: 'contains', value: 'library' }],
    actions: [{ do: 'label', keyword: 'library' }],
  });
}
