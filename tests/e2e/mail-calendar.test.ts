// The calendar in a browser: events by mouse and key, recurrence and leaving one time out, undo, files in and out with a
// hostile one among them, reminders, other people's events, the phone, axe.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright';
import { findViolations } from '#tests/support/axe.ts';
import { openSignedIn } from '#tests/support/browser.ts';
import { waitFor } from '#tests/support/daemon.ts';
import { type SharedDaemon, shareBrowser, shareDaemon } from '#tests/support/shared-daemon.ts';

const ann = { address: 'ann@calendar.test', password: 'a boat of seven nuts' };
const ben = { address: 'ben@calendar.test', password: 'three quiet squirrels' };
const hostile = [
  ...['BEGIN:VCALENDAR', 'BEGIN:VEVENT', 'UID:h', 'DTSTART:20261210T100000Z', 'DURATION:PT1H'],
  'SUMMARY:<img src=x onerror=alert(1)><svg onload=alert(2)>',
  'DESCRIPTION:<script>alert(3)</script>\\nhttps://evil.example',
  'LOCATION:<b onmouseover=alert(4)>Here</b>',
  'X-ALT-DESC;FMTTYPE=text/html:<script>alert(5)</script>',
  'ATTACH;FMTTYPE=image/png:http://127.0.0.1:9/pixel.png',
  'RRULE:FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30',
  ...[
    'BEGIN:VALARM',
    'ACTION:AUDIO',
    'ATTACH:http://127.0.0.1:9/sound',
    'TRIGGER:-PT5M',
    'END:VALARM',
  ],
  ...['END:VEVENT', 'END:VCALENDAR', ''],
].join('\r\n');

describe('calendar', () => {
  let daemon: SharedDaemon;
  let browser: Browser;
  let page: Page;
  const problems: string[] = [];

  const button = (name: string | RegExp) =>
    page.getByRole('button', { name, exact: typeof name === 'string' });
  const seen = (title: string) => page.getByRole('button', { name: title }).locator('visible=true');
  const dialog = () => page.getByRole('dialog');
  const seeToast = (text: string) =>
    page.getByRole('status').filter({ hasText: text }).first().waitFor();
  const post = async (event: object) => {
    const headers = { 'sec-fetch-site': 'same-origin' };
    const path = `${daemon.url}/api/mail/calendar/events`;
    const answer = await page.request.post(path, { headers, data: { event } });
    return [answer.status(), await answer.json()];
  };

  before(async () => {
    [daemon, browser] = await Promise.all([shareDaemon(ann, ben), shareBrowser()]);
    page = await openSignedIn(browser, daemon.url, ben, '/calendar?view=month&day=2026-12-07');
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('dialog', (shown) => problems.push(`dialog: ${shown.message()}`));
    page.on('request', (request) => {
      if (!request.url().startsWith(daemon.url)) problems.push(request.url());
    });
    await page.getByText('December 2026').waitFor();
  });
  after(async () => {
    await browser?.close();
  });

  it('takes an event that repeats, with a reminder', async () => {
    await button('New event').click();
    await dialog().getByLabel('Title').fill('Choir');
    await dialog().getByLabel('Time it begins').fill('19:30');
    await dialog().getByLabel('Time it ends').fill('21:00');
    await dialog().getByLabel('Place').fill('Town hall');
    await dialog().getByLabel('Repeat').selectOption({ label: 'Every week' });
    await dialog().getByLabel('Reminder').selectOption({ label: '15 minutes before' });
    await dialog().getByLabel('Priority').selectOption({ label: 'High' });
    await button('Save').click();
    await seeToast('Choir added');
    await waitFor(async () => (await seen('Choir').count()) === 4, 'four Mondays');
  });

  it('leaves one time out, deletes all and brings them back', async () => {
    await seen('Choir').nth(1).click();
    await dialog().getByText('Town hall').waitFor();
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await dialog().getByRole('button', { name: 'Only this time' }).click();
    await waitFor(async () => (await seen('Choir').count()) === 3, 'three Mondays');
    await seen('Choir').first().click();
    await dialog().getByRole('button', { name: 'Delete' }).click();
    await dialog().getByRole('button', { name: 'All times' }).click();
    await waitFor(async () => (await seen('Choir').count()) === 0, 'none');
    await page.keyboard.press('z');
    await seeToast('Choir is back');
    await waitFor(async () => (await seen('Choir').count()) === 3, 'three again');
  });

  it('is changed, and lies at its hour in the week', async () => {
    await seen('Choir').first().click();
    await dialog().getByRole('button', { name: 'Edit' }).click();
    assert.equal(await dialog().getByLabel('Repeat').inputValue(), 'weekly');
    assert.equal(await dialog().getByLabel('Time it begins').inputValue(), '19:30');
    await dialog().getByLabel('Title').fill('Great choir');
    await button('Save').click();
    await seeToast('Great choir saved');
    await button('Week').click();
    await page.getByText('Week 50').waitFor();
    await seen('Great choir').waitFor();
  });

  it('is used by key', async () => {
    await page.keyboard.press('m');
    await page.getByText('December 2026').waitFor();
    await page.getByRole('button', { name: 'Monday, December 7' }).focus();
    const focused = (day: string) =>
      waitFor(
        () =>
          page.evaluate(
            (wanted) => document.activeElement?.getAttribute('data-day') === wanted,
            day,
          ),
        day,
      );
    await page.keyboard.press('ArrowDown');
    await focused('2026-12-14');
    await page.keyboard.press('ArrowRight');
    await focused('2026-12-15');
    await page.waitForURL((url) => url.searchParams.get('day') === '2026-12-15');
    await page.keyboard.press('Enter');
    await dialog().locator('input:focus').waitFor();
    assert.equal(await dialog().getByLabel('Begins', { exact: true }).inputValue(), '2026-12-15');
    await page.keyboard.type('Dentist');
    await page.getByLabel('All day').check();
    await page.keyboard.press('Enter');
    await seen('Dentist').waitFor();
    await page.keyboard.press('d');
    await page.getByText('Tuesday, December 15, 2026').waitFor();
    await page.keyboard.press('k');
    await page.getByText('Monday, December 14, 2026').waitFor();
    await page.keyboard.press('m');
    await page.getByText('December 2026').waitFor();
    await page.goBack();
    await page.getByText('Monday, December 14, 2026').waitFor();
  });

  it('brings files in, hostile ones as text, and gives them out', async () => {
    await page.keyboard.press('m');
    const file = { name: 'x.ics', mimeType: 'text/calendar', buffer: Buffer.from(hostile) };
    await page.getByLabel('Import…').setInputFiles(file);
    await seeToast('1 event imported');
    await seen('<img src=x onerror=alert(1)><svg onload=alert(2)>').click();
    await dialog().getByText('<b onmouseover=alert(4)>Here</b>').waitFor();
    await dialog().getByText('<script>alert(3)</script>').waitFor();
    await page.keyboard.press('Escape');
    const [type, text] = await page.evaluate(async () => {
      const answer = await fetch('/api/mail/calendar/export?zone=Europe/Berlin');
      return [answer.headers.get('content-type'), await answer.text()];
    });
    assert.equal(type, 'text/calendar; charset=utf-8');
    assert.match(text ?? '', /SUMMARY:Great choir\r\n/);
    assert.match(text ?? '', /TZID:UTC|RRULE:FREQ=WEEKLY/);
  });

  it('reminds on every page of the webmail', async () => {
    // No other page may tell it first.
    await page.goto('about:blank');
    const at = new Date(Date.now() + 4 * 60_000);
    const [status] = await post({
      title: 'Soon',
      startsAt: at.toISOString(),
      endsAt: new Date(at.getTime() + 3600_000).toISOString(),
      reminderMinutes: 5,
    });
    assert.equal(status, 200);
    await page.goto(`${daemon.url}/contacts`);
    // Close to midnight it begins on another day.
    const note = page.getByRole('status').filter({ hasText: /^Soon( begins at|:)/ });
    await note.getByRole('button', { name: 'Show' }).click();
    await page.waitForURL(/\/calendar\?view=day/);
    await seen('Soon').first().waitFor();
  });

  it('is nobody else’s, and refuses nonsense', async () => {
    const [, { event }] = (await post({
      title: 'Mine',
      startsAt: '2026-12-01T10:00:00Z',
      endsAt: '2026-12-01T11:00:00Z',
    })) as [number, { event: { id: string } }];
    const [bad] = await post({ title: 'x', startsAt: 'never', endsAt: '' });
    assert.equal(bad, 400);
    const other = await openSignedIn(browser, daemon.url, ann, '/calendar');
    await other.getByRole('button', { name: 'New event' }).waitFor();
    const statuses = await other.evaluate(async (id) => {
      const headers = { 'content-type': 'application/json' };
      const send = async (method: string, body: object) =>
        (await fetch('/api/mail/calendar/events', { method, headers, body: JSON.stringify(body) }))
          .status;
      return [
        (await fetch(`/api/mail/calendar/events?id=${id}`)).status,
        await send('PATCH', {
          id,
          event: { title: 'x', startsAt: '2026-12-01', endsAt: '2026-12-02' },
        }),
        await send('PUT', { id }),
        (await fetch(`/api/mail/calendar/export?id=${id}`)).status,
        (await fetch('/api/mail/calendar?from=2000-01-01&to=2026-01-01')).status,
      ];
    }, event.id);
    assert.deepEqual(statuses, [404, 404, 404, 404, 400]);
    await other.context().close();
  });

  it('can be used by everybody, in all views, on a phone and on paper', async () => {
    for (const view of ['month', 'week', 'day']) {
      await page.goto(`${daemon.url}/calendar?view=${view}&day=2026-12-07`);
      await seen('Great choir').first().waitFor();
      for (const colorScheme of ['light', 'dark'] as const) {
        await page.emulateMedia({ colorScheme });
        assert.deepEqual(await findViolations(page), [], `${view} ${colorScheme}`);
      }
    }
    await page.setViewportSize({ width: 390, height: 800 });
    for (const view of ['month', 'week']) {
      await page.goto(`${daemon.url}/calendar?view=${view}&day=2026-12-07`);
      await seen('Great choir').first().waitFor();
      await waitFor(
        () => page.evaluate(() => document.documentElement.scrollWidth === 390),
        `the width of a phone: ${view}`,
      );
    }
    await page.emulateMedia({ media: 'print' });
    await button('New event').waitFor({ state: 'hidden' });
    await seen('Great choir').first().waitFor();
    assert.deepEqual(problems, []);
  });
});
